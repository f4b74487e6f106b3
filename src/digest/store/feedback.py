"""[I/O] FeedbackStore on SQL: what came back about deliveries, and the suppressions that follow."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select

from digest.model.feedback import FeedbackEvent, FeedbackKind, Suppression
from digest.model.ids import IssueId, SubscriberId
from digest.store.addresses import AddressKeys
from digest.store.database import Database
from digest.store.schema import bounce_events, suppressions
from digest.store.statements import insert_into

_EVENT = (
    bounce_events.c.issue, bounce_events.c.subscriber, bounce_events.c.kind,
    bounce_events.c.status, bounce_events.c.diagnostic, bounce_events.c.at,
)  # fmt: skip


class SqlFeedbackStore:
    """Bounces and complaints. Deletes nothing."""

    def __init__(self, database: Database, keys: AddressKeys) -> None:
        self._database = database
        self._keys = keys

    def record(self, event: FeedbackEvent, suppression: Suppression | None = None) -> bool:
        """Remembers the event and the suppression together; False, changing nothing, when it was known."""
        with self._database.write() as connection:
            inserted = insert_into(connection, bounce_events).values(asdict(event)).on_conflict_do_nothing()
            if not connection.execute(inserted, execution_options={"preserve_rowcount": True}).rowcount:
                return False
            if suppression:
                row = _suppression_columns(suppression, event.at, self._keys)
                connection.execute(insert_into(connection, suppressions).values(row).on_conflict_do_nothing())
            return True

    def count_about(self, issue: IssueId, kind: FeedbackKind) -> int:
        """Deliveries of the issue that came back like that."""
        counted = select(func.count()).where(bounce_events.c.issue == issue, bounce_events.c.kind == kind)
        with self._database.read() as connection:
            return connection.execute(counted).scalar_one()

    def events(self, subscriber: SubscriberId | None = None, limit: int = 100) -> tuple[FeedbackEvent, ...]:
        """Newest first."""
        listed = select(*_EVENT).order_by(bounce_events.c.at.desc(), bounce_events.c.issue, bounce_events.c.subscriber)
        if subscriber is not None:
            listed = listed.where(bounce_events.c.subscriber == subscriber)
        with self._database.read() as connection:
            return tuple(FeedbackEvent(*row) for row in connection.execute(listed.limit(limit)))


def _suppression_columns(suppression: Suppression, at: datetime, keys: AddressKeys) -> dict[str, object]:
    return {
        "email_key": keys.of(suppression.email),
        "newsletter": suppression.newsletter or "",
        "reason": suppression.reason,
        "at": at,
    }
