"""[I/O] Takes deliveries under a lease, each with its reader as they are at this moment; decides nothing else.

On PostgreSQL rows that another claim holds are passed over (SKIP LOCKED); on SQLite a write has the database alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, update

from digest.model.delivery import Delivery, DeliveryKey, DeliveryState
from digest.model.ids import IssueId, SubscriberId
from digest.model.issue import IssueState
from digest.ports.ledger import Claim
from digest.store.people import RECIPIENT, gone, recipient_of
from digest.store.schema import deliveries, issues, subscribers, subscriptions, waves
from digest.store.statements import AnyRow

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""`due_at` of a delivery that waits for nothing; whatever the clock says, it has come."""
_BEFORE_ALL = datetime(1969, 12, 31, tzinfo=UTC)
"""`due_at` of what a dead sender left: resent before anybody new is tried, so that doubts do not pile up."""
NO_ANSWER = "no answer was recorded"

_MOST = 10_000
"""Deliveries per claim: within the parameters that one statement takes."""


def visible(issue: IssueId | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a delivery is more than a half-done freeze: added by hand, or of a wave that is frozen."""
    frozen = select(waves.c.wave).where(waves.c.issue == issue)
    return or_(deliveries.c.single, deliveries.c.wave.in_(frozen))


_SENDABLE = or_(
    and_(issues.c.state.in_([IssueState.LOCKED, IssueState.SENDING]), visible(issues.c.id)),
    and_(issues.c.state == IssueState.APPROVED, deliveries.c.single),
)
_WAITING = (DeliveryState.PENDING, DeliveryState.DEFERRED)


def claim_deliveries(
    connection: Connection,
    issue: IssueId,
    limit: int,
    lease_until: datetime,
    now: datetime,
    only: Collection[SubscriberId],
    states: Collection[DeliveryState],
) -> tuple[Claim, ...]:
    """Marks up to `limit` due deliveries as claimed until `lease_until`; those due longest come first."""
    due = _due(issue, now, states).order_by(deliveries.c.due_at, deliveries.c.subscriber).limit(min(limit, _MOST))
    due = due.where(deliveries.c.subscriber.in_(only)) if only else due
    rows = connection.execute(due.with_for_update(of=deliveries, skip_locked=True)).all()
    if rows:
        taken = update(deliveries).where(
            deliveries.c.issue == issue, deliveries.c.subscriber.in_([row.subscriber for row in rows])
        )
        lease = deliveries.c.lease + 1
        connection.execute(taken.values(state=DeliveryState.CLAIMED, due_at=lease_until, lease=lease, at=now))
    return tuple(_claim(issue, row, now) for row in rows)


def claimable(resend: bool) -> tuple[DeliveryState, ...]:
    """The states that a claim takes deliveries from."""
    return (*_WAITING, DeliveryState.UNCERTAIN) if resend else _WAITING


def expire_claims(connection: Connection, issue: IssueId, now: datetime) -> int:
    """Makes claims uncertain whose lease ran out, but for those that somebody is settling at this very moment.

    The lower bound keeps the search away from all who are pending.
    """
    lost = select(deliveries.c.subscriber).where(
        deliveries.c.issue == issue,
        deliveries.c.due_at > AT_ONCE,
        deliveries.c.due_at <= now,
        deliveries.c.state == DeliveryState.CLAIMED,
    )
    readers = connection.scalars(lost.with_for_update(skip_locked=True)).all()
    if not readers:
        return 0
    found = update(deliveries).where(deliveries.c.issue == issue, deliveries.c.subscriber.in_(readers))
    doubt = {"state": DeliveryState.UNCERTAIN, "due_at": _BEFORE_ALL, "reply": NO_ANSWER, "at": now}
    doubt["attempts"] = deliveries.c.attempts + 1
    first = {name: func.coalesce(deliveries.c[name], now) for name in ("tried_at", "doubt_at")}
    return connection.execute(found.values(doubt | first)).rowcount


def _due(issue: IssueId, now: datetime, states: Collection[DeliveryState]) -> Select[*tuple[Any, ...]]:
    """All whose `due_at` has come."""
    own = (
        deliveries.c.subscriber, deliveries.c.edition, deliveries.c.state.label("before"), deliveries.c.lease,
        deliveries.c.attempts, deliveries.c.reply, deliveries.c.tried_at, deliveries.c.doubt_at, issues.c.revision,
    )  # fmt: skip
    subscribed = and_(
        subscriptions.c.subscriber == deliveries.c.subscriber, subscriptions.c.newsletter == issues.c.newsletter
    )
    return (
        select(*own, gone(issues.c.newsletter, now.date()).label("gone"), *RECIPIENT)
        .join(issues, issues.c.id == deliveries.c.issue)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber)
        .outerjoin(subscriptions, subscribed)
        .where(deliveries.c.issue == issue, deliveries.c.due_at <= now, deliveries.c.state.in_(states), _SENDABLE)
    )


def _claim(issue: IssueId, row: AnyRow, now: datetime) -> Claim:
    subscriber, edition, before, lease, attempts, reply, tried_at, doubt_at, revision, reason, *reader = row
    delivery = Delivery(
        DeliveryKey(issue, subscriber), edition, DeliveryState.CLAIMED, attempts, reply,
        at=now, tried_at=tried_at, doubt_at=doubt_at,
    )  # fmt: skip
    return Claim(delivery, None if reason else recipient_of(reader), reason, lease + 1, before, revision)
