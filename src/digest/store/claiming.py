"""[I/O] Takes deliveries under a lease, each with its reader as they are at this moment; decides nothing else.

On PostgreSQL rows that another claim holds are passed over (SKIP LOCKED); on SQLite a write has the database alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, bindparam, func, or_, select, update

from digest.errors import StateError
from digest.model.delivery import Delivery, DeliveryKey, DeliveryState
from digest.model.ids import IssueId, SubscriberId
from digest.model.issue import IssueState
from digest.ports.ledger import Claim
from digest.store.codec import edition_of
from digest.store.columns import UtcDateTime
from digest.store.people import RECIPIENT, gone, recipient_of
from digest.store.schema import deliveries, editions, issues, subscribers, subscriptions, waves
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
_THESE = update(deliveries).where(
    deliveries.c.issue == bindparam("of_issue"), deliveries.c.subscriber.in_(bindparam("readers", expanding=True))
)
_TAKE = _THESE.values(
    state=DeliveryState.CLAIMED, due_at=bindparam("until"), lease=deliveries.c.lease + 1, at=bindparam("now")
)
_LOST = (
    select(deliveries.c.subscriber)
    .where(
        deliveries.c.issue == bindparam("of_issue"),
        deliveries.c.due_at > AT_ONCE,  # keeps the search away from all who are pending
        deliveries.c.due_at <= bindparam("now"),
        deliveries.c.state == DeliveryState.CLAIMED,
    )
    .with_for_update(skip_locked=True)
)
_DOUBT = _THESE.values(
    {
        name: func.coalesce(deliveries.c[name], bindparam("now", type_=UtcDateTime()))
        for name in ("tried_at", "doubt_at")
    }
    | {"state": DeliveryState.UNCERTAIN, "due_at": _BEFORE_ALL, "reply": NO_ANSWER, "at": bindparam("now")}
    | {"attempts": deliveries.c.attempts + 1}
)


def _due(states: Collection[DeliveryState]) -> Select[*tuple[Any, ...]]:
    """All whose `due_at` has come, those due longest first."""
    own = (
        deliveries.c.subscriber, deliveries.c.edition, deliveries.c.state.label("before"), deliveries.c.lease,
        deliveries.c.attempts, deliveries.c.reply, deliveries.c.tried_at, deliveries.c.doubt_at, issues.c.revision,
        editions.c.content, gone(issues.c.newsletter, bindparam("today")).label("gone"),
    )  # fmt: skip
    edition = and_(editions.c.issue == deliveries.c.issue, editions.c.id == deliveries.c.edition)
    subscribed = and_(
        subscriptions.c.subscriber == deliveries.c.subscriber, subscriptions.c.newsletter == issues.c.newsletter
    )
    return (
        select(*own, *RECIPIENT)
        .join(issues, issues.c.id == deliveries.c.issue)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber)
        .outerjoin(editions, edition)
        .outerjoin(subscriptions, subscribed)
        .where(deliveries.c.issue == bindparam("of_issue"), deliveries.c.due_at <= bindparam("now"), _SENDABLE)
        .where(or_(*(deliveries.c.state == state for state in states)))
        .order_by(deliveries.c.due_at, deliveries.c.subscriber)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=deliveries, skip_locked=True)
    )


def claimable(resend: bool) -> tuple[DeliveryState, ...]:
    """The states that a claim takes deliveries from."""
    return (*_WAITING, DeliveryState.UNCERTAIN) if resend else _WAITING


_DUE = {resend: _due(claimable(resend)) for resend in (False, True)}
"""Made once, as the others here: to put such a statement together costs more than to execute it."""


def take_deliveries(
    connection: Connection,
    issue: IssueId,
    limit: int,
    lease_until: datetime,
    now: datetime,
    only: Collection[SubscriberId],
    resend: bool,
) -> Sequence[AnyRow]:
    """Marks up to `limit` due deliveries as claimed until `lease_until`; those due longest come first."""
    due = _DUE[resend].where(deliveries.c.subscriber.in_(only)) if only else _DUE[resend]
    wanted = {"of_issue": issue, "now": now, "today": now.date(), "most": min(limit, _MOST)}
    rows = connection.execute(due, wanted).all()
    if lost := next((row.edition for row in rows if row.content is None), None):
        raise StateError(f"edition {lost}", "is not in the database", "restore a backup")
    if rows:
        taken = {"of_issue": issue, "readers": [row.subscriber for row in rows], "until": lease_until, "now": now}
        connection.execute(_TAKE, taken)
    return rows


def expire_claims(connection: Connection, issue: IssueId, now: datetime) -> int:
    """Makes claims uncertain whose lease ran out, but for those that somebody is settling at this very moment."""
    readers = connection.scalars(_LOST, {"of_issue": issue, "now": now}).all()
    if not readers:
        return 0
    return connection.execute(_DOUBT, {"of_issue": issue, "readers": readers, "now": now}).rowcount


def claim_of(issue: IssueId, row: AnyRow, now: datetime) -> Claim:
    """What was taken, as it was before."""
    subscriber, edition, before, lease, attempts, reply, tried_at, doubt_at, revision, content, reason, *reader = row
    delivery = Delivery(
        DeliveryKey(issue, subscriber), edition, DeliveryState.CLAIMED, attempts, reply,
        at=now, tried_at=tried_at, doubt_at=doubt_at,
    )  # fmt: skip
    who = None if reason else recipient_of(reader)
    return Claim(delivery, edition_of(content), who, reason, lease + 1, before, revision)
