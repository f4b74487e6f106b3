"""[I/O] LedgerStore on SQL: editions and deliveries. No transaction of it lasts longer than its own statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, bindparam, func, or_, select, update

from digest.errors import StateError
from digest.model.delivery import Delivery, DeliveryKey, DeliveryState, Settlement
from digest.model.edition import Edition
from digest.model.ids import EditionId, IssueId, SubscriberId
from digest.model.issue import IssueState
from digest.ports.readers import Claim
from digest.store.claiming import AT_ONCE, claim_deliveries, claimable, expire_claims
from digest.store.codec import edition_of, edition_text
from digest.store.columns import UtcDateTime
from digest.store.database import Database
from digest.store.schema import deliveries, editions, issues
from digest.store.statements import insert_into, refresh_estimates

_DELIVERIES = select(
    deliveries.c.subscriber, deliveries.c.edition, deliveries.c.state, deliveries.c.attempts, deliveries.c.reply,
    deliveries.c.reason, deliveries.c.due_at, deliveries.c.at, deliveries.c.tried_at, deliveries.c.doubt_at,
)  # fmt: skip
_HELD = update(deliveries).where(
    deliveries.c.issue == bindparam("of_issue"),
    deliveries.c.subscriber == bindparam("of_subscriber"),
    deliveries.c.lease == bindparam("of_lease"),
    or_(deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.state == DeliveryState.UNCERTAIN),
)  # not IN: that cannot be said for many rows at once
_RECORD = _HELD.values(
    {name: bindparam(f"new_{name}") for name in ("state", "due_at", "reply", "reason", "at")}
    | {name: func.coalesce(deliveries.c[name], bindparam(f"new_{name}", type_=UtcDateTime()))
       for name in ("tried_at", "doubt_at")}
    | {"attempts": deliveries.c.attempts + bindparam("new_attempts")}
)  # fmt: skip
_CHANGE_EDITION = _HELD.values(edition=bindparam("new_edition"))


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
              only: Collection[SubscriberId] = (), resend: bool = True) -> tuple[Claim, ...]:  # fmt: skip
        """Takes up to `limit` deliveries that are due; none of an issue that is paused, cancelled or finished."""
        with self._database.write() as connection:
            expire_claims(connection, issue, now)
            return claim_deliveries(connection, issue, limit, lease_until, now, only, claimable(resend))

    def expire(self, issue: IssueId, now: datetime) -> int:
        """Makes claims uncertain that nobody answered for within their lease."""
        with self._database.write() as connection:
            return expire_claims(connection, issue, now)

    def record(self, settlements: Iterable[Settlement], now: datetime) -> None:
        """Writes what became of deliveries, unless they were claimed again since; always in the same order."""
        rows = [_settled_columns(settled, now) for settled in sorted(settlements, key=_place)]
        if rows:
            with self._database.write() as connection:
                connection.execute(_RECORD, rows)

    def change_editions(self, issue: IssueId, rows: Sequence[tuple[Claim, Edition]], now: datetime) -> None:
        """Writes the editions, and gives each claimed delivery its own."""
        if rows:
            changes = [_held(c.delivery.key, c.lease) | {"new_edition": edition.id} for c, edition in rows]
            with self._database.write() as connection:
                _write_editions(connection, issue, [edition for _, edition in rows])
                connection.execute(_CHANGE_EDITION, changes)

    def withdraw(self, issue: IssueId, reason: str, now: datetime) -> int:
        """Skips whoever waits; what is claimed or uncertain stays as it is."""
        waiting = update(deliveries).where(
            deliveries.c.issue == issue, deliveries.c.state.in_(claimable(resend=False)), _visible(issue)
        )
        with self._database.write() as connection:
            skipped = {"state": DeliveryState.SKIPPED, "due_at": None, "reason": reason, "at": now}
            return connection.execute(waiting.values(skipped)).rowcount

    def next_at(self, issue: IssueId, resend: bool = True) -> datetime | None:
        """The earliest `due_at` of those that are, or will be, claimable."""
        states = (*claimable(resend), DeliveryState.CLAIMED)
        earliest = select(func.min(deliveries.c.due_at)).where(
            deliveries.c.issue == issue,
            deliveries.c.due_at.is_not(None),
            deliveries.c.state.in_(states),
            _visible(issue),
        )
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(earliest)
            return found

    def edition(self, issue: IssueId, edition: EditionId) -> Edition | None:
        """One edition."""
        wanted = select(editions.c.content).where(editions.c.issue == issue, editions.c.id == edition)
        with self._database.read() as connection:
            content = connection.scalar(wanted)
            return edition_of(content) if content else None

    def editions(self, issue: IssueId, ids: Collection[EditionId] | None = None) -> tuple[Edition, ...]:
        """All editions that a delivery of the issue has, or only these, by id."""
        used = select(deliveries.c.edition).where(deliveries.c.issue == issue, _visible(issue))
        these = editions.c.id.in_(used if ids is None else ids)
        wanted = select(editions.c.content).where(editions.c.issue == issue, these)
        with self._database.read() as connection:
            return tuple(map(edition_of, connection.scalars(wanted.order_by(editions.c.id))))

    def counts(self, issue: IssueId) -> dict[DeliveryState, int]:
        """Deliveries by state; states without any are left out."""
        by_state = select(deliveries.c.state, func.count()).where(deliveries.c.issue == issue, _visible(issue))
        with self._database.read() as connection:
            return dict(connection.execute(by_state.group_by(deliveries.c.state)).all())

    def of_reader(self, subscriber: SubscriberId) -> tuple[Delivery, ...]:
        """All of one reader, by issue; every issue is named, because deliveries are found by issue and reader."""
        theirs = _DELIVERIES.add_columns(deliveries.c.issue).join(issues, issues.c.id == deliveries.c.issue)
        theirs = theirs.where(
            deliveries.c.subscriber == subscriber, or_(deliveries.c.single, issues.c.frozen_at.is_not(None))
        )
        with self._database.read() as connection:
            rows = connection.execute(theirs.order_by(issues.c.send_at, issues.c.id)).all()
            return tuple(_delivery(row.issue, row[:-1]) for row in rows)

    def deliveries(self, issue: IssueId, state: DeliveryState | None = None, after: SubscriberId | None = None,
                   limit: int = 1000, doubted: bool = False) -> tuple[Delivery, ...]:  # fmt: skip
        """A page by subscriber id."""
        page = _DELIVERIES.where(deliveries.c.issue == issue, _visible(issue), deliveries.c.subscriber > (after or 0))
        page = page.where(deliveries.c.state == state) if state else page
        page = page.where(deliveries.c.doubt_at.is_not(None)) if doubted else page
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
    _write_editions(connection, issue, [edition for _, edition in rows])
    insert = insert_into(connection, deliveries)
    upsert = insert.on_conflict_do_update(
        index_elements=[deliveries.c.issue, deliveries.c.subscriber],
        set_={"edition": insert.excluded.edition, "single": insert.excluded.single},
        where=deliveries.c.single.is_(False),
    )
    waiting = {"issue": issue, "single": single, "state": DeliveryState.PENDING, "due_at": AT_ONCE, "at": now}
    new = [waiting | {"subscriber": subscriber, "edition": edition.id} for subscriber, edition in dict(rows).items()]
    return connection.execute(upsert, new, execution_options={"preserve_rowcount": True}).rowcount


def _write_editions(connection: Connection, issue: IssueId, some: Sequence[Edition]) -> None:
    distinct = {edition.id: edition for edition in some}
    texts = [{"issue": issue, "id": edition.id, "content": edition_text(edition)} for edition in distinct.values()]
    connection.execute(insert_into(connection, editions).on_conflict_do_nothing(), texts)


def _place(settled: Settlement) -> tuple[str, int]:
    """Two that write to the same rows in the same order never wait for each other in a circle."""
    return settled.key.issue, settled.key.subscriber


def _held(key: DeliveryKey, lease: int) -> dict[str, object]:
    return {"of_issue": key.issue, "of_subscriber": key.subscriber, "of_lease": lease}


def _settled_columns(settled: Settlement, now: datetime) -> dict[str, object]:
    return _held(settled.key, settled.lease) | {
        "new_state": settled.state,
        "new_due_at": settled.next_at,
        "new_reply": settled.reply,
        "new_reason": settled.reason,
        "new_at": now,
        "new_attempts": int(settled.tried),
        "new_tried_at": now if settled.tried else None,
        "new_doubt_at": now if settled.tried and settled.state is DeliveryState.UNCERTAIN else None,
    }


def _delivery(issue: IssueId, row: Sequence[Any]) -> Delivery:
    subscriber, edition, state, attempts, reply, reason, due_at, *stamps = row
    next_at = due_at if state is DeliveryState.DEFERRED else None
    return Delivery(DeliveryKey(issue, subscriber), edition, state, attempts, reply, reason, next_at, *stamps)
