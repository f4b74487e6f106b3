"""[I/O] LedgerStore on SQL: editions and deliveries. No transaction of it lasts longer than its own statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, or_, select, update

from digest.model.delivery import Delivery, DeliveryKey, DeliveryState, Settlement, Wave
from digest.model.edition import Edition
from digest.model.ids import CategorySlug, EditionId, IssueId, StoryId, SubscriberId
from digest.ports.ledger import Chunk, Claim
from digest.store.claiming import claim_of, claimable, expire_claims, take_deliveries, visible
from digest.store.codec import edition_of
from digest.store.columns import UtcDateTime
from digest.store.database import Database
from digest.store.freezing import add_single, freeze_wave, write_editions
from digest.store.schema import deliveries, editions, issues, subscribers, waves
from digest.store.sent import contents, promised

DELIVERIES = select(
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

    def freeze(self, chunks: Iterable[Chunk], issue: IssueId, now: datetime, due_at: datetime | None = None) -> bool:
        """Writes chunk by chunk, each in its own transaction, and makes all visible with the last; may be repeated.

        What a crashed call left half-done is done anew. Raises StateError when the issue is not approved.
        """
        return freeze_wave(self._database, chunks, issue, due_at, now)

    def waves(self, issue: IssueId) -> tuple[Wave, ...]:
        """Those that are frozen, by the time they were due."""
        theirs = select(waves).where(waves.c.issue == issue).order_by(waves.c.due_at)
        with self._database.read() as connection:
            rows = connection.execute(theirs).all()
            return tuple(Wave(row.due_at, row.frozen_at, row.readers, row.unserved) for row in rows)

    def promised(
        self, issue: IssueId, first: SubscriberId, last: SubscriberId
    ) -> Sequence[tuple[SubscriberId, EditionId]]:
        """Readers in that range with the edition of the issue that they were sent, or will be."""
        with self._database.read() as connection:
            return promised(connection, issue, first, last)

    def contents(self, issue: IssueId) -> Iterator[tuple[EditionId, Sequence[StoryId], Sequence[CategorySlug]]]:
        """What each edition of the issue told, and of which categories."""
        with self._database.read() as connection:
            yield from contents(connection, issue)

    def add(self, issue: IssueId, rows: Sequence[tuple[SubscriberId, Edition]], now: datetime) -> int:
        """Adds single deliveries to an approved issue without locking it, and gives how many were not there yet."""
        with self._database.write() as connection:
            return add_single(connection, issue, rows, now)

    def claim(self, issue: IssueId, limit: int, lease_until: datetime, now: datetime,
              only: Collection[SubscriberId] = (), resend: bool = True,
              settled: Iterable[Settlement] = ()) -> tuple[Claim, ...]:  # fmt: skip
        """Takes up to `limit` deliveries that are due; none of an issue that is paused, cancelled or finished."""
        with self._database.write() as connection:
            _record(connection, settled, now)
            expire_claims(connection, issue, now)
            rows = take_deliveries(connection, issue, limit, lease_until, now, only, resend)
        return tuple(claim_of(issue, row, now) for row in rows)  # others may write meanwhile

    def expire(self, issue: IssueId, now: datetime) -> int:
        """Makes claims uncertain that nobody answered for within their lease."""
        with self._database.write() as connection:
            return expire_claims(connection, issue, now)

    def record(self, settlements: Iterable[Settlement], now: datetime) -> None:
        """Writes what became of deliveries, unless they were claimed again since; always in the same order."""
        if settled := list(settlements):
            with self._database.write() as connection:
                _record(connection, settled, now)

    def change_editions(self, issue: IssueId, rows: Sequence[tuple[Claim, Edition]], now: datetime) -> None:
        """Writes the editions, and gives each claimed delivery its own."""
        if rows:
            changes = [_held(c.delivery.key, c.lease) | {"new_edition": edition.id} for c, edition in rows]
            with self._database.write() as connection:
                write_editions(connection, issue, [edition for _, edition in rows])
                connection.execute(_CHANGE_EDITION, changes)

    def withdraw(self, issue: IssueId, reason: str, now: datetime) -> int:
        """Skips whoever waits; what is claimed or uncertain stays as it is."""
        waiting = update(deliveries).where(
            deliveries.c.issue == issue, deliveries.c.state.in_(claimable(resend=False)), visible(issue)
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
            visible(issue),
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

    def editions(self, issue: IssueId) -> tuple[Edition, ...]:
        """All editions that a delivery of the issue has, by id."""
        used = select(deliveries.c.edition).where(deliveries.c.issue == issue, visible(issue))
        wanted = select(editions.c.content).where(editions.c.issue == issue, editions.c.id.in_(used))
        with self._database.read() as connection:
            return tuple(map(edition_of, connection.scalars(wanted.order_by(editions.c.id))))

    def by_domain(self, issue: IssueId, since: datetime) -> dict[tuple[str, DeliveryState], tuple[int, int]]:
        """How many of each domain are in each state, and how many of those since then."""
        with self._database.read() as connection:
            domain = func.lower(_after_at(connection))
            recent = func.sum(case((deliveries.c.at >= since, 1), else_=0))
            counted = select(domain, deliveries.c.state, func.count(), recent).group_by(domain, deliveries.c.state)
            counted = counted.join(subscribers, subscribers.c.id == deliveries.c.subscriber)
            rows = connection.execute(counted.where(deliveries.c.issue == issue, visible(issue))).all()
            return {(name, state): (count, int(lately)) for name, state, count, lately in rows}

    def counts(self, issue: IssueId) -> dict[DeliveryState, int]:
        """Deliveries by state; states without any are left out."""
        by_state = select(deliveries.c.state, func.count()).where(deliveries.c.issue == issue, visible(issue))
        with self._database.read() as connection:
            return dict(connection.execute(by_state.group_by(deliveries.c.state)).all())

    def of_reader(self, subscriber: SubscriberId) -> tuple[Delivery, ...]:
        """All of one reader, by issue; every issue is named, because deliveries are found by issue and reader."""
        theirs = DELIVERIES.add_columns(deliveries.c.issue).join(issues, issues.c.id == deliveries.c.issue)
        theirs = theirs.where(deliveries.c.subscriber == subscriber, visible(issues.c.id))
        with self._database.read() as connection:
            rows = connection.execute(theirs.order_by(issues.c.send_at, issues.c.id)).all()
            return tuple(delivery_of(row.issue, row[:-1]) for row in rows)

    def deliveries(self, issue: IssueId, state: DeliveryState | None = None, after: SubscriberId | None = None,
                   limit: int = 1000, doubted: bool = False) -> tuple[Delivery, ...]:  # fmt: skip
        """A page by subscriber id."""
        page = DELIVERIES.where(deliveries.c.issue == issue, visible(issue), deliveries.c.subscriber > (after or 0))
        page = page.where(deliveries.c.state == state) if state else page
        page = page.where(deliveries.c.doubt_at.is_not(None)) if doubted else page
        with self._database.read() as connection:
            rows = connection.execute(page.order_by(deliveries.c.subscriber).limit(limit)).all()
            return tuple(delivery_of(issue, row) for row in rows)


def _after_at(connection: Connection) -> ColumnElement[str]:
    """The domain of an address: what no database calls by the same name."""
    if connection.dialect.name == "postgresql":
        return func.split_part(subscribers.c.email, "@", 2)
    return func.substr(subscribers.c.email, func.instr(subscribers.c.email, "@") + 1)


def _record(connection: Connection, settlements: Iterable[Settlement], now: datetime) -> None:
    rows = [_settled_columns(settled, now) for settled in sorted(settlements, key=_place)]
    if rows:
        connection.execute(_RECORD, rows)


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


def delivery_of(issue: IssueId, row: Sequence[Any]) -> Delivery:
    """What a row of DELIVERIES says."""
    subscriber, edition, state, attempts, reply, reason, due_at, *stamps = row
    next_at = due_at if state is DeliveryState.DEFERRED else None
    return Delivery(DeliveryKey(issue, subscriber), edition, state, attempts, reply, reason, next_at, *stamps)
