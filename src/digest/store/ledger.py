"""[I/O] LedgerStore on SQL: editions and deliveries. No transaction of it lasts longer than its own statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Update, bindparam, func, or_, select, update

from digest.errors import StateError
from digest.model.delivery import Delivery, DeliveryKey, DeliveryState, Outcome, OutcomeKind
from digest.model.edition import Edition
from digest.model.ids import EditionId, IssueId, SubscriberId
from digest.model.issue import IssueState
from digest.ports.readers import Claim
from digest.store.claiming import claim_deliveries
from digest.store.codec import edition_of, edition_text
from digest.store.database import Database
from digest.store.schema import deliveries, editions, issues
from digest.store.statements import AnyRow, insert_into, refresh_estimates

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""`due_at` of a delivery that waits for nothing; whatever the clock says, it has come."""

_STATES = {
    OutcomeKind.ACCEPTED: DeliveryState.SENT,
    OutcomeKind.DEFERRED: DeliveryState.DEFERRED,
    OutcomeKind.REFUSED: DeliveryState.FAILED,
    OutcomeKind.UNCERTAIN: DeliveryState.UNCERTAIN,
    OutcomeKind.BLOCKED: DeliveryState.DEFERRED,  # the sender's trouble: the reader must not be lost
}
_DELIVERIES = select(
    deliveries.c.subscriber, deliveries.c.edition, deliveries.c.state, deliveries.c.attempts, deliveries.c.reply,
    deliveries.c.reason, deliveries.c.due_at, deliveries.c.at,
)  # fmt: skip
_CLAIMED = update(deliveries).where(
    deliveries.c.issue == bindparam("of_issue"),
    deliveries.c.subscriber == bindparam("of_subscriber"),
    deliveries.c.state == DeliveryState.CLAIMED,
)
_RECORD = _CLAIMED.values(
    {name: bindparam(f"new_{name}") for name in ("state", "due_at", "reply", "at")}
    | {"attempts": deliveries.c.attempts + 1}
)
_SKIP = _CLAIMED.values(
    state=DeliveryState.SKIPPED, due_at=None, reason=bindparam("new_reason"), at=bindparam("new_at")
)


