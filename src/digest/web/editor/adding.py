"""Adding an article to a draft by the address of its page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from digest.errors import DigestError
from digest.model.access import Role
from digest.model.ids import CategorySlug
from digest.model.issue import EDITABLE, Issue
from digest.pipeline.adding import add_by_url
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.preview import Identity
from digest.web.site import Site, see


def adding_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}")

    @routes.get("/add")
    def form(request: Request, identity: Identity) -> HTMLResponse:
        return _page(site, request, site.app.press.issue(identity))

    @routes.post("/add")
    def add(
        request: Request, identity: Identity, actor: Editor, url: Annotated[str, Form(max_length=4_000)] = "",
        category: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:  # fmt: skip
        app = site.app
        issue, to = app.press.issue(identity), CategorySlug(category)
        try:
            add_by_url(app.press, issue, url, to, actor, app.fetching(), app.clock())
        except DigestError as error:
            return _page(site, request, issue, error, url, category)
        return see(f"/editor/issues/{issue.id}")

    return routes


def _page(
    site: Site, request: Request, issue: Issue, refused: DigestError | None = None, url: str = "", category: str = ""
) -> HTMLResponse:
    press = site.app.press
    newsletter = press.newsletter_of(issue)
    return desk_page(
        request,
        "editor/add.html",
        400 if refused else 200,
        issue=issue,
        newsletter=newsletter,
        own=press.categories_in(issue),
        refused=refused,
        typed=url,
        chosen=category,
        editable=issue.state in EDITABLE and request.state.actor.role.covers(Role.EDITOR),
    )
