"""What every route works with: the App of the moment and the pages."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.responses import HTMLResponse, RedirectResponse

from digest.app import App
from digest.errors import DigestError, OutsideError
from digest.links import LinkClaim, Purpose
from digest.model.delivery import Message, OutcomeKind
from digest.subscribe.addresses import AddressError
from digest.web.pages import Pages

_ON_ITS_WAY = frozenset({OutcomeKind.ACCEPTED, OutcomeKind.UNCERTAIN})


class StaleLinkError(DigestError):
    """A link whose signature is not ours, whose time is over, or whose reader is gone."""


class Site:
    """The App, which a change of the configuration replaces, and the pages that show it."""

    def __init__(self, app: App, pages: Pages, reload: Callable[[], App] | None = None) -> None:
        self.app = app
        self._pages = pages
        self._reload = reload
        self.files = ""
        """Fingerprint of the files that the App was made from, for previews that follow them."""

    def reload(self) -> None:
        """Takes the configuration as it is now; raises ConfigError and keeps the old one when it cannot be used."""
        if self._reload:
            old, self.app = self.app, self._reload()
            self._pages = Pages(self.app.settings.templates)
            old.press.store.close()

    def page(self, template: str, status: int = 200, **variables: object) -> HTMLResponse:
        """A page, given the site's settings besides its own variables."""
        return self._pages.page(template, status, site=self.app.settings.site, **variables)

    def notice(
        self, heading: str, *paragraphs: str, status: int = 200, alternative: dict[str, str] | None = None
    ) -> HTMLResponse:
        """A page that says one thing."""
        return self.page("reader/notice.html", status, heading=heading, paragraphs=paragraphs, alternative=alternative)

    def claim(self, purpose: Purpose, token: str) -> LinkClaim:
        """What a link says. Raises StaleLinkError."""
        claim = self.app.press.links.open(purpose, token, self.app.clock().date())
        if claim is None:
            raise StaleLinkError("link", "this link is no longer good", "take the one in the latest mail")
        return claim

    def path(self, purpose: Purpose, claim: LinkClaim) -> str:
        """The path of a fresh link to the same reader and subject, for another purpose."""
        fresh = LinkClaim(purpose, claim.subscriber, self.app.clock().date(), claim.subject)
        return f"/r/{purpose}/{self.app.press.links.token(fresh)}"

    def mail(self, message: Message) -> None:
        """Sends one mail now. Raises AddressError when the server never takes it, OutsideError when not now."""
        for outcome in self.app.transport().send([message], self.app.clock()):
            if outcome.kind is OutcomeKind.REFUSED:
                raise AddressError(message.recipient, "mail to this address is refused", "see whether it is mistyped")
            if outcome.kind not in _ON_ITS_WAY:
                raise OutsideError("mail", f"could not be sent: {outcome.reply}", "see: digest doctor")


def see(path: str) -> RedirectResponse:
    """Sends the browser on after a POST (RFC 9110, 303)."""
    return RedirectResponse(path, status_code=303)
