"""[I/O] Adds confirmed subscribers in batches inside one transaction; whoever is known stays as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, func, insert, select

from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.people import ConsentEvent, Preferences, SubscriberDraft, SubscriberState
from digest.store.addresses import AddressKeys
from digest.store.people import consent_columns, subscriber_columns, subscription_columns
from digest.store.schema import consents, subscribers, subscriptions, suppressions
from digest.store.statements import batches, insert_into, refresh_estimates

_Row: TypeAlias = tuple[SubscriberDraft, NewsletterSlug, Preferences]
_Keyed: TypeAlias = tuple[dict[str, Any], NewsletterSlug, Preferences]
"""The subscriber's columns in place of the draft."""


def import_rows(connection: Connection, rows: Iterable[_Row], event: ConsentEvent, keys: AddressKeys) -> int:
    """Adds those who are neither known nor suppressed, and gives how many subscribers that were.

    Several rows of one new address, for several newsletters, all count; of two for the same newsletter the first.
    """
    last = connection.scalar(select(func.max(subscribers.c.id))) or 0
    added = sum(_import_batch(connection, batch, event, SubscriberId(last), keys) for batch in batches(rows))
    refresh_estimates(connection, subscribers, subscriptions)
    return added


def _import_batch(
    connection: Connection, batch: Sequence[_Row], event: ConsentEvent, last: SubscriberId, keys: AddressKeys
) -> int:
    keyed = [(subscriber_columns(draft, keys), newsletter, preferences) for draft, newsletter, preferences in batch]
    wanted = _unsuppressed(connection, keyed)
    if not wanted:
        return 0
    added = _add_subscribers(connection, wanted, event)
    ids = _ids_of_new(connection, wanted, event, last)
    rows = {
        (ids[person["email_key"]], newsletter): preferences
        for person, newsletter, preferences in reversed(wanted)
        if person["email_key"] in ids
    }
    if rows:
        _subscribe(connection, rows, event)
    return added


def _unsuppressed(connection: Connection, rows: Sequence[_Keyed]) -> list[_Keyed]:
    keys = [person["email_key"] for person, _, _ in rows]
    found = select(suppressions.c.email_key, suppressions.c.newsletter).where(suppressions.c.email_key.in_(keys))
    suppressed = {(key, newsletter) for key, newsletter in connection.execute(found)}
    return [row for row in rows if not {(row[0]["email_key"], ""), (row[0]["email_key"], row[1])} & suppressed]


def _add_subscribers(connection: Connection, rows: Sequence[_Keyed], event: ConsentEvent) -> int:
    new = {"state": SubscriberState.CONFIRMED, "created_at": event.at, "confirmed_at": event.at}
    insertion = insert_into(connection, subscribers).on_conflict_do_nothing(index_elements=[subscribers.c.email_key])
    people = [person | new for person, _, _ in rows]
    return connection.execute(insertion, people, execution_options={"preserve_rowcount": True}).rowcount


def _ids_of_new(
    connection: Connection, rows: Sequence[_Keyed], event: ConsentEvent, last: SubscriberId
) -> dict[str, SubscriberId]:
    """Those of the batch whom this import added, be it in an earlier batch."""
    new = select(subscribers.c.email_key, subscribers.c.id).where(
        subscribers.c.email_key.in_([person["email_key"] for person, _, _ in rows]),
        subscribers.c.id > last,
        subscribers.c.created_at == event.at,
        subscribers.c.confirmed_at == event.at,
    )
    return dict(connection.execute(new).all())


def _subscribe(
    connection: Connection, rows: Mapping[tuple[SubscriberId, NewsletterSlug], Preferences], event: ConsentEvent
) -> None:
    theirs = subscriptions.c.subscriber.in_({subscriber for subscriber, _ in rows})
    found = connection.execute(select(subscriptions.c.subscriber, subscriptions.c.newsletter).where(theirs))
    new = sorted(rows.keys() - {(subscriber, newsletter) for subscriber, newsletter in found})
    if new:
        confirmed = {"confirmed_at": event.at}
        columns = [subscription_columns(*key, rows[key], event.at) | confirmed for key in new]
        connection.execute(insert(subscriptions), columns)
        connection.execute(
            insert(consents), [consent_columns(key[0], replace(event, newsletter=key[1])) for key in new]
        )
