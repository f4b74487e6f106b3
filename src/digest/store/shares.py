"""[I/O] ShareStore on SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from digest.model.ids import IssueId
from digest.model.shares import Share
from digest.store.database import Database
from digest.store.watch_schema import shares

_SHARE = (
    shares.c.id, shares.c.issue, shares.c.reader, shares.c.by, shares.c.at, shares.c.until, shares.c.ended_at,
)  # fmt: skip


class SqlShareStore:
    """Shares. Deletes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, issue: IssueId, reader: str, by: str, at: datetime, until: datetime) -> Share:
        """A new one."""
        row = {"issue": issue, "reader": reader, "by": by, "at": at, "until": until}
        with self._database.write() as connection:
            number = connection.execute(insert(shares).values(row).returning(shares.c.id)).scalar_one()
        return Share(number, issue, reader, by, at, until)

    def get(self, share: int) -> Share | None:
        """One share."""
        with self._database.read() as connection:
            row = connection.execute(select(*_SHARE).where(shares.c.id == share)).one_or_none()
        return Share(*row) if row else None

    def of(self, issue: IssueId) -> tuple[Share, ...]:
        """All of the issue, newest first."""
        listed = select(*_SHARE).where(shares.c.issue == issue).order_by(shares.c.id.desc())
        with self._database.read() as connection:
            return tuple(Share(*row) for row in connection.execute(listed))

    def end(self, share: int, now: datetime) -> bool:
        """Ends it; False when there is none, or it was ended before."""
        ended = update(shares).where(shares.c.id == share, shares.c.ended_at.is_(None)).values(ended_at=now)
        with self._database.write() as connection:
            return bool(connection.execute(ended).rowcount)
