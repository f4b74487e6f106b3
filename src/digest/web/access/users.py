"""What admins see: all users with their sessions, and who did what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from digest.model.access import Actor, Role
from digest.pipeline.entering import end_sessions
from digest.pipeline.users import user_named
from digest.web.access.actor import desk_page, require
from digest.web.site import Site, see

USERS = "/editor/users"
MOST_DEEDS = 200
Admin = Annotated[Actor, Depends(require(Role.ADMIN))]


def user_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix=USERS)

    @routes.get("")
    def show(request: Request, actor: Admin, ended: int | None = None) -> HTMLResponse:
        access = site.app.press.store.access
        sessions = access.sessions()
        return desk_page(
            request,
            "editor/users.html",
            users=[(user, [one for one in sessions if one.user == user.name]) for user in access.users()],
            deeds=access.deeds(MOST_DEEDS),
            ended=ended,
        )

    @routes.post("/sessions")
    def end(actor: Admin, user: Annotated[str, Form(max_length=64)]) -> Response:
        """All of a user's, but the one that asks."""
        press = site.app.press
        ended = end_sessions(press, actor, user_named(press, user).name, site.app.clock(), but=actor.session)
        return see(f"{USERS}?ended={ended}")

    return routes
