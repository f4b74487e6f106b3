"""Subscriptions: listed, begun in the normal way, changed, ended."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response

from digest.model.api import Scope
from digest.model.ids import NewsletterSlug, SubscriberId
from digest.pipeline.joining import amend, join, leave_newsletter, reader_of, subscription_named
from digest.web.api.access import needs, origin_of
from digest.web.api.choices import ChoicesIn, SubscriptionOut, subscription_out
from digest.web.api.newsletters import SLUG, Slug
from digest.web.api.paging import Cursor, Limit, PageShape, Shape, cut, link_next, read_cursor
from digest.web.api.subscribers import JOINED, JoinedOut, Number, SubscriptionIn, joined_out
from digest.web.site import Site

_OF = "/subscribers/{subscriber:int}/subscriptions"


class SubscriptionPage(PageShape):
    """Subscriptions by subscriber and newsletter; those that were left too."""

    items: list[SubscriptionOut]


class SubscriptionList(Shape):
    """All of one subscriber; those that were left too."""

    items: list[SubscriptionOut]


def subscription_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["subscriptions"])
    _listing(routes, site)
    _beginning(routes, site)
    _one(routes, site)
    return routes


def _listing(routes: APIRouter, site: Site) -> None:
    reading = [needs(Scope.SUBSCRIPTIONS_READ)]

    @routes.get("/subscriptions", dependencies=reading)
    def list_subscriptions(
        request: Request,
        response: Response,
        newsletter: Annotated[str | None, Query(pattern=SLUG, max_length=100)] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> SubscriptionPage:
        """List subscriptions, of one newsletter or of all."""
        key = read_cursor(site, "subscriptions", cursor)
        after = (SubscriberId(int(key[0])), NewsletterSlug(str(key[1]))) if key else None
        of = NewsletterSlug(newsletter) if newsletter else None
        rows = site.app.press.store.readers.each_subscription(of, after, limit + 1)
        page, following = cut(site, "subscriptions", rows, limit, lambda one: (one.subscriber, one.newsletter))
        link_next(request, response, following)
        return SubscriptionPage(items=list(map(subscription_out, page)), next=following)

    @routes.get(_OF, dependencies=reading)
    def list_subscriptions_of(subscriber: Number) -> SubscriptionList:
        """List a subscriber's subscriptions."""
        reader = reader_of(site.app.press, subscriber)
        mine = site.app.press.store.readers.subscriptions(reader.id)
        return SubscriptionList(items=list(map(subscription_out, mine)))


def _beginning(routes: APIRouter, site: Site) -> None:
    answers: dict[int | str, dict[str, Any]] = JOINED

    @routes.post(_OF, status_code=201, responses=answers, dependencies=[needs(Scope.SUBSCRIPTIONS_WRITE)])
    def add_subscription(
        subscriber: Number, wanted: SubscriptionIn, request: Request, response: Response, after: BackgroundTasks
    ) -> JoinedOut:
        """Offer a further newsletter to a subscriber: a mail asks them to confirm it."""
        reader = reader_of(site.app.press, subscriber)
        names = ("email", "name", "country", "timezone", "language")
        fields = {name: getattr(reader, name) for name in names} | wanted.fields()
        joined = join(
            site.app.press, fields | {"newsletter": wanted.newsletter}, None, origin_of(request), site.app.clock()
        )
        after.add_task(site.do_errands)
        return joined_out(joined, response)


def _one(routes: APIRouter, site: Site) -> None:
    writing = [needs(Scope.SUBSCRIPTIONS_WRITE)]

    @routes.get(_OF + "/{newsletter}", dependencies=[needs(Scope.SUBSCRIPTIONS_READ)])
    def get_subscription(subscriber: Number, newsletter: Slug) -> SubscriptionOut:
        """Get a subscription."""
        return subscription_out(subscription_named(site.app.press, subscriber, newsletter))

    @routes.patch(_OF + "/{newsletter}", dependencies=writing)
    def change_subscription(
        subscriber: Number, newsletter: Slug, given: ChoicesIn, request: Request
    ) -> SubscriptionOut:
        """Change what a subscriber chose. 409 for one who has left: they come back by themselves."""
        mine = subscription_named(site.app.press, subscriber, newsletter)
        return subscription_out(amend(site.app.press, mine, given.fields(), origin_of(request), site.app.clock()))

    @routes.delete(_OF + "/{newsletter}", status_code=204, dependencies=writing)
    def end_subscription(subscriber: Number, newsletter: Slug, request: Request) -> None:
        """End a subscription, as the reader would by leaving. A second time changes nothing."""
        mine = subscription_named(site.app.press, subscriber, newsletter)
        leave_newsletter(site.app.press, mine, origin_of(request), site.app.clock())
