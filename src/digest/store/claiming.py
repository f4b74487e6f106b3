"""[I/O] Takes deliveries under a lease, each with its reader as they are at this moment; decides nothing else.

On PostgreSQL rows that another claim holds are passed over (SKIP LOCKED); on SQLite a write has the database alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select, update

from digest.model.delivery import Delivery, DeliveryKey, DeliveryState
from digest.model.ids import IssueId, SubscriberId
from digest.model.issue import IssueState
from digest.ports.readers import Claim
from digest.store.people import RECIPIENT, gone, recipient_of
from digest.store.schema import deliveries, issues, subscribers, subscriptions
from digest.store.statements import AnyRow

_MOST = 10_000
"""Deliveries per claim: within the parameters that one statement takes."""
_SENDABLE = or_(
    issues.c.state.in_([IssueState.LOCKED, IssueState.SENDING]),
    and_(issues.c.state == IssueState.APPROVED, deliveries.c.single),
)


def claim_deliveries(
    connection: Connection,
    issue: IssueId,
    limit: int,
    lease_until: datetime,
    now: datetime,
    only: Collection[SubscriberId],
) -> tuple[Claim, ...]:
    """Marks up to `limit` due deliveries as claimed until `lease_until`; those due longest come first."""
    due = _due(issue, now).order_by(deliveries.c.due_at, deliveries.c.subscriber).limit(min(limit, _MOST))
    due = due.where(deliveries.c.subscriber.in_(only)) if only else due
    rows = connection.execute(due.with_for_update(of=deliveries, skip_locked=True)).all()
    if rows:
        taken = update(deliveries).where(
            deliveries.c.issue == issue, deliveries.c.subscriber.in_([row[0] for row in rows])
        )
        lease = deliveries.c.lease + 1
        connection.execute(taken.values(state=DeliveryState.CLAIMED, due_at=lease_until, lease=lease, at=now))
    return tuple(_claim(issue, row, now) for row in rows)


def _due(issue: IssueId, now: datetime) -> Select[*tuple[Any, ...]]:
    """Pending, due deferred and lease-expired deliveries: all of them are those whose `due_at` has come."""
    own = (deliveries.c.subscriber, deliveries.c.edition, deliveries.c.attempts, deliveries.c.reply)
    subscribed = and_(
        subscriptions.c.subscriber == deliveries.c.subscriber, subscriptions.c.newsletter == issues.c.newsletter
    )
    return (
        select(*own, gone(issues.c.newsletter, now.date()).label("gone"), *RECIPIENT)
        .join(issues, issues.c.id == deliveries.c.issue)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber)
        .outerjoin(subscriptions, subscribed)
        .where(deliveries.c.issue == issue, deliveries.c.due_at <= now, _SENDABLE)
    )


def _claim(issue: IssueId, row: AnyRow, now: datetime) -> Claim:
    subscriber, edition, attempts, reply, reason, *reader = row
    key = DeliveryKey(issue, subscriber)
    delivery = Delivery(key, edition, DeliveryState.CLAIMED, attempts, reply, at=now)
    return Claim(delivery, None if reason else recipient_of(reader), reason)
