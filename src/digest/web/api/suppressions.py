"""Suppressions: whom nothing is mailed any more. Added and read; lifted on the command line only."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict

from digest.model.access import Deed
from digest.model.api import Scope
from digest.model.ids import NewsletterSlug
from digest.model.people import SuppressedAddress, SuppressionReason
from digest.subscribe.wishes import read_newsletter
from digest.web.api.access import actor_of, needs
from digest.web.api.choices import SlugText
from digest.web.api.paging import Cursor, Limit, PageShape, Shape, cut, link_next, read_cursor
from digest.web.api.subscribers import Email, SearchIn, checked
from digest.web.site import Site


class SuppressionIn(Shape):
    """Whom never to mail again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.org", "newsletter": None}]})

    email: Email
    newsletter: SlugText | None = None
    """Only this newsletter; everything without."""


class SuppressionOut(Shape):
    """An address that is never mailed again, and why."""

    key: str
    """A keyed hash of the address, the same for all its spellings."""
    email: str | None
    """The address, as long as a reader has it."""
    newsletter: str | None
    """null: nothing at all is mailed."""
    reason: SuppressionReason
    at: datetime


class SuppressionPage(PageShape):
    """Suppressions by key."""

    items: list[SuppressionOut]


class SuppressionList(Shape):
    """All of one address."""

    items: list[SuppressionOut]


def suppression_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["suppressions"])
    reading = [needs(Scope.SUPPRESSIONS_READ)]

    @routes.get("/suppressions", dependencies=reading)
    def list_suppressions(
        request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None
    ) -> SuppressionPage:
        """List suppressed addresses."""
        key = read_cursor(site, "suppressions", cursor)
        after = _after(str(key[0]), str(key[1]), site.app.clock()) if key else None
        rows = site.app.press.store.readers.suppressions(after, limit + 1)
        page, following = cut(site, "suppressions", rows, limit, lambda one: (one.key, one.newsletter or ""))
        link_next(request, response, following)
        return SuppressionPage(items=list(map(_out, page)), next=following)

    @routes.post("/suppressions/search", dependencies=reading)
    def search_suppressions(wanted: SearchIn) -> SuppressionList:
        """Find what speaks against mailing an address: in a body, so that it stands in no log."""
        return SuppressionList(items=list(map(_out, site.app.press.store.readers.suppressed(checked(wanted.email)))))

    _adding(routes, site)
    return routes


def _adding(routes: APIRouter, site: Site) -> None:
    @routes.post("/suppressions", status_code=201, dependencies=[needs(Scope.SUPPRESSIONS_WRITE)])
    def suppress(wanted: SuppressionIn, request: Request) -> SuppressionList:
        """Never mail an address again. Gives all that speaks against mailing it; the first reason stays.

        Nothing is lifted by the API: `digest subscribers release` does that.
        """
        press, now = site.app.press, site.app.clock()
        of = read_newsletter(wanted.newsletter, press.settings).key if wanted.newsletter else None
        email = checked(wanted.email)
        press.store.readers.suppress(email, SuppressionReason.OPERATOR, now, of)
        found = press.store.readers.suppressed(email)
        press.store.access.record(Deed(actor_of(request).name, "suppressed", found[0].key, now, of or ""))
        return SuppressionList(items=list(map(_out, found)))


def _after(key: str, newsletter: str, now: datetime) -> SuppressedAddress:
    of = NewsletterSlug(newsletter) if newsletter else None
    return SuppressedAddress(key, SuppressionReason.OPERATOR, now, of)


def _out(of: SuppressedAddress) -> SuppressionOut:
    return SuppressionOut(
        key=of.key, email=of.email or None, newsletter=of.newsletter, reason=of.reason, at=of.at
    )  # fmt: skip
