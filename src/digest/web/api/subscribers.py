"""Subscribers: added in the normal way, described, searched for in a body, erased. URLs know them by number only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.config import JsonDict

from digest.model.api import Scope
from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.people import ConsentEvent, ConsentKind, Subscriber, SubscriberState
from digest.pipeline.erasing import erase
from digest.pipeline.joining import Evidence, Joined, Outcome, join, reader_of, with_details
from digest.pipeline.subscribing import describe_reader
from digest.ports.readers import ReaderFilter
from digest.subscribe.addresses import AddressError, normalise
from digest.web.api.access import demand, needs, origin_of
from digest.web.api.choices import ChoicesIn, SlugText
from digest.web.api.newsletters import SLUG
from digest.web.api.paging import ONE_LINE, Cursor, Limit, PageShape, Shape, cut, link_next, read_cursor
from digest.web.site import Site

MOST_ID = 2**63 - 1
Number: TypeAlias = Annotated[int, Path(ge=1, le=MOST_ID, description="The subscriber's number.")]
Short: TypeAlias = Annotated[str, Field(max_length=200)]
Email: TypeAlias = Annotated[str, Field(min_length=3, max_length=254)]
_NO_ADDRESS = ONE_LINE.replace("[^", "[^@")
_EXAMPLE: JsonDict = {
    "email": "ada@example.org",
    "name": "Ada",
    "timezone": "Europe/London",
    "subscription": {"newsletter": "weekly", "categories": ["security", "privacy"], "cadence": "weekly"},
}


class ConsentIn(Shape):
    """How they agreed elsewhere: for a token with the scope consent:record. It goes into the log of their consent."""

    at: AwareDatetime
    """When; RFC 3339 with an offset, and past."""
    source: Annotated[str, Field(min_length=1, max_length=200, pattern=_NO_ADDRESS)]
    """Where, in words: "checkout of the shop". No address: it stays when the reader is erased."""
    wording: Annotated[str, Field(max_length=200, pattern=_NO_ADDRESS)] = ""
    """Version of the text that they agreed to."""


class SubscriptionIn(ChoicesIn):
    """A newsletter, and what they choose of it."""

    newsletter: SlugText


class PersonIn(Shape):
    """What is known of a person. What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ada L.", "timezone": "Europe/Berlin"}]})

    name: Short | None = None
    country: Short | None = None
    """Two letters of ISO 3166."""
    timezone: Short | None = None
    """IANA name; UTC for somebody new."""
    language: Short | None = None
    """BCP 47 tag; the newsletter's for somebody new."""

    def details(self) -> dict[str, str]:
        """Those that were said."""
        return {name: getattr(self, name) or "" for name in self.model_fields_set & set(PersonIn.model_fields)}


class SubscriberIn(PersonIn):
    """Somebody to add."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    email: Email
    subscription: SubscriptionIn
    consent: ConsentIn | None = None
    """Without it a mail asks them, and they are mailed once they have said yes."""


class JoinedOut(Shape):
    """What became of somebody to add."""

    outcome: Outcome
    """asked: a mail asks them, once a day at most; added: they are mailed from now on; known, left: they have the
    newsletter, or have left it, and nothing changed; suppressed: they bounced, complained, were erased or stopped, and
    nothing was kept."""
    subscriber: int | None
    """Their number; null when nothing is kept of them."""


class SubscriberOut(Shape):
    """A person."""

    id: int
    email: str
    name: str
    country: str
    timezone: str
    language: str
    state: SubscriberState
    created_at: datetime | None
    confirmed_at: datetime | None


class SubscriberPage(PageShape):
    """Subscribers by number; those erased are left out."""

    items: list[SubscriberOut]


class SearchIn(Shape):
    """Whom to look for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.org"}]})

    email: Email
    """In any spelling."""


class SubscriberList(Shape):
    """At most one."""

    items: list[SubscriberOut]


class ConsentOut(Shape):
    """An entry of the log of a reader's consent."""

    kind: ConsentKind
    at: datetime
    source: str
    newsletter: str | None
    wording: str
    changes: str


class ConsentList(Shape):
    """The log, oldest entry first."""

    items: list[ConsentOut]


def subscriber_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["subscribers"])
    _listing(routes, site)
    _adding(routes, site)
    _one(routes, site)
    return routes


