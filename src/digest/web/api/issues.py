"""Issues: what newsletters said, and say next; paused, resumed and cancelled. They are shaped at the desk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import ConfigDict, Field

from digest.model.api import Scope
from digest.model.delivery import DeliveryState
from digest.model.ids import IssueId, NewsletterSlug
from digest.model.issue import Issue, IssueState, StoryItem
from digest.pipeline.press import Press
from digest.pipeline.steering import Step, cancel_issue, pause_issue, resume_issue, steer
from digest.web.api.access import actor_of, needs
from digest.web.api.newsletters import SLUG
from digest.web.api.paging import ONE_LINE, Cursor, Limit, PageShape, Shape, cut, link_next, read_cursor
from digest.web.site import Site

Identity: TypeAlias = Annotated[
    str, Path(pattern=SLUG, max_length=150, description="Such as weekly-2026-11-24.")
]  # fmt: skip


class WhyIn(Shape):
    """Why it is done, for the others at the desk."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "the lead is wrong"}]})

    why: Annotated[str, Field(max_length=200, pattern=ONE_LINE)] = ""


class IssueLine(Shape):
    """An issue in a list."""

    id: str
    newsletter: str
    slot: date
    """Local date of the newsletter."""
    state: IssueState
    send_at: datetime
    version: int
    """Counts every change."""
    stories: int
    """How many it tells."""
    approved_at: datetime | None
    approved_by: str
    finished_at: datetime | None
    note: str
    """Why it was skipped, missed, cancelled or paused."""


class AlsoOut(Shape):
    """Another outlet with the same story."""

    outlet: str
    url: str


class StoryOut(Shape):
    """A story as the issue tells it."""

    id: str
    article: str
    title: str
    teaser: str
    url: str
    outlet: str
    published_at: datetime
    categories: list[str]
    also: list[AlsoOut]


class SectionOut(Shape):
    """A category's stories in the order in which they are told."""

    category: str
    stories: list[str]


class IssueOut(Shape):
    """An issue with what it says."""

    id: str
    newsletter: str
    slot: date
    state: IssueState
    send_at: datetime
    version: int
    approved_at: datetime | None
    approved_by: str
    finished_at: datetime | None
    note: str
    stories: list[StoryOut]
    """Best first."""
    sections: list[SectionOut]
    deliveries: dict[DeliveryState, int]
    """How many mails are in which state; none before its readers are frozen."""


class IssuePage(PageShape):
    """Issues, the newest slot first."""

    items: list[IssueLine]


def issue_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["issues"])
    _reading(routes, site)
    _steering(routes, site)
    return routes


def _reading(routes: APIRouter, site: Site) -> None:
    reading = [needs(Scope.ISSUES_READ)]

    @routes.get("/issues", dependencies=reading)
    def list_issues(
        request: Request,
        response: Response,
        newsletter: Annotated[str | None, Query(pattern=SLUG, max_length=100)] = None,
        state: IssueState | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> IssuePage:
        """List issues, the newest slot first."""
        key = read_cursor(site, "issues", cursor)
        after = (date.fromisoformat(str(key[0])), IssueId(str(key[1]))) if key else None
        of = NewsletterSlug(newsletter) if newsletter else None
        rows = site.app.press.store.issues.page(of, state, after, limit + 1)
        page, following = cut(site, "issues", rows, limit, lambda one: (one.slot.isoformat(), one.id))
        link_next(request, response, following)
        return IssuePage(items=list(map(_line, page)), next=following)

    @routes.get("/issues/{issue}", dependencies=reading)
    def get_issue(issue: Identity) -> IssueOut:
        """Get an issue with its stories and how far it is sent."""
        return _out(site.app.press, site.app.press.issue(issue))


def _steering(routes: APIRouter, site: Site) -> None:
    writing = [needs(Scope.ISSUES_WRITE)]

    def take(request: Request, issue: str, what: str, step: Step, why: str) -> IssueOut:
        press = site.app.press
        return _out(press, steer(press, press.issue(issue), actor_of(request), what, step, why, site.app.clock()))

    @routes.post("/issues/{issue}/pause", dependencies=writing)
    def pause_issue_now(issue: Identity, given: WhyIn, request: Request) -> IssueOut:
        """Stop the sending of an issue for now. 409 unless it is being sent."""
        return take(request, issue, "paused", pause_issue, given.why)

    @routes.post("/issues/{issue}/resume", dependencies=writing)
    def resume_issue_now(issue: Identity, given: WhyIn, request: Request) -> IssueOut:
        """Let a paused issue go on where it stopped. 409 unless it is paused."""
        return take(request, issue, "resumed", resume_issue, given.why)

    @routes.post("/issues/{issue}/cancel", dependencies=writing)
    def cancel_issue_now(issue: Identity, given: WhyIn, request: Request) -> IssueOut:
        """Stop an issue for good. 409 when it is sent already."""
        return take(request, issue, "cancelled", cancel_issue, given.why)


def _line(of: Issue) -> IssueLine:
    names = (name for name in IssueLine.model_fields if name != "stories")
    return IssueLine(**{name: getattr(of, name) for name in names}, stories=len(of.content.stories))


def _out(press: Press, of: Issue) -> IssueOut:
    names = (name for name in IssueLine.model_fields if name != "stories")
    return IssueOut(
        **{name: getattr(of, name) for name in names},
        stories=list(map(_story, of.content.stories)),
        sections=[SectionOut(category=one.category, stories=list(one.stories)) for one in of.content.sections],
        deliveries=press.store.ledger.counts(of.id),
    )


def _story(of: StoryItem) -> StoryOut:
    return StoryOut(
        id=of.story,
        article=of.article,
        title=of.title,
        teaser=of.teaser.text,
        url=of.url,
        outlet=of.outlet,
        published_at=of.published_at,
        categories=list(of.categories),
        also=[AlsoOut(outlet=one.outlet, url=one.url) for one in of.also],
    )
