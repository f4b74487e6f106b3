"""[I/O] ClickStore on SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select, update

from digest.model.clicks import ClickTarget
from digest.model.ids import IssueId
from digest.store.database import Database
from digest.store.statements import batches, insert_into
from digest.store.watch_schema import click_targets

_COUNT = (
    update(click_targets)
    .where(click_targets.c.issue == bindparam("of_issue"), click_targets.c.code == bindparam("of_code"))
    .values(clicks=click_targets.c.clicks + bindparam("more"))
)


class SqlClickStore:
    """Counted links. Deletes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, issue: IssueId, targets: Iterable[ClickTarget]) -> None:
        """Remembers where these links lead; those that are known stay as they are."""
        rows = [{"issue": issue, "code": t.code, "block": t.block, "url": t.url, "clicks": 0} for t in targets]
        with self._database.write() as connection:
            for batch in batches(rows):
                connection.execute(insert_into(connection, click_targets).values(batch).on_conflict_do_nothing())

    def target(self, issue: IssueId, code: str) -> ClickTarget | None:
        """Where a link leads."""
        found = select(click_targets.c.code, click_targets.c.block, click_targets.c.url).where(
            click_targets.c.issue == issue, click_targets.c.code == code
        )
        with self._database.read() as connection:
            row = connection.execute(found).one_or_none()
        return ClickTarget(*row) if row else None

    def count(self, issue: IssueId, clicks: Mapping[str, int]) -> None:
        """Adds so many clicks to each code, always in the same order, so that two writers never wait in a circle."""
        rows = [{"of_issue": issue, "of_code": code, "more": clicks[code]} for code in sorted(clicks)]
        if rows:
            with self._database.write() as connection:
                connection.execute(_COUNT, rows)

    def of(self, issue: IssueId) -> tuple[tuple[ClickTarget, int], ...]:
        """All counted links of the issue with their clicks."""
        columns = (click_targets.c.code, click_targets.c.block, click_targets.c.url, click_targets.c.clicks)
        listed = select(*columns).where(click_targets.c.issue == issue).order_by(columns[1], columns[0])
        with self._database.read() as connection:
            return tuple((ClickTarget(code, block, url), n) for code, block, url, n in connection.execute(listed))
