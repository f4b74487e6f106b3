"""Watching an issue go: how far it is, what went wrong, and what came of it; pausing, resuming and cancelling it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from digest.errors import DigestError
from digest.model.access import Actor
from digest.model.delivery import DeliveryState
from digest.model.issue import Issue, IssueState
from digest.pipeline.reporting import progress
from digest.pipeline.silence import silence
from digest.pipeline.steering import Step, cancel_issue, pause_issue, resume_issue, steer
from digest.pipeline.watching import aftermath, category_rows, story_rows, troubles
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.preview import Identity
from digest.web.editor.readers import sees_readers
from digest.web.editor.watch_words import empty, headline, span
from digest.web.site import Site, see

SHOWN = 25
"""Deliveries in trouble that the page lists; the file has all."""
LIVE = frozenset({IssueState.APPROVED, IssueState.LOCKED, IssueState.SENDING, IssueState.PAUSED})
"""States in which the numbers may change by themselves."""
OVER = frozenset({IssueState.SENT, IssueState.CANCELLED})
STOPPABLE = LIVE | {IssueState.DRAFT}
Why = Annotated[str, Form(max_length=200)]


def watch_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}/watch")
    _looking(routes, site)
    _steering(routes, site)
    return routes


def _looking(routes: APIRouter, site: Site) -> None:
    @routes.get("")
    def watch(request: Request, identity: Identity) -> HTMLResponse:
        issue = site.app.press.issue(identity)
        return watch_page(site, request, issue)

    @routes.get("/live")
    def live(request: Request, identity: Identity, seen: str = "") -> HTMLResponse:
        """The part that moves. `seen`: the state that the page shows; when it is another by now, all is shown anew."""
        issue = site.app.press.issue(identity)
        page = desk_page(request, "editor/watch_live.html", 200, **live_variables(site, issue))
        if seen != issue.state:
            page.headers["HX-Refresh"] = "true"
        return page

    @routes.get("/cancel")
    def ask(request: Request, identity: Identity) -> Response:
        issue = site.app.press.issue(identity)
        if issue.state not in STOPPABLE:
            return see(f"/editor/issues/{issue.id}/watch")
        return desk_page(request, "editor/watch_cancel.html", 200, **live_variables(site, issue))


def _steering(routes: APIRouter, site: Site) -> None:
    def take(request: Request, identity: str, actor: Actor, what: str, step: Step, why: str = "") -> Response:
        press, now = site.app.press, site.app.clock()
        try:
            steered = steer(press, press.issue(identity), actor, what, step, why, now)
        except DigestError as error:
            return watch_page(site, request, press.issue(identity), error)
        return see(f"/editor/issues/{steered.id}/watch")

    @routes.post("/pause")
    def pause(request: Request, identity: Identity, actor: Editor, why: Why = "") -> Response:
        return take(request, identity, actor, "paused", pause_issue, why)

    @routes.post("/resume")
    def resume(request: Request, identity: Identity, actor: Editor) -> Response:
        return take(request, identity, actor, "resumed", resume_issue)

    @routes.post("/cancel")
    def cancel(request: Request, identity: Identity, actor: Editor, why: Why = "") -> Response:
        return take(request, identity, actor, "cancelled", cancel_issue, why)


def watch_page(site: Site, request: Request, issue: Issue, error: DigestError | None = None) -> HTMLResponse:
    """The whole page, with what could not be done."""
    press = site.app.press
    site.settle_clicks()
    named = sees_readers(request)
    failed, doubted = (
        tuple(troubles(press, issue, state, SHOWN, named=named))
        for state in (DeliveryState.FAILED, DeliveryState.UNCERTAIN)
    )
    after = aftermath(press, issue) if issue.state in OVER and issue.frozen_at else None
    return desk_page(
        request,
        "editor/watch.html",
        409 if error else 200,
        failed=failed,
        doubted=doubted,
        sees_readers=named,
        after=after,
        story_rows=story_rows(issue, after) if after else (),
        category_rows=category_rows(press, after) if after else (),
        error=error,
        **live_variables(site, issue),
    )


def live_variables(site: Site, issue: Issue) -> dict[str, object]:
    """What the part that moves is made of."""
    press, now = site.app.press, site.app.clock()
    newsletter = press.newsletter_of(issue)
    seen = progress(press, issue, now)
    reasons = press.store.figures.reasons(issue.id)
    skipped = {why: count for (state, why), count in reasons.items() if state is DeliveryState.SKIPPED}
    return {
        "issue": issue,
        "newsletter": newsletter,
        "progress": seen,
        "headline": headline(issue),
        "empty": empty(issue),
        "silence": silence(issue, newsletter, press.settings.schedule, now),
        "left": span(seen.left) if seen.left is not None else "",
        "skipped": sorted(skipped.items(), key=lambda item: -item[1]),
        "is_live": issue.state in LIVE,
        "is_stoppable": issue.state in STOPPABLE,
        "now": now,
    }