class SqlLedgerStore:
    """One row per delivery. Those frozen are invisible until the whole of the issue is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(self, chunks: Iterable[Sequence[tuple[SubscriberId, Edition]]], issue: IssueId, now: datetime) -> int:
        """Writes chunk by chunk, each in its own transaction, and locks the issue with the last; may be repeated.

        What an earlier call left half-done is finished. Raises StateError when the issue is not approved.
        """
        if self._to_freeze(issue):
            for chunk in chunks:
                with self._database.write() as connection:
                    if not _unfrozen(connection, issue):
                        break  # another process was faster
                    _write(connection, issue, chunk, now, single=False)
            with self._database.write() as connection:
                if _unfrozen(connection, issue):
                    connection.execute(_lock(issue, now))
                    refresh_estimates(connection, deliveries)
        return sum(self.counts(issue).values())

    def _to_freeze(self, issue: IssueId) -> bool:
        with self._database.read() as connection:
            return _unfrozen(connection, issue)

    def add(self, issue: IssueId, rows: Sequence[tuple[SubscriberId, Edition]], now: datetime) -> int:
        """Adds single deliveries to an approved issue without locking it, and gives how many were not there yet."""
        with self._database.write() as connection:
            if not _unfrozen(connection, issue):
                raise StateError(f"issue {issue}", "is locked: its readers are frozen", "send the whole issue")
            return _write(connection, issue, rows, now, single=True)

    def claim(self, issue: IssueId, limit: int, lease_until: datetime, now: datetime,
              only: Collection[SubscriberId] = ()) -> tuple[Claim, ...]:  # fmt: skip
        """Takes up to `limit` deliveries that are due; none of an issue that is paused, cancelled or finished."""
        with self._database.write() as connection:
            return claim_deliveries(connection, issue, limit, lease_until, now, only)

    def record(self, outcomes: Iterable[Outcome], now: datetime) -> None:
        """Writes what came of claimed deliveries; says nothing of those that are not claimed any more."""
        rows = [_outcome_columns(outcome, now) for outcome in outcomes]
        if rows:
            with self._database.write() as connection:
                connection.execute(_RECORD, rows)

    def skip(self, keys: Iterable[tuple[SubscriberId, str]], issue: IssueId, now: datetime) -> None:
        """Marks claimed deliveries as skipped, each with its reason."""
        rows = [
            {"of_issue": issue, "of_subscriber": subscriber, "new_reason": reason, "new_at": now}
            for subscriber, reason in keys
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(_SKIP, rows)

    def edition(self, issue: IssueId, edition: EditionId) -> Edition | None:
        """One edition."""
        wanted = select(editions.c.content).where(editions.c.issue == issue, editions.c.id == edition)
        with self._database.read() as connection:
            content = connection.scalar(wanted)
            return edition_of(content) if content else None

    def editions(self, issue: IssueId) -> tuple[Edition, ...]:
        """All editions that a delivery of the issue has, by id."""
        used = select(deliveries.c.edition).where(deliveries.c.issue == issue, _visible(issue))
        wanted = select(editions.c.content).where(editions.c.issue == issue, editions.c.id.in_(used))
        with self._database.read() as connection:
            return tuple(map(edition_of, connection.scalars(wanted.order_by(editions.c.id))))

    def counts(self, issue: IssueId) -> dict[DeliveryState, int]:
        """Deliveries by state; states without any are left out."""
        by_state = select(deliveries.c.state, func.count()).where(deliveries.c.issue == issue, _visible(issue))
        with self._database.read() as connection:
            return dict(connection.execute(by_state.group_by(deliveries.c.state)).all())

    def deliveries(self, issue: IssueId, state: DeliveryState | None = None, after: SubscriberId | None = None,
                   limit: int = 1000) -> tuple[Delivery, ...]:  # fmt: skip
        """A page by subscriber id."""
        page = _DELIVERIES.where(deliveries.c.issue == issue, _visible(issue), deliveries.c.subscriber > (after or 0))
        page = page.where(deliveries.c.state == state) if state else page
        with self._database.read() as connection:
            rows = connection.execute(page.order_by(deliveries.c.subscriber).limit(limit)).all()
            return tuple(_delivery(issue, row) for row in rows)


def _visible(issue: IssueId) -> ColumnElement[bool]:
    frozen = select(issues.c.frozen_at.is_not(None)).where(issues.c.id == issue).scalar_subquery()
    return or_(deliveries.c.single, frozen)


def _unfrozen(connection: Connection, issue: IssueId) -> bool:
    """Whether recipients may still be written; held until the transaction ends. Raises StateError before approval."""
    held = select(issues.c.state, issues.c.frozen_at).where(issues.c.id == issue).with_for_update()
    row = connection.execute(held).one_or_none()
    if row is None:
        raise StateError(f"issue {issue}", "does not exist", "see: digest issue list")
    if row.frozen_at is None and row.state is not IssueState.APPROVED:
        raise StateError(f"issue {issue}", f"is {row.state}, not approved", f"see: digest issue show {issue}")
    return row.frozen_at is None


def _lock(issue: IssueId, now: datetime) -> Update:
    locked = {"state": IssueState.LOCKED, "frozen_at": now, "version": issues.c.version + 1}
    return update(issues).where(issues.c.id == issue).values(locked)


def _write(
    connection: Connection, issue: IssueId, rows: Sequence[tuple[SubscriberId, Edition]], now: datetime, *, single: bool
) -> int:
    """Writes each edition once; a delivery that is still invisible takes the edition and visibility of the new one."""
    if not rows:
        return 0
    distinct = {edition.id: edition for _, edition in rows}
    texts = [{"issue": issue, "id": edition.id, "content": edition_text(edition)} for edition in distinct.values()]
    connection.execute(insert_into(connection, editions).on_conflict_do_nothing(), texts)
    insert = insert_into(connection, deliveries)
    upsert = insert.on_conflict_do_update(
        index_elements=[deliveries.c.issue, deliveries.c.subscriber],
        set_={"edition": insert.excluded.edition, "single": insert.excluded.single},
        where=deliveries.c.single.is_(False),
    )
    waiting = {"issue": issue, "single": single, "state": DeliveryState.PENDING, "due_at": AT_ONCE, "at": now}
    new = [waiting | {"subscriber": subscriber, "edition": edition.id} for subscriber, edition in dict(rows).items()]
    return connection.execute(upsert, new, execution_options={"preserve_rowcount": True}).rowcount


def _outcome_columns(outcome: Outcome, now: datetime) -> dict[str, object]:
    state = _STATES[outcome.kind]
    return {
        "of_issue": outcome.key.issue,
        "of_subscriber": outcome.key.subscriber,
        "new_state": state,
        "new_due_at": (outcome.retry_at or now) if state is DeliveryState.DEFERRED else None,
        "new_reply": outcome.reply,
        "new_at": now,
    }


def _delivery(issue: IssueId, row: AnyRow) -> Delivery:
    subscriber, edition, state, attempts, reply, reason, due_at, at = row
    next_at = due_at if state is DeliveryState.DEFERRED else None
    return Delivery(DeliveryKey(issue, subscriber), edition, state, attempts, reply, reason, next_at, at)
