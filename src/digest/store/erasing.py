"""[I/O] Takes everything that tells who a reader was out of all tables; what stays knows them by number only."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from digest.model.ids import SubscriberId
from digest.model.people import ConsentEvent, SubscriberState, SuppressionReason
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


def erase_reader(connection: Connection, subscriber: SubscriberId, event: ConsentEvent) -> bool:
    """Erases one reader; False when there is none or nothing is left to erase.

    Their address stays suppressed by its key. Server replies and bounces may quote the address: they go, too.
    """
    alive = (subscribers.c.id == subscriber, subscribers.c.state != SubscriberState.ERASED)
    key = connection.scalar(select(subscribers.c.email_key).where(*alive).with_for_update())
    if key is None:
        return False
    suppressed = {"email_key": key, "newsletter": "", "reason": SuppressionReason.ERASED, "at": event.at}
    connection.execute(insert_into(connection, suppressions).values(suppressed).on_conflict_do_nothing())
    connection.execute(insert(consents).values(consent_columns(subscriber, event)))
    connection.execute(update(subscribers).where(subscribers.c.id == subscriber).values(_nobody(subscriber, key)))
    for table in (subscriptions, address_changes):
        connection.execute(delete(table).where(table.c.subscriber == subscriber))
    _forget_words(connection, subscriber)
    return True


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
