"""What users see of themselves: their sessions, their password, their one-time codes."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from digest.access.codes import picture, secret_for
from digest.access.passwords import AccessError
from digest.model.access import Actor
from digest.pipeline.entering import end_sessions
from digest.pipeline.users import change_own_password, demand_codes, drop_own_codes, user_named
from digest.web.access.actor import current_user, desk_page
from digest.web.access.login import Text
from digest.web.site import Site, see

ACCOUNT = "/editor/account"
Me = Annotated[Actor, Depends(current_user)]
Saved = Literal["", "password", "codes", "no-codes", "sessions"]


def account_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix=ACCOUNT)
    _sessions(routes, site)
    _passwords(routes, site)
    return routes


def _sessions(routes: APIRouter, site: Site) -> None:
    @routes.get("")
    def show(request: Request, actor: Me, saved: Saved = "") -> HTMLResponse:
        return _page(site, request, actor, saved)

    @routes.post("/sessions")
    def end(actor: Me, session: Annotated[str, Form(max_length=64)] = "") -> Response:
        """One, by its number; without, all but this one."""
        press, now = site.app.press, site.app.clock()
        if not session:
            end_sessions(press, actor, actor.name, now, but=actor.session)
        for one in press.store.access.sessions(actor.name):
            if session and one.number == session:
                end_sessions(press, actor, actor.name, now, only=one.key)
        return see(f"{ACCOUNT}?saved=sessions")


def _passwords(routes: APIRouter, site: Site) -> None:
    @routes.post("/password")
    def change(request: Request, actor: Me, old: Text, new: Text) -> Response:
        try:
            change_own_password(site.app.press, actor, old, new, site.app.clock())
        except AccessError as error:
            return _page(site, request, actor, wrong=("password", error))
        return see(f"{ACCOUNT}?saved=password")

    @routes.post("/codes")
    def demand(request: Request, actor: Me, old: Text, code: Text) -> Response:
        try:
            demand_codes(site.app.press, actor, old, code, site.app.clock())
        except AccessError as error:
            return _page(site, request, actor, wrong=("codes", error))
        return see(f"{ACCOUNT}?saved=codes")

    @routes.post("/codes/off")
    def drop(request: Request, actor: Me, old: Text, code: Text) -> Response:
        try:
            drop_own_codes(site.app.press, actor, old, code, site.app.clock())
        except AccessError as error:
            return _page(site, request, actor, wrong=("codes", error))
        return see(f"{ACCOUNT}?saved=no-codes")


def _page(
    site: Site, request: Request, actor: Actor, saved: Saved = "", wrong: tuple[str, AccessError] | None = None
) -> HTMLResponse:
    press = site.app.press
    user = user_named(press, actor.name)
    secret = "" if user.totp else secret_for(actor.session, press.secrets)
    return desk_page(
        request,
        "editor/account.html",
        400 if wrong else 200,
        user=user,
        sessions=sorted(press.store.access.sessions(user.name), key=lambda one: one.key != actor.session),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        code=picture(secret, user.name, site.app.settings.site.name) if secret else "",
        saved=saved,
        where=wrong[0] if wrong else "",
        error=wrong[1] if wrong else None,
    )