def _listing(routes: APIRouter, site: Site) -> None:
    reading = [needs(Scope.SUBSCRIBERS_READ)]

    @routes.get("/subscribers", dependencies=reading)
    def list_subscribers(
        request: Request,
        response: Response,
        newsletter: Annotated[
            str | None, Query(pattern=SLUG, max_length=100, description="Those who have not left it.")
        ] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> SubscriberPage:
        """List subscribers by number."""
        key = read_cursor(site, "subscribers", cursor)
        which = ReaderFilter(newsletter=NewsletterSlug(newsletter) if newsletter else None)
        found = site.app.press.store.readers.all(which, SubscriberId(int(key[0])) if key else None, limit + 1)
        page, following = cut(site, "subscribers", [who for who, _ in found], limit, lambda one: (one.id,))
        link_next(request, response, following)
        return SubscriberPage(items=list(map(_out, page)), next=following)

    @routes.post("/subscribers/search", dependencies=reading)
    def search_subscribers(wanted: SearchIn) -> SubscriberList:
        """Find a subscriber by address: in a body, so that it stands in no log."""
        found = site.app.press.store.readers.by_email(checked(wanted.email))
        return SubscriberList(items=[_out(found)] if found else [])


def _adding(routes: APIRouter, site: Site) -> None:
    @routes.post("/subscribers", status_code=201, responses=JOINED, dependencies=[needs(Scope.SUBSCRIBERS_WRITE)])
    def add_subscriber(wanted: SubscriberIn, request: Request, response: Response, after: BackgroundTasks) -> JoinedOut:
        """Add somebody to a newsletter. 201 when there is something new, 200 when nothing changed.

        A mail asks them to confirm it. With `consent`, for which the token needs the scope consent:record, whoever is
        not known yet is added at once. Whoever left, bounced, complained or was erased is neither added nor mailed.
        """
        if wanted.consent:
            demand(request, Scope.CONSENT_RECORD)
        evidence = _evidence(wanted.consent, site.app.clock()) if wanted.consent else None
        chosen = wanted.subscription
        said = {"email": wanted.email, "newsletter": chosen.newsletter}
        fields = wanted.details() | chosen.fields() | said
        joined = join(site.app.press, fields, evidence, origin_of(request), site.app.clock())
        after.add_task(site.do_errands)
        return joined_out(joined, response)


def _evidence(given: ConsentIn, now: datetime) -> Evidence:
    if given.at > now:
        raise RequestValidationError([{"type": "future", "loc": ("body", "consent", "at"), "msg": "is not past"}])
    return Evidence(given.at, given.source, given.wording)


def _one(routes: APIRouter, site: Site) -> None:
    reading, writing = [needs(Scope.SUBSCRIBERS_READ)], [needs(Scope.SUBSCRIBERS_WRITE)]

    @routes.get("/subscribers/{subscriber:int}", dependencies=reading)
    def get_subscriber(subscriber: Number) -> SubscriberOut:
        """Get a subscriber."""
        return _out(reader_of(site.app.press, subscriber))

    @routes.patch("/subscribers/{subscriber:int}", dependencies=writing)
    def describe_subscriber(subscriber: Number, given: PersonIn, request: Request) -> SubscriberOut:
        """Change name, country, time zone or language. An address is changed by its owner, who confirms both."""
        press = site.app.press
        reader = reader_of(press, subscriber)
        draft = with_details(reader, given.details())
        describe_reader(press, reader, draft, origin_of(request), site.app.clock())
        return _out(reader_of(press, subscriber))

    @routes.delete("/subscribers/{subscriber:int}", status_code=204, dependencies=writing)
    def erase_subscriber(subscriber: Number, request: Request) -> None:
        """Erase a subscriber for good. The address stays suppressed by a keyed hash."""
        reader = reader_of(site.app.press, subscriber)
        erase(site.app.press, reader.id, origin_of(request), site.app.clock())

    @routes.get("/subscribers/{subscriber:int}/consent", dependencies=reading)
    def get_consent(subscriber: Number) -> ConsentList:
        """Get the log of a subscriber's consent: what happened when, from where, under which wording."""
        reader = reader_of(site.app.press, subscriber)
        return ConsentList(items=[_entry(event) for event in site.app.press.store.readers.events(reader.id)])


JOINED: dict[int | str, dict[str, Any]] = {200: {"model": JoinedOut, "description": "Nothing changed"}}


def joined_out(joined: Joined, response: Response) -> JoinedOut:
    """The answer, with its status and where the subscriber is."""
    response.status_code = 201 if joined.outcome in {Outcome.ASKED, Outcome.ADDED} else 200
    if joined.subscriber:
        response.headers["Location"] = f"/api/v1/subscribers/{joined.subscriber}"
    return JoinedOut(outcome=joined.outcome, subscriber=joined.subscriber)


def checked(email: str) -> str:
    """The address as it is kept; the problem names the field and not the address."""
    try:
        return normalise(email)
    except AddressError as error:
        told = f"{error.problem}; {error.remedy}"
        raise RequestValidationError([{"type": "email", "loc": ("body", "email"), "msg": told}]) from error


def _out(of: Subscriber) -> SubscriberOut:
    return SubscriberOut.model_validate(of)


def _entry(event: ConsentEvent) -> ConsentOut:
    return ConsentOut(**{name: getattr(event, name) for name in ConsentOut.model_fields})
