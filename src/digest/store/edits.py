"""[I/O] EditStore on SQL: the log of edits of each issue, written together with the content it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from digest.errors import StateError
from digest.model.editing import Entry
from digest.model.ids import IssueId
from digest.model.issue import Issue, IssueContent
from digest.ports.editing import EditLog
from digest.store.codec import content_of, edit_of, edit_text
from digest.store.database import Database
from digest.store.desk_schema import drafts, edits
from digest.store.issues import replace_content
from digest.store.schema import issues
from digest.store.statements import AnyRow, insert_into


class SqlEditStore:
    """Edits. What the rules had built is kept with the first of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def log(self, issue: IssueId) -> EditLog:
        """The issue's log."""
        with self._database.read() as connection:
            content = connection.scalar(select(drafts.c.content).where(drafts.c.issue == issue)) or connection.scalar(
                select(issues.c.content).where(issues.c.id == issue)
            )
            if content is None:
                raise StateError(f"issue {issue}", "does not exist", "see: digest issue list")
            return EditLog(content_of(content), _entries(connection, issue))

    def record(self, issue: IssueId, entries: Sequence[Entry], content: IssueContent, seen_version: int,
               now: datetime) -> Issue:  # fmt: skip
        """Makes these the entries of the log, and `content` the issue's."""
        with self._database.write() as connection:
            base = select(issues.c.id, issues.c.content).where(issues.c.id == issue)
            kept = insert_into(connection, drafts).from_select(["issue", "content"], base).on_conflict_do_nothing()
            connection.execute(kept)
            changed = replace_content(connection, issue, content, seen_version)
            _write(connection, issue, entries)
            return changed


def _entries(connection: Connection, issue: IssueId) -> tuple[Entry, ...]:
    wanted = select(edits).where(edits.c.issue == issue).order_by(edits.c.number)
    return tuple(map(_entry, connection.execute(wanted)))


def _write(connection: Connection, issue: IssueId, entries: Sequence[Entry]) -> None:
    """Writes what differs from what is there: mostly one row."""
    there = {entry.number: entry for entry in _entries(connection, issue)}
    wanted = {entry.number: entry for entry in entries}
    mine = edits.c.issue == issue
    gone = [number for number in there if number not in wanted]
    if gone:
        connection.execute(delete(edits).where(mine, edits.c.number.in_(gone)))
    for number, entry in wanted.items():
        if number not in there:
            connection.execute(insert(edits).values(_columns(entry)))
        elif entry != there[number]:
            connection.execute(update(edits).where(mine, edits.c.number == number).values(_columns(entry)))


def _columns(entry: Entry) -> dict[str, object]:
    return {"issue": entry.issue, "number": entry.number, "edit": edit_text(entry.edit), "by": entry.by,
            "at": entry.at, "is_undone": entry.is_undone}  # fmt: skip


def _entry(row: AnyRow) -> Entry:
    return Entry(IssueId(row.issue), row.number, edit_of(row.edit), row.by, row.at, row.is_undone)
