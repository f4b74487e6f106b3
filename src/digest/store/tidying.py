"""[I/O] TidyStore on SQL: deletes rows whose time is over, and decides nothing about when that is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Delete, and_, delete, exists, select

from digest.model.ids import SubscriberId
from digest.model.people import ConsentKind, SubscriberState, SuppressionReason
from digest.store.database import Database
from digest.store.schema import (
    address_changes,
    bounce_events,
    consents,
    issues,
    subscribers,
    subscriptions,
    suppressions,
    verdicts,
)
from digest.store.statements import batches


class SqlTidyStore:
    """What is forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget_unconfirmed(self, before: datetime, *, dry_run: bool = False) -> int:
        """People who never confirmed, and wishes for further newsletters."""
        heard = exists().where(consents.c.subscriber == subscribers.c.id, consents.c.at >= before)
        strangers = select(subscribers.c.id).where(
            subscribers.c.state == SubscriberState.UNCONFIRMED, subscribers.c.created_at < before, ~heard
        )
        again = exists().where(
            consents.c.subscriber == subscriptions.c.subscriber,
            consents.c.newsletter == subscriptions.c.newsletter,
            consents.c.at >= before,
        )
        waiting = (subscriptions.c.confirmed_at.is_(None), subscriptions.c.left_at.is_(None))
        wishes = delete(subscriptions).where(*waiting, subscriptions.c.since < before, ~again)
        with self._database.write(keep=not dry_run) as connection:
            people = connection.scalars(strangers).all()
            for batch in batches(people):
                _forget_people(connection, batch)
            return len(people) + connection.execute(wishes).rowcount

    def bounced(self, before: datetime, limit: int = 1000) -> tuple[SubscriberId, ...]:
        """Readers whose address has bounced for good, by number."""
        found = (
            select(subscribers.c.id)
            .join(suppressions, suppressions.c.email_key == subscribers.c.email_key)
            .where(suppressions.c.newsletter == "", suppressions.c.reason == SuppressionReason.BOUNCE)
            .where(suppressions.c.at < before)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(found.order_by(subscribers.c.id).limit(limit)))

    def forget_bounces(self, before: datetime, *, dry_run: bool = False) -> int:
        """What came back."""
        return self._forget(delete(bounce_events).where(bounce_events.c.at < before), dry_run)

    def forget_verdicts(self, before: datetime, *, dry_run: bool = False) -> int:
        """Why articles were chosen, or not."""
        old = select(issues.c.id).where(issues.c.send_at < before)
        return self._forget(delete(verdicts).where(verdicts.c.issue.in_(old)), dry_run)

    def forget_consent(self, before: datetime, *, dry_run: bool = False) -> int:
        """The log of the erased."""
        theirs = and_(consents.c.kind == ConsentKind.ERASED, consents.c.at < before)
        gone = and_(subscribers.c.state == SubscriberState.ERASED, subscribers.c.id == consents.c.subscriber)
        erased = select(consents.c.subscriber).where(theirs, exists().where(gone))
        return self._forget(delete(consents).where(consents.c.subscriber.in_(erased)), dry_run)

    def forget_log(self) -> None:
        """Empties SQLite's write-ahead log."""
        self._database.forget_log()

    def _forget(self, rows: Delete, dry_run: bool) -> int:
        with self._database.write(keep=not dry_run) as connection:
            return connection.execute(rows).rowcount


def _forget_people(connection: Connection, people: list[int]) -> None:
    for table in (address_changes, bounce_events, consents, subscriptions):
        connection.execute(delete(table).where(table.c.subscriber.in_(people)))
    connection.execute(delete(subscribers).where(subscribers.c.id.in_(people)))
