"""What every route works with: the App of the moment, the pages, and what a server remembers between requests."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar, cast

from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from digest.access.sessions import Attempts
from digest.app import App
from digest.errors import DigestError
from digest.links import LinkClaim, Purpose
from digest.pipeline.errands import run_errands
from digest.pipeline.recompiling import Drafts
from digest.render.templates import Templates
from digest.web.pages import PAGE_POLICY, Pages

MOST_OF_NAME, MOST_OF_NETWORK = 10, 50
"""Tries to log in within a quarter of an hour."""
_Made = TypeVar("_Made")
log = logging.getLogger(__name__)


class StaleLinkError(DigestError):
    """A link whose signature is not ours, whose time is over, or whose reader is gone."""


class Site:
    """The App, which a change of the configuration replaces, and the pages that show it."""

    def __init__(self, app: App, pages: Pages, reload: Callable[[], App] | None = None) -> None:
        self.app = app
        self._pages = pages
        self._reload = reload
        self._made: dict[Hashable, object] = {}
        self.files = ""
        """Fingerprint of the files that the App was made from, for previews that follow them."""
        self.settle_clicks: Callable[[], None] = lambda: None
        """Writes down clicks that this process holds."""
        self.settings_files = ""
        """That of the configuration alone: where only templates changed, they alone are taken anew."""
        self.drafts = Drafts()
        """Fragments of the issues that are being looked at."""
        self.tries_of_name, self.tries_of_network = Attempts(MOST_OF_NAME), Attempts(MOST_OF_NETWORK)
        """To log in."""

    def reload(self) -> None:
        """Takes the configuration as it is now; raises ConfigError and keeps the old one when it cannot be used."""
        if self._reload:
            old, self.app = self.app, self._reload()
            self._pages, self._made = Pages(self.app.settings.templates), {}
            old.press.store.close()

    def reload_templates(self) -> None:
        """Takes the templates as they are now, and keeps everything else: faster than `reload`."""
        templates = Templates(self.app.settings.templates)
        self.app = replace(self.app, press=replace(self.app.press, templates=templates))
        self._pages, self._made = Pages(self.app.settings.templates), {}

    def page(
        self, template: str, status: int = 200, policy: str = PAGE_POLICY, language: str = "en", **variables: object
    ) -> HTMLResponse:
        """A page, given the site's settings besides its own variables."""
        return self._pages.page(template, status, policy, language, site=self.app.settings.site, **variables)

    def part(self, template: str, language: str, **variables: object) -> Markup:
        """Part of a page, as HTML."""
        return self._pages.part(template, language, **variables)

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What depends on nothing but the configuration: made when first asked for, and anew after a change of it."""
        if key not in self._made:
            self._made[key] = make()
        return cast(_Made, self._made[key])

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
        """The path of a link to the same reader and subject, for another purpose.

        It ends on the day that it would have in the mail of that claim: else whoever holds a link that was passed on
        could renew it for ever. Only from a confirmation does time begin anew, for that mail is of the week.
        """
        begun = self.app.clock().date() if claim.purpose is Purpose.CONFIRM else claim.issued_on
        return f"/r/{purpose}/{self.app.press.links.token(LinkClaim(purpose, claim.subscriber, begun, claim.subject))}"

    def do_errands(self) -> None:
        """Does what was asked for on pages, after the answer is out; what cannot be done now waits for a tick."""
        try:
            run_errands(self.app.press, self.app.transport, self.app.clock())
        except Exception:
            log.exception("errands could not be done")


def see(path: str) -> RedirectResponse:
    """Sends the browser on after a POST (RFC 9110, 303)."""
    return RedirectResponse(path, status_code=303)
