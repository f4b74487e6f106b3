"""[I/O] Writes down who gets which edition, a wave at a time: chunk by chunk, visible together, by one at a time.

One freeze runs at a time in the whole database, whatever its issue: so it sees what every earlier one promised to the
same readers. Whoever freezes holds the turn; it passes to another when a holder was not heard of for some time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    Text,
    Update,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from digest.errors import StateError
from digest.model.delivery import DeliveryState
from digest.model.edition import Edition
from digest.model.ids import EditionId, IssueId, SubscriberId
from digest.model.issue import IssueState
from digest.model.jobs import send, shares
from digest.ports.ledger import NOTHING_NEW, Chunk
from digest.store.claiming import AT_ONCE, visible
from digest.store.codec import edition_text
from digest.store.columns import UtcDateTime
from digest.store.database import Database
from digest.store.schema import deliveries, editions, issues, turns, waves
from digest.store.statements import AnyRow, insert_into, refresh_estimates

_SILENT = timedelta(minutes=1)
"""A holder that wrote no chunk for so long has died."""
_FREEZABLE = (IssueState.APPROVED, IssueState.LOCKED, IssueState.SENDING)
_COLUMNS = ("issue", "subscriber", "edition", "wave", "single", "state", "due_at", "lease", "attempts", "reply",
            "reason", "at")  # fmt: skip


def freeze_wave(
    database: Database, chunks: Iterable[Chunk], issue: IssueId, due_at: datetime | None, now: datetime
) -> bool:
    """Freezes a wave; False when another process is at it. What is frozen already stays as it is."""
    with database.write() as connection:
        turn = _take_turn(connection, issue, now)  # before the issue, as in every transaction here: no circles
        held = _hold(connection, issue)
        due_at = due_at or held.send_at
        if _is_frozen(connection, issue, due_at):
            _give_back(connection, turn)
            return True
        if turn is None:
            return False
        wave = str(1 + _waves(connection, issue))
        connection.execute(delete(deliveries).where(deliveries.c.issue == issue, ~visible(issue)))
    try:
        return _freeze(database, chunks, issue, wave, turn, due_at, now)
    finally:
        with database.write() as connection:
            _give_back(connection, turn)


def _freeze(
    database: Database, chunks: Iterable[Chunk], issue: IssueId, wave: str, turn: int, due_at: datetime, now: datetime
) -> bool:
    readers = nothing = 0
    for chunk in chunks:
        with database.write() as connection:
            if not _has_turn(connection, turn):
                return False
            if chunk.at:
                connection.execute(update(turns).values(at=chunk.at))
            _hold(connection, issue)
            write_editions(connection, issue, chunk.editions)
            readers += _write(connection, issue, wave, chunk.deliveries, now)
            _write(connection, issue, wave, chunk.nothing, now, nothing_new=True)
            nothing += len(chunk.nothing) + chunk.put_off
    with database.write() as connection:
        if not _has_turn(connection, turn):
            return False
        held = _hold(connection, issue)
        if readers or nothing or wave == "1":
            row = {"issue": issue, "wave": wave, "due_at": due_at, "frozen_at": now}
            connection.execute(insert(waves).values(row | {"readers": readers, "unserved": nothing}))
            for share in range(1, shares(readers)):
                database.defer(connection, send(issue, share))
        if held.state is IssueState.APPROVED:
            connection.execute(_lock(issue, now))
        refresh_estimates(connection, deliveries)
    return True


def _hold(connection: Connection, issue: IssueId) -> AnyRow:
    """The issue's row, held until the transaction ends. Raises StateError when its readers may not be frozen."""
    wanted = select(issues.c.state, issues.c.send_at).where(issues.c.id == issue).with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise StateError(f"issue {issue}", "does not exist", "see: digest issue list")
    if row.state not in _FREEZABLE and not _waves(connection, issue):
        raise StateError(f"issue {issue}", f"is {row.state}, not approved", f"see: digest issue show {issue}")
    return row


def _waves(connection: Connection, issue: IssueId) -> int:
    return connection.scalar(select(func.count()).where(waves.c.issue == issue)) or 0


def _is_frozen(connection: Connection, issue: IssueId, due_at: datetime) -> bool:
    latest: datetime | None = connection.scalar(select(func.max(waves.c.due_at)).where(waves.c.issue == issue))
    return latest is not None and latest >= due_at


