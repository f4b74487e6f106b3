"""[I/O] ErrandStore and LimitStore on SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from digest.model.errands import Errand, ErrandKind
from digest.model.jobs import Job, Work
from digest.store.database import Database
from digest.store.page_schema import errands, limits
from digest.store.statements import insert_into

_AT_ONCE = 100
_FOR_GOOD = "once"
"""A period that sorts after every date, so that no purge reaches it."""


def _columns(kind: ErrandKind, fields: Mapping[str, str], now: datetime) -> dict[str, object]:
    return {"kind": kind, "fields": json.dumps(dict(fields)), "asked_at": now, "due_at": now, "attempts": 0}


class SqlErrandStore:
    """Errands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: ErrandKind, fields: Mapping[str, str], now: datetime) -> None:
        """Keeps one, due at once."""
        with self._database.write() as connection:
            connection.execute(insert(errands).values(_columns(kind, fields, now)))
            self._database.defer(connection, Job(Work.ERRANDS))

    def add_once(self, once: str, kind: ErrandKind, fields: Mapping[str, str], now: datetime) -> bool:
        """Keeps one unless that name was used before; both are one transaction."""
        with self._database.write() as connection:
            taken = insert_into(connection, limits).values(what=once, period=_FOR_GOOD, count=1)
            taken = taken.on_conflict_do_nothing()
            if not connection.execute(taken, execution_options={"preserve_rowcount": True}).rowcount:
                return False
            connection.execute(insert(errands).values(_columns(kind, fields, now)))
            self._database.defer(connection, Job(Work.ERRANDS))
            return True

    def take(self, now: datetime, until: datetime) -> tuple[Errand, ...]:
        """Those due, oldest first; nobody else is given them before `until`."""
        due = select(errands).where(errands.c.due_at <= now).order_by(errands.c.id).limit(_AT_ONCE)
        with self._database.write() as connection:
            rows = connection.execute(due.with_for_update(skip_locked=True)).all()
            taken = update(errands).where(errands.c.id.in_([row.id for row in rows]))
            if rows:
                connection.execute(taken.values(due_at=until, attempts=errands.c.attempts + 1))
        return tuple(Errand(row.id, row.kind, json.loads(row.fields), row.asked_at, row.attempts + 1) for row in rows)

    def finish(self, errand: int) -> None:
        """Forgets it."""
        with self._database.write() as connection:
            connection.execute(delete(errands).where(errands.c.id == errand))

    def purge(self, before: datetime) -> int:
        """Forgets those asked for before that time."""
        with self._database.write() as connection:
            return connection.execute(delete(errands).where(errands.c.asked_at < before)).rowcount


class SqlLimitStore:
    """Counts by what and period."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, what: str, period: str, most: int) -> bool:
        """Counts one more; False when there were `most` already."""
        with self._database.write() as connection:
            new = insert_into(connection, limits).values(what=what, period=period, count=1)
            counted = new.on_conflict_do_update(
                index_elements=[limits.c.what, limits.c.period], set_={"count": limits.c.count + 1}
            ).returning(limits.c.count)
            count: int = connection.execute(counted).scalar_one()
            return count <= most

    def purge(self, before: str) -> int:
        """Forgets the periods that sort before that one."""
        with self._database.write() as connection:
            return connection.execute(delete(limits).where(limits.c.period < before)).rowcount
