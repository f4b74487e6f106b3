"""[I/O] Adds confirmed subscribers in batches inside one transaction; whoever is known stays as they are.

Numbers are reserved, and rows are written as the driver takes them, because a list may have a million: each batch is
one statement for each table, and of it only keys that are there already are read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy import Connection, Table, and_, func, select, text

from digest.model.ids import NOBODY, NewsletterSlug
from digest.model.people import ConsentEvent, ImportCount, Preferences, SubscriberDraft, SubscriberState
from digest.store.addresses import AddressKeys
from digest.store.people import consent_columns, preference_columns
from digest.store.schema import consents, subscribers, subscriptions, suppressions
from digest.store.statements import batches, refresh_estimates

_Row: TypeAlias = tuple[SubscriberDraft, NewsletterSlug, Preferences]
_BATCH = 5000
_MANY = 1000
_PERSON = (
    "id", "email_key", "email", "name", "search_text", "country", "timezone", "language", "state", "created_at",
    "confirmed_at",
)  # fmt: skip
_CHOICE = ("categories", "cadence", "day", "hour", "paused_until", "cadences", "more")
_ENTRY = ("kind", "at", "source", "newsletter", "wording", "changes", "network")
_CACHE, _USUAL_CACHE = -96_000, -2_000
"""KiB of pages that SQLite keeps: the index of keys is written all over."""


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A row and the key of its address."""

    key: str
    draft: SubscriberDraft
    newsletter: NewsletterSlug
    preferences: Preferences


