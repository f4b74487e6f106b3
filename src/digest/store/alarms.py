"""[I/O] AlarmStore on SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from digest.model.errands import ErrandKind
from digest.model.ids import IssueId
from digest.store.alarm_schema import alarms, arrivals
from digest.store.database import Database
from digest.store.page_schema import errands as errand_table
from digest.store.statements import insert_into


class SqlAlarmStore:
    """One row for each trouble that is not over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begun(self) -> Mapping[str, str]:
        """Every trouble that was told and is not over."""
        with self._database.read() as connection:
            rows = connection.execute(select(alarms.c.key, alarms.c.text).order_by(alarms.c.key))
            return {row.key: row.text for row in rows}

    def begin(self, key: str, text: str, errands: Sequence[Mapping[str, str]], now: datetime) -> bool:
        """Remembers a trouble, once."""
        with self._database.write() as connection:
            new = insert_into(connection, alarms).values(key=key, text=text, begun_at=now).on_conflict_do_nothing()
            if not connection.execute(new, execution_options={"preserve_rowcount": True}).rowcount:
                return False
            _keep(connection, errands, now)
            return True

    def end(self, key: str, errands: Sequence[Mapping[str, str]], now: datetime) -> bool:
        """Forgets it, once."""
        with self._database.write() as connection:
            if not connection.execute(delete(alarms).where(alarms.c.key == key)).rowcount:
                return False
            _keep(connection, errands, now)
            return True

    def arrived(self, issue: IssueId) -> str | None:
        """The folder in which the canary was found."""
        with self._database.read() as connection:
            folder: str | None = connection.scalar(select(arrivals.c.folder).where(arrivals.c.issue == issue))
            return folder

    def note_arrival(self, issue: IssueId, folder: str, now: datetime) -> None:
        """Remembers that it was found there."""
        with self._database.write() as connection:
            new = insert_into(connection, arrivals).values(issue=issue, folder=folder, at=now)
            connection.execute(new.on_conflict_do_nothing())


def _keep(connection: Connection, errands: Sequence[Mapping[str, str]], now: datetime) -> None:
    rows = [
        {"kind": ErrandKind.ALARM, "fields": json.dumps(dict(one)), "asked_at": now, "due_at": now, "attempts": 0}
        for one in errands
    ]
    if rows:
        connection.execute(insert(errand_table), rows)
