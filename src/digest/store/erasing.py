"""[I/O] Takes everything that tells who a reader was out of all tables; what stays knows them by number only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from digest.model.ids import SubscriberId
from digest.model.people import ConsentEvent, ConsentKind, Erasure, SubscriberState, SuppressionReason
from digest.store.people import consent_columns
from digest.store.schema import (
    address_changes,
    bounce_events,
    consents,
    deliveries,
    issues,
    subscribers,
    subscriptions,
    suppressions,
)
from digest.store.statements import insert_into

_LIVING = select(subscribers.c.id, subscribers.c.email_key, subscribers.c.created_at).where(
    subscribers.c.state != SubscriberState.ERASED
)


def erase_reader(connection: Connection, subscriber: SubscriberId, event: ConsentEvent) -> bool:
    """Erases one reader; False when there is none or nothing is left to erase.

    Their address stays suppressed by its key. Server replies and bounces may quote the address: they go, too.
    """
    alive = (subscribers.c.id == subscriber, subscribers.c.state != SubscriberState.ERASED)
    key = connection.scalar(select(subscribers.c.email_key).where(*alive).with_for_update())
    if key is None:
        return False
    _suppress(connection, key, event.at)
    connection.execute(insert(consents).values(consent_columns(subscriber, event)))
    connection.execute(update(subscribers).where(subscribers.c.id == subscriber).values(_nobody(subscriber, key)))
    for table in (subscriptions, address_changes):
        connection.execute(delete(table).where(table.c.subscriber == subscriber))
    _forget_words(connection, subscriber)
    return True


def erasure_of(connection: Connection, subscriber: SubscriberId, now: datetime) -> Erasure | None:
    """What is to be remembered apart; None when there is nobody to erase."""
    row = connection.execute(_LIVING.where(subscribers.c.id == subscriber)).one_or_none()
    return Erasure(row.id, row.email_key, row.created_at, now) if row else None


def has_erased(connection: Connection, erasure: Erasure) -> bool:
    """Whether the erasure happened here: its reader is nobody, or was never here and cannot be imported."""
    same = (subscribers.c.id == erasure.subscriber, subscribers.c.created_at == erasure.since)
    state = connection.scalar(select(subscribers.c.state).where(*same))
    if state is not None:
        return bool(state is SubscriberState.ERASED)
    stopped = select(suppressions.c.at).where(suppressions.c.email_key == erasure.key, suppressions.c.newsletter == "")
    return connection.scalar(stopped) is not None or _is_back(connection, erasure)


def replay(connection: Connection, erasure: Erasure, source: str) -> int:
    """Erases the reader again, if these tables are older than the erasure, and gives how many rows that were."""
    same = and_(subscribers.c.id == erasure.subscriber, subscribers.c.created_at == erasure.since)
    by_address = and_(subscribers.c.email_key == erasure.key, subscribers.c.created_at <= erasure.at)
    found = connection.execute(_LIVING.where(or_(same, by_address))).all()
    event = ConsentEvent(ConsentKind.ERASED, erasure.at, source)
    erased = sum(erase_reader(connection, row.id, event) for row in found)
    if not _is_back(connection, erasure):
        _suppress(connection, erasure.key, erasure.at)
    return erased


def _is_back(connection: Connection, erasure: Erasure) -> bool:
    """Whether somebody with that address has signed up since, and confirmed it."""
    anew = (subscribers.c.email_key == erasure.key, subscribers.c.confirmed_at > erasure.at)
    return connection.scalar(select(subscribers.c.id).where(*anew)) is not None


def known_as(connection: Connection, key: str) -> tuple[SubscriberId, ...]:
    """Numbers of all who have that key, or had it."""
    had = subscribers.c.email_key.startswith(f"{key}#", autoescape=True)
    theirs = select(subscribers.c.id).where(or_(subscribers.c.email_key == key, had))
    return tuple(connection.scalars(theirs.order_by(subscribers.c.id)))


def _suppress(connection: Connection, key: str, at: datetime) -> None:
    row = {"email_key": key, "newsletter": "", "reason": SuppressionReason.ERASED, "at": at}
    connection.execute(insert_into(connection, suppressions).values(row).on_conflict_do_nothing())


def _nobody(subscriber: SubscriberId, key: str) -> dict[str, object]:
    """A row without a person. By the key in front, whoever knows the address finds the log of consent."""
    return {
        "email": "",
        "email_key": f"{key}#{subscriber}",
        "name": "",
        "search_text": "",
        "country": "",
        "timezone": "UTC",
        "language": "",
        "state": SubscriberState.ERASED,
    }


def _forget_words(connection: Connection, subscriber: SubscriberId) -> None:
    """Empties texts from outside. Every issue is named, because deliveries are found by issue and reader."""
    connection.execute(update(bounce_events).where(bounce_events.c.subscriber == subscriber).values(diagnostic=""))
    connection.execute(update(consents).where(consents.c.subscriber == subscriber).values(network=""))
    theirs = (deliveries.c.subscriber == subscriber, deliveries.c.issue.in_(select(issues.c.id)))
    connection.execute(update(deliveries).where(*theirs).values(reply="", reason=""))