def import_rows(connection: Connection, rows: Iterable[_Row], event: ConsentEvent, keys: AddressKeys) -> ImportCount:
    """Adds those who are neither known nor suppressed.

    Several rows of one new address, for several newsletters, all count; of two for the same newsletter the first.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = {_CACHE}")
    counts = _Import(connection, event).add(rows, keys)
    if counts.added >= _MANY:
        refresh_estimates(connection, subscribers, subscriptions)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = {_USUAL_CACHE}")
    return counts


class _Import:
    """One import on its way."""

    def __init__(self, connection: Connection, event: ConsentEvent) -> None:
        self._connection = connection
        self._event = event
        self._last = connection.scalar(select(func.max(subscribers.c.id))) or 0
        self._stops = connection.scalar(select(suppressions.c.email_key).limit(1)) is not None
        stamp = _driver_value(connection, subscribers, "created_at", event.at)
        self._state = (SubscriberState.CONFIRMED.value, stamp, stamp)

    def add(self, rows: Iterable[_Row], keys: AddressKeys) -> ImportCount:
        """All rows, batch by batch."""
        people = added = suppressed = 0
        for batch in batches(rows, _BATCH):
            keyed = [_Keyed(keys.of(row[0].email), *row) for row in batch]
            wanted = self._unsuppressed(keyed) if self._stops else keyed
            suppressed += len(keyed) - len(wanted)
            before, new = self._people({row.key: row.draft for row in reversed(wanted)})
            people += len(new)
            added += self._subscribe(wanted, before, new)
        return ImportCount(people, added, suppressed)

    def _unsuppressed(self, rows: Sequence[_Keyed]) -> Sequence[_Keyed]:
        found = select(suppressions.c.email_key, suppressions.c.newsletter).where(
            suppressions.c.email_key.in_({row.key for row in rows})
        )
        stopped = {(key, newsletter) for key, newsletter in self._connection.execute(found)}
        return [row for row in rows if not {(row.key, ""), (row.key, row.newsletter)} & stopped]

    def _people(self, drafts: Mapping[str, SubscriberDraft]) -> tuple[dict[str, int], dict[str, int]]:
        """Writes those who are not known. Gives the numbers of those whom an earlier batch added, and of the new."""
        known = self._known(drafts)
        new = {key: draft for key, draft in reversed(list(drafts.items())) if key not in known}
        numbers = dict(zip(new, _reserve(self._connection, len(new)), strict=True))
        rows = [
            (numbers[key], key, of.email, of.name, f"{of.email} {of.name}".lower(),
             of.country, of.timezone, of.language, *self._state)
            for key, of in new.items()
        ]  # fmt: skip
        written = _write(self._connection, subscribers, _PERSON, rows, " ON CONFLICT (email_key) DO NOTHING")
        if written != len(rows):  # somebody signed up at this very moment
            there = self._known(new)
            numbers = {key: number for key, number in numbers.items() if there.get(key) == number}
        return {key: number for key, number in known.items() if number}, numbers

    def _known(self, keys: Iterable[str]) -> dict[str, int]:
        """Those who are there: their number if this import added them, else 0."""
        mine = and_(
            subscribers.c.id > self._last,
            subscribers.c.created_at == self._event.at,
            subscribers.c.confirmed_at == self._event.at,
        )
        found = select(subscribers.c.email_key, subscribers.c.id, mine).where(subscribers.c.email_key.in_(list(keys)))
        return {key: number if is_mine else 0 for key, number, is_mine in self._connection.execute(found)}

    def _subscribe(self, rows: Sequence[_Keyed], before: Mapping[str, int], new: Mapping[str, int]) -> int:
        """Writes the subscriptions that are not there yet, each with its entry in the log."""
        theirs = subscriptions.c.subscriber.in_(list(before.values()))
        found = select(subscriptions.c.subscriber, subscriptions.c.newsletter).where(theirs)
        there = {(number, newsletter) for number, newsletter in self._connection.execute(found)} if before else set()
        numbers = {**before, **new}
        wanted: dict[tuple[int, NewsletterSlug], Preferences] = {}
        for row in rows:
            if row.key in numbers:
                wanted.setdefault((numbers[row.key], row.newsletter), row.preferences)
        fresh = [(place, chosen) for place, chosen in wanted.items() if place not in there]
        self._write_subscriptions(fresh)
        return len(fresh)

    def _write_subscriptions(self, rows: Sequence[tuple[tuple[int, NewsletterSlug], Preferences]]) -> None:
        chosen: dict[int, tuple[object, ...]] = {}
        of_newsletter: dict[NewsletterSlug, tuple[object, ...]] = {}
        stamp = self._state[1]
        written, logged = [], []
        for (number, newsletter), preferences in rows:
            choice = chosen.get(id(preferences))  # many rows share one
            if choice is None:
                choice = chosen[id(preferences)] = self._choice(preferences)
            entry = of_newsletter.get(newsletter)
            if entry is None:
                entry = of_newsletter[newsletter] = self._entry(newsletter)
            written.append((number, newsletter, stamp, stamp, *choice))
            logged.append((number, *entry))
        _write(
            self._connection, subscriptions, ("subscriber", "newsletter", "since", "confirmed_at", *_CHOICE), written
        )
        _write(self._connection, consents, ("subscriber", *_ENTRY), logged)

    def _choice(self, preferences: Preferences) -> tuple[object, ...]:
        columns = preference_columns(preferences)
        return tuple(_driver_value(self._connection, subscriptions, name, columns[name]) for name in _CHOICE)

    def _entry(self, newsletter: NewsletterSlug) -> tuple[object, ...]:
        columns = consent_columns(NOBODY, replace(self._event, newsletter=newsletter))
        return tuple(_driver_value(self._connection, consents, name, columns[name]) for name in _ENTRY)


def _reserve(connection: Connection, count: int) -> Sequence[int]:
    """Numbers that no reader has, or had."""
    if connection.dialect.name == "postgresql":
        taken = text("SELECT nextval(pg_get_serial_sequence('subscriber', 'id')) FROM generate_series(1, :count)")
        return sorted(connection.scalars(taken, {"count": count}))
    last = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'subscriber'")) or 0
    return range(last + 1, last + 1 + count)


def _write(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[object, ...]], more: str = ""
) -> int:
    """Inserts rows of values as the driver takes them, and gives how many were written."""
    if not rows:
        return 0
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    quoted = ", ".join(f'"{name}"' for name in names)
    insertion = f'INSERT INTO "{table.name}" ({quoted}) VALUES ({", ".join([mark] * len(names))}){more}'  # noqa: S608
    keep = {"preserve_rowcount": True}
    return connection.exec_driver_sql(insertion, list(rows), execution_options=keep).rowcount


def _driver_value(connection: Connection, table: Table, name: str, value: object) -> object:
    """The value of a column as the driver takes it."""
    process = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return process(value) if process else value
