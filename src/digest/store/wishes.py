"""[I/O] Readers with what they chose and nothing else, by the million: what a freeze pages through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, and_, exists, func, or_, select, type_coerce

from digest.model.ids import IssueId, NewsletterSlug, SubscriberId
from digest.model.issue import Cadence
from digest.model.people import Preferences
from digest.ports.readers import Place
from digest.store.database import Database
from digest.store.people import mailable, preferences_of
from digest.store.schema import deliveries, subscribers, subscriptions

_PAGE = 5_000
"""Readers read at once."""
_MANY = 20_000
_LASTING = timedelta(microseconds=120)
"""For each reader, how long their places are good for: two minutes for 1,000,000."""
_MOST_CHOICES = 10_000
"""Different choices kept at once."""
_CHOICES = (
    subscriptions.c.categories, type_coerce(subscriptions.c.cadence, String), subscriptions.c.day,
    subscriptions.c.hour, subscriptions.c.cadences, subscriptions.c.more,
)  # fmt: skip


class KnownPlaces:
    """Where readers are, counted anew so seldom that it takes a fiftieth of the time: every tick asks, and a sender's
    every look, and counting 1,000,000 readers takes more than two seconds.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[NewsletterSlug, tuple[datetime, datetime, tuple[Place, ...]]] = {}

    def of(self, newsletter: NewsletterSlug, now: datetime) -> tuple[Place, ...]:
        """The time zones and hours of the newsletter's readers; a clock that was set back counts anew."""
        since, until, places = self._known.get(newsletter, (now, now, ()))
        if since <= now < until:
            return places
        with self._database.read() as connection:
            places = _places_of(connection, newsletter)
        readers = sum(place.readers for place in places)
        lasting = readers * _LASTING if readers >= _MANY else timedelta()
        self._known[newsletter] = (now, now + lasting, places)
        return places


def _places_of(connection: Connection, newsletter: NewsletterSlug) -> tuple[Place, ...]:
    mine = and_(subscriptions.c.newsletter == newsletter, subscriptions.c.left_at.is_(None))
    found = select(subscribers.c.timezone, subscriptions.c.hour, func.count()).join_from(subscriptions, subscribers)
    grouped = found.where(mine).group_by(subscribers.c.timezone, subscriptions.c.hour)
    return tuple(Place(*row) for row in connection.execute(grouped))


def pages_of_wishes(
    database: Database,
    newsletter: NewsletterSlug,
    today: date,
    without: IssueId | None,
    places: Collection[Place] | None,
) -> Iterator[Sequence[tuple[SubscriberId, Preferences]]]:
    """Pages by subscriber id, each in a transaction of its own. Preferences are made once for equal rows."""
    known: dict[tuple[Any, ...], Preferences] = {}
    wanted = _wanted(newsletter, today, without, places).limit(_PAGE)
    after = 0
    while True:
        paged = wanted.where(subscriptions.c.subscriber > after, subscribers.c.id > after)  # no index is read from 0
        with database.read() as connection:
            rows = connection.execute(paged).all()
        if not rows:
            return
        if len(known) > _MOST_CHOICES:
            known.clear()
        yield [(subscriber, known.get(choice) or _known(known, choice)) for subscriber, *rest in rows
               for choice in (tuple(rest),)]  # fmt: skip
        after = rows[-1][0]


def _known(known: dict[tuple[Any, ...], Preferences], choice: tuple[Any, ...]) -> Preferences:
    categories, cadence, day, hour, cadences, more = choice
    made = preferences_of((categories, Cadence(cadence), day, hour, None, cadences, more))
    return known.setdefault(choice, made)


def _wanted(
    newsletter: NewsletterSlug, today: date, without: IssueId | None, places: Collection[Place] | None
) -> Select[Any]:
    wanted = (
        select(subscriptions.c.subscriber, *_CHOICES)
        .join(subscribers, subscriptions.c.subscriber == subscribers.c.id)
        .where(subscriptions.c.newsletter == newsletter, mailable(newsletter, today))
        .order_by(subscriptions.c.subscriber)
    )
    if without:
        theirs = and_(deliveries.c.issue == without, deliveries.c.subscriber == subscriptions.c.subscriber)
        wanted = wanted.where(~exists().where(theirs))
    return wanted if places is None else wanted.where(_at(places))


def _at(places: Collection[Place]) -> ColumnElement[bool]:
    zones: defaultdict[int | None, list[str]] = defaultdict(list)
    for place in places:
        zones[place.hour].append(place.timezone)
    return or_(
        *(
            and_(subscriptions.c.hour.is_not_distinct_from(hour), subscribers.c.timezone.in_(names))
            for hour, names in zones.items()
        )
    )
