"""Pulling a story from an issue on its way: which, how many have it, are you sure; and who has it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from digest.errors import DigestError
from digest.model.access import Role
from digest.model.ids import StoryId
from digest.model.issue import Issue
from digest.pipeline.revising import PULLABLE, got_it, pull_story, pullable, reach
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.figures import csv_file
from digest.web.editor.identity import Story
from digest.web.editor.preview import Identity
from digest.web.site import Site, see

_COLUMNS = ("subscriber", "state", "at")


def pull_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}/pull")

    @routes.get("")
    def stories(request: Request, identity: Identity) -> HTMLResponse:
        return _page(site, request, site.app.press.issue(identity))

    @routes.get("/{story}")
    def ask(request: Request, identity: Identity, story: Story) -> HTMLResponse:
        press = site.app.press
        issue = press.issue(identity)
        item = pullable(issue, StoryId(story))
        newsletter = press.newsletter_of(issue)
        return desk_page(request, "editor/pull_ask.html", issue=issue, newsletter=newsletter, item=item,
                         reach=reach(press, issue, item.story))  # fmt: skip

    @routes.post("/{story}")
    def pull(request: Request, identity: Identity, story: Story, actor: Editor) -> Response:
        press = site.app.press
        try:
            pulled = pull_story(press, press.issue(identity), StoryId(story), actor, site.app.clock())
        except DigestError as error:
            return _page(site, request, press.issue(identity), error)
        return see(f"/editor/issues/{pulled.issue.id}/pull")

    @routes.get("/{story}/readers.csv")
    def readers(identity: Identity, story: Story) -> StreamingResponse:
        """Readers by number: who may see addresses finds them by it."""
        issue = site.app.press.issue(identity)
        rows = ((one.key.subscriber, one.state, one.at) for one in got_it(site.app.press, issue, StoryId(story)))
        return csv_file(f"{issue.id}-{story}", _COLUMNS, rows)

    return routes


def _page(site: Site, request: Request, issue: Issue, error: DigestError | None = None) -> HTMLResponse:
    press = site.app.press
    return desk_page(
        request,
        "editor/pull.html",
        409 if error else 200,
        issue=issue,
        newsletter=press.newsletter_of(issue),
        error=error,
        may=issue.state in PULLABLE and request.state.actor.role.covers(Role.EDITOR),
        past=[(one, reach(press, issue, one.story)) for one in press.store.revisions.past(issue.id)],
    )
