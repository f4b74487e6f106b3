"""Sharing a draft: links that are good now, a new one, and ending one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from digest.errors import DigestError
from digest.pipeline.sharing import lend, link_of, take_back
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.preview import Identity
from digest.web.site import Site, see

DAYS = (1, 3, 7, 30)
"""What the form offers."""


def share_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}/share")

    @routes.get("")
    def show(request: Request, identity: Identity) -> HTMLResponse:
        return _page(site, request, identity)

    @routes.post("")
    def add(
        request: Request,
        identity: Identity,
        actor: Editor,
        reader: Annotated[str, Form(max_length=120)],
        days: Annotated[int, Form()] = 7,
    ) -> Response:
        press, now = site.app.press, site.app.clock()
        try:
            lend(press, press.issue(identity), site.app.personas(), reader, days, actor, now)
        except DigestError as error:
            return _page(site, request, identity, error)
        return see(f"/editor/issues/{identity}/share")

    @routes.post("/end")
    def end(
        request: Request, identity: Identity, actor: Editor, share: Annotated[int, Form(ge=0, le=2**53)]
    ) -> Response:
        press = site.app.press
        try:
            take_back(press, press.issue(identity), share, actor, site.app.clock())
        except DigestError as error:
            return _page(site, request, identity, error)
        return see(f"/editor/issues/{identity}/share")

    return routes


def _page(site: Site, request: Request, identity: str, error: DigestError | None = None) -> HTMLResponse:
    press, now = site.app.press, site.app.clock()
    issue = press.issue(identity)
    known = press.store.shares.of(issue.id)
    live = [(share, link_of(press, share)) for share in known if share.is_live(now)]
    return desk_page(
        request,
        "editor/share.html",
        400 if error else 200,
        issue=issue,
        newsletter=press.newsletter_of(issue),
        personas=site.app.personas(),
        live=live,
        over=len(known) - len(live),
        days=DAYS,
        error=error,
    )
