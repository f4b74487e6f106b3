"""[I/O] FeedStore on SQL: the feeds and what we remember of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, Select, bindparam, case, or_, select, update

from digest.model.feeds import Feed, FeedSource, FeedState
from digest.model.ids import CategorySlug, FeedId
from digest.model.jobs import ask
from digest.store.database import Database
from digest.store.schema import feeds
from digest.store.statements import AnyRow, insert_into

_STATE = (
    feeds.c.etag, feeds.c.last_modified, feeds.c.checked_at, feeds.c.next_at, feeds.c.failing_since, feeds.c.failures,
    feeds.c.paused_at, feeds.c.error, feeds.c.moved_to,
)  # fmt: skip
"""In the order of FeedState's fields."""
_SOURCE = (feeds.c.url, feeds.c.title, feeds.c.categories, feeds.c.weight, feeds.c.language)
_FEEDS = select(feeds.c.id, *_SOURCE, *_STATE)
_ACTIVE = or_(feeds.c.configured, feeds.c.added)


class SqlFeedStore:
    """Feeds: active while the configuration names them or somebody added them by hand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, sources: Sequence[FeedSource], now: datetime) -> tuple[Feed, ...]:
        """Makes the configured feeds the saved ones; of two with the same URL the first counts."""
        first = {source.url: source for source in reversed(sources)}
        rows = [_columns(source) | {"configured": True, "added": False, "created_at": now}
                for source in sources if first[source.url] is source]  # fmt: skip
        with self._database.write() as connection:
            connection.execute(update(feeds).values(configured=False))
            if rows:
                connection.execute(_upsert(connection), rows)
            return _feeds(connection.execute(_active()).all())

    def add(self, source: FeedSource, now: datetime) -> Feed:
        """Adds a feed by hand; the same URL again gives the feed that is there."""
        row = _columns(source) | {"configured": False, "added": True, "created_at": now}
        with self._database.write() as connection:
            insert = insert_into(connection, feeds).values(row)
            connection.execute(insert.on_conflict_do_update(index_elements=[feeds.c.url], set_={"added": True}))
            return _feed(connection.execute(_FEEDS.where(feeds.c.url == source.url)).one())

    def all(self) -> tuple[Feed, ...]:
        """Active feeds by id."""
        with self._database.read() as connection:
            return _feeds(connection.execute(_active()).all())

    def due(self, now: datetime) -> tuple[Feed, ...]:
        """Active feeds that are not paused and whose `next_at` is empty or has come."""
        waiting = _active().where(feeds.c.paused_at.is_(None), or_(feeds.c.next_at.is_(None), feeds.c.next_at <= now))
        with self._database.read() as connection:
            return _feeds(connection.execute(waiting).all())

    def lend(self, feeds_: Collection[FeedId], now: datetime, until: datetime) -> tuple[FeedId, ...]:
        """Takes those of them that are due out of what is due until then, and defers the job that asks them."""
        due = or_(feeds.c.next_at.is_(None), feeds.c.next_at <= now)
        taken = update(feeds).where(feeds.c.id.in_(feeds_), feeds.c.paused_at.is_(None), due).values(next_at=until)
        with self._database.write() as connection:
            lent = tuple(sorted(map(FeedId, connection.scalars(taken.returning(feeds.c.id)))))
            if lent:
                self._database.defer(connection, ask(lent))
        return lent

    def record(self, feed: FeedId, state: FeedState, title: str = "") -> None:
        """Replaces the feed's state; a title fills an empty one."""
        with self._database.write() as connection:
            connection.execute(_RECORD, asdict(state) | {"feed_id": feed, "found": title})


def _upsert(connection: Connection) -> Insert:
    """A title that was found out stays where the configuration has none."""
    insert = insert_into(connection, feeds)
    new = insert.excluded
    changed: dict[str, Any] = {name: new[name] for name in ("categories", "weight", "language", "configured")}
    changed["title"] = case((new.title == "", feeds.c.title), else_=new.title)
    return insert.on_conflict_do_update(index_elements=[feeds.c.url], set_=changed)


_RECORD = (
    update(feeds)
    .where(feeds.c.id == bindparam("feed_id"))
    .values(
        {column.name: bindparam(column.name) for column in _STATE}
        | {"title": case((feeds.c.title == "", bindparam("found")), else_=feeds.c.title)}
    )
)


def _active() -> Select[Any]:
    return _FEEDS.where(_ACTIVE).order_by(feeds.c.id)


def _columns(source: FeedSource) -> dict[str, object]:
    return asdict(source) | {"categories": list(source.categories)}


def _feeds(rows: Sequence[AnyRow]) -> tuple[Feed, ...]:
    return tuple(map(_feed, rows))


def _feed(row: AnyRow) -> Feed:
    identity, url, title, categories, weight, language, *state = row
    source = FeedSource(url, title, tuple(map(CategorySlug, categories)), weight, language)
    return Feed(FeedId(identity), source, FeedState(*state))
