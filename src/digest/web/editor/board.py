"""The board: the draft issue by category, the pool beside it, and what an editor does to both."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from digest.compose.editing import EditError, is_pinned
from digest.errors import DigestError
from digest.model.access import Role
from digest.model.issue import EDITABLE, Issue
from digest.model.stories import TeaserSource
from digest.pipeline.editing import history
from digest.pipeline.pool import Wanted, candidates, pool_since
from digest.pipeline.silence import silence
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.deeds import do
from digest.web.editor.preview import Identity
from digest.web.site import Site, see

_BOARD, _FRAGMENT = "editor/board.html", "editor/board_fragment.html"
Words = Annotated[str, Query(max_length=200)]


def board_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}")
    _board(routes, site)
    _pool(routes, site)
    return routes


def _board(routes: APIRouter, site: Site) -> None:
    @routes.get("")
    def board(request: Request, identity: Identity) -> HTMLResponse:
        issue = site.app.press.issue(identity)
        template = _FRAGMENT if by_script(request) else _BOARD
        pool = {} if by_script(request) else pool_variables(site, issue, Wanted())
        return desk_page(request, template, **(board_variables(site, request, issue) | pool))

    @routes.get("/version")
    def version(identity: Identity) -> JSONResponse:
        """For a board that is open, to see whether somebody else changed the issue."""
        issue = site.app.press.issue(identity)
        answer = {"version": issue.version, "state": issue.state}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    @routes.post("/deeds")
    def deed(
        request: Request,
        identity: Identity,
        actor: Editor,
        deed: Annotated[str, Form(max_length=300)],
    ) -> Response:
        press = site.app.press
        issue = press.issue(identity)
        try:
            issue = do(press, issue, deed, actor, site.app.clock())
        except DigestError as error:
            return refusal(site, request, press.issue(identity), error)
        return told(site, request, issue)


def _pool(routes: APIRouter, site: Site) -> None:
    @routes.get("/pool")
    def pool(
        request: Request,
        identity: Identity,
        search: Words = "",
        outlet: Words = "",
        category: Words = "",
        days: Annotated[int, Query(ge=0, le=60)] = 0,
        skip: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> HTMLResponse:
        issue = site.app.press.issue(identity)
        wanted = Wanted(search, outlet, category, days, skip)
        template = "editor/pool_fragment.html" if by_script(request) else "editor/pool.html"
        return desk_page(request, template, **pool_variables(site, issue, wanted))


def by_script(request: Request) -> bool:
    """Whether a script asks, which wants only the part that changes."""
    return "HX-Request" in request.headers


def told(site: Site, request: Request, issue: Issue) -> Response:
    """The board after an edit that was made."""
    if not by_script(request):
        return see(f"/editor/issues/{issue.id}")
    answer = desk_page(request, _FRAGMENT, **board_variables(site, request, issue))
    # the preview beside the board begins before the board itself is drawn anew
    answer.headers["HX-Trigger"] = json.dumps({"digest:edited": {"version": issue.version}})
    return answer


def refusal(site: Site, request: Request, issue: Issue, error: DigestError) -> Response:
    """The board as it is, with why the edit was not made; a script shows it like any other board."""
    variables = board_variables(site, request, issue) | {"error": error}
    if by_script(request):
        return desk_page(request, _FRAGMENT, **variables)
    status = 409 if isinstance(error, EditError) else 400
    return desk_page(request, _BOARD, status, **(variables | pool_variables(site, issue, Wanted())))


def board_variables(site: Site, request: Request, issue: Issue) -> dict[str, Any]:
    """What the board shows."""
    press = site.app.press
    newsletter = press.newsletter_of(issue)
    base = {item.story: item for item in press.store.edits.log(issue.id).base.stories}
    items = {item.story: item for item in issue.content.stories}
    configured = (*press.settings.sponsors, *press.settings.events)
    return {
        "issue": issue,
        "newsletter": newsletter,
        "categories": {category.slug: category for category in press.settings.categories},
        "sections": _sections(site, issue),
        "items": items,
        "lead": next(iter(issue.content.stories), None),
        "pinned": {story for story, item in items.items() if is_pinned(item)},
        "rewritten": {
            s for s, i in items.items() if i.teaser.source is TeaserSource.EDITOR or _retitled(i, base.get(s))
        },
        "brought": items.keys() - base.keys(),
        "history": history(press, issue, request.state.actor),
        "waiting": [p for p in configured if p.runs(newsletter.slug, issue.slot) and p.key not in _promoted(issue)],
        "editable": issue.state in EDITABLE and request.state.actor.role.covers(Role.EDITOR),
        "silence": silence(issue, newsletter, press.settings.schedule, site.app.clock()),
        "error": None,
    }


def _retitled(item: Any, base: Any) -> bool:
    return base is not None and item.title != base.title


def _promoted(issue: Issue) -> set[str]:
    return {one.key for one in issue.content.sponsors} | {one.key for one in issue.content.events}


def _sections(site: Site, issue: Issue) -> list[tuple[str, tuple[str, ...], int]]:
    """Category, stories and how many did not fit: those of the issue in its order, then the newsletter's others."""
    mine = [(section.category, section.stories, section.left_out) for section in issue.content.sections]
    there = {category for category, _, _ in mine}
    own = site.app.press.categories_of(site.app.press.newsletter_of(issue))
    return [*mine, *((category.key, (), 0) for category in own if category.key not in there)]


def pool_variables(site: Site, issue: Issue, wanted: Wanted) -> dict[str, Any]:
    """What the pool shows."""
    press = site.app.press
    found, more = candidates(press, issue, wanted, site.app.clock())
    return {
        "issue": issue,
        "wanted": wanted,
        "candidates": found,
        "more": more,
        "outlets": press.store.editorial.outlets(pool_since(issue)),
        "own": press.categories_of(press.newsletter_of(issue)),
        "categories": {category.slug: category for category in press.settings.categories},
    }
