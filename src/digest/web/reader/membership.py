"""What the signed links in a mail open: confirm, choose, leave. A GET shows a page; only a POST changes anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from digest.errors import DigestError
from digest.links import LinkClaim, Purpose
from digest.model.people import Origin
from digest.pipeline.subscribing import choose, confirm, leave, member
from digest.subscribe.preferences import read_categories
from digest.web.reader.sign_up import choices_of
from digest.web.site import Site, see


def membership_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/r")
    _confirm_routes(routes, site)
    _preference_routes(routes, site)
    _unsubscribe_routes(routes, site)
    return routes


def _confirm_routes(routes: APIRouter, site: Site) -> None:
    @routes.get("/confirm/{token}")
    def ask(token: str) -> HTMLResponse:
        newsletter = member(site.app.press, site.claim(Purpose.CONFIRM, token)).newsletter
        return site.page(
            "reader/press.html",
            heading=f"Confirm {newsletter.name}",
            lede="One press, and it comes to you.",
            action=f"/r/confirm/{token}",
            button="Confirm",
            alternative=None,
        )

    @routes.post("/confirm/{token}")
    def confirmed(token: str) -> Response:
        claim = site.claim(Purpose.CONFIRM, token)
        confirm(site.app.press, claim, Origin("web"), site.app.clock())
        return see(f"{site.path(Purpose.PREFERENCES, claim)}?saved=confirmed")


def _preference_routes(routes: APIRouter, site: Site) -> None:
    @routes.get("/preferences/{token}")
    def show(token: str, saved: Literal["", "yes", "confirmed"] = "") -> HTMLResponse:
        return _preferences(site, token, site.claim(Purpose.PREFERENCES, token), saved)

    @routes.post("/preferences/{token}")
    def save(token: str, categories: Annotated[tuple[str, ...], Form()] = ()) -> Response:
        claim = site.claim(Purpose.PREFERENCES, token)
        mine = member(site.app.press, claim)
        if not categories:
            error = DigestError("categories", "no topic is ticked", "tick at least one, or leave the newsletter below")
            return _preferences(site, token, claim, error=error)
        chosen = read_categories(categories, mine.newsletter, site.app.settings)
        before = mine.subscription.preferences
        wanted = replace(before, categories=chosen)
        choose(site.app.press, claim, wanted, Origin("web"), site.app.clock())
        return see(f"/r/preferences/{token}?saved=yes")


def _preferences(
    site: Site, token: str, claim: LinkClaim, saved: str = "", error: DigestError | None = None
) -> HTMLResponse:
    mine = member(site.app.press, claim)
    return site.page(
        "reader/preferences.html",
        400 if error else 200,
        newsletter=mine.newsletter,
        email=mine.subscriber.email,
        choices=choices_of(site, mine.newsletter),
        chosen=() if error else mine.subscription.preferences.categories,
        left=mine.subscription.left_at is not None,
        saved=saved,
        error=error,
        token=token,
        unsubscribe_url=site.path(Purpose.UNSUBSCRIBE, claim),
    )


def _unsubscribe_routes(routes: APIRouter, site: Site) -> None:
    @routes.get("/unsubscribe/{token}")
    def ask(token: str) -> HTMLResponse:
        claim = site.claim(Purpose.UNSUBSCRIBE, token)
        newsletter = member(site.app.press, claim).newsletter
        return site.page(
            "reader/press.html",
            heading=f"Leave {newsletter.name}",
            lede="One press, and no further issue comes to you.",
            action=f"/r/unsubscribe/{token}",
            button="Leave this newsletter",
            alternative={
                "url": site.path(Purpose.PREFERENCES, claim),
                "text": "Or choose fewer topics and keep the rest",
            },
        )

    @routes.post("/unsubscribe/{token}")
    def left(token: str, origin: Annotated[str, Form(alias="from")] = "") -> Response:
        """RFC 8058: at once, without login, cookie or redirect, and as often as it is asked."""
        claim = site.claim(Purpose.UNSUBSCRIBE, token)
        leave(site.app.press, claim, Origin("web" if origin else "one-click"), site.app.clock())
        if not origin:
            return PlainTextResponse("You have left this newsletter.\n")
        again = {"url": f"/sign-up/{claim.subject}", "text": "Subscribe again"}
        newsletter = site.app.settings.newsletter(claim.subject)
        name = newsletter.name if newsletter else "this newsletter"
        return site.notice(f"You have left {name}", "No further issue comes to you.", alternative=again)