def _take_turn(connection: Connection, issue: IssueId, now: datetime) -> int | None:
    """The number of the turn taken; None while somebody else has it. A clock that was set back loses nobody's."""
    first = {"id": 1, "turn": 0, "issue": None, "at": now}
    connection.execute(insert_into(connection, turns).values(first).on_conflict_do_nothing())
    row = connection.execute(select(turns).with_for_update()).one()
    if row.issue is not None and row.at <= now < row.at + _SILENT:
        return None
    turn: int = row.turn + 1
    connection.execute(update(turns).values(turn=turn, issue=issue, at=now))
    return turn


def _has_turn(connection: Connection, turn: int) -> bool:
    held: int | None = connection.scalar(select(turns.c.turn).with_for_update())
    return held == turn


def _give_back(connection: Connection, turn: int | None) -> None:
    connection.execute(update(turns).where(turns.c.turn == turn).values(issue=None))


def _lock(issue: IssueId, now: datetime) -> Update:
    locked = {"state": IssueState.LOCKED, "frozen_at": now, "version": issues.c.version + 1}
    return update(issues).where(issues.c.id == issue).values(locked)


def _write(
    connection: Connection,
    issue: IssueId,
    wave: str,
    rows: Mapping[SubscriberId, EditionId],
    now: datetime,
    *,
    nothing_new: bool = False,
) -> int:
    """Writes deliveries; who has one already keeps it. One statement for all of them: it is by far the fastest."""
    if not rows:
        return 0
    state = DeliveryState.SKIPPED if nothing_new else DeliveryState.PENDING
    pairs = _postgres_pairs(rows) if connection.dialect.name == "postgresql" else _sqlite_pairs(rows)
    values = (
        literal(wave), literal(False), literal(state, deliveries.c.state.type),
        literal(None if nothing_new else AT_ONCE, UtcDateTime()), literal(0), literal(0), literal(""),
        literal(NOTHING_NEW if nothing_new else ""), literal(now, UtcDateTime()),
    )  # fmt: skip
    found = pairs.subquery("pairs")
    chosen = select(literal(issue), found.c.subscriber, found.c.edition, *values).where(text("1 = 1"))
    written = insert_into(connection, deliveries).from_select(_COLUMNS, chosen).on_conflict_do_nothing()
    return connection.execute(written, execution_options={"preserve_rowcount": True}).rowcount


def _sqlite_pairs(rows: Mapping[SubscriberId, EditionId]) -> Select[int, str]:
    each = func.json_each(json.dumps(rows)).table_valued("key", "value")
    return select(cast(each.c.key, Integer).label("subscriber"), each.c.value.label("edition"))


def _postgres_pairs(rows: Mapping[SubscriberId, EditionId]) -> Select[int, str]:
    readers, theirs = cast(list(rows), ARRAY(BigInteger)), cast(list(rows.values()), ARRAY(Text))
    return select(func.unnest(readers).label("subscriber"), func.unnest(theirs).label("edition"))


def add_single(
    connection: Connection, issue: IssueId, rows: Sequence[tuple[SubscriberId, Edition]], now: datetime
) -> int:
    """Adds deliveries by hand to an approved issue; one of a half-done freeze becomes visible with its new edition."""
    held = _hold(connection, issue)
    if held.state is not IssueState.APPROVED:
        raise StateError(f"issue {issue}", "is locked: its readers are frozen", "send the whole issue")
    write_editions(connection, issue, [edition for _, edition in rows])
    insert = insert_into(connection, deliveries)
    upsert = insert.on_conflict_do_update(
        index_elements=[deliveries.c.issue, deliveries.c.subscriber],
        set_={"edition": insert.excluded.edition, "single": insert.excluded.single},
        where=deliveries.c.single.is_(False),
    )
    waiting = {"issue": issue, "single": True, "state": DeliveryState.PENDING, "due_at": AT_ONCE, "at": now}
    new = [waiting | {"subscriber": subscriber, "edition": edition.id} for subscriber, edition in dict(rows).items()]
    return connection.execute(upsert, new, execution_options={"preserve_rowcount": True}).rowcount if new else 0


def write_editions(connection: Connection, issue: IssueId, some: Iterable[Edition]) -> None:
    """Writes each edition once."""
    distinct = {edition.id: edition for edition in some}
    texts = [{"issue": issue, "id": edition.id, "content": edition_text(edition)} for edition in distinct.values()]
    if texts:
        connection.execute(insert_into(connection, editions).on_conflict_do_nothing(), texts)
