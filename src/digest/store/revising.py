"""[I/O] RevisionStore on SQL: the next revision of an issue, and the waiting deliveries that get it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Select, Table, Text, Update, cast, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from digest.errors import StateError
from digest.model.delivery import Delivery, DeliveryState
from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import EditionId, IssueId, SubscriberId
from digest.model.issue import Issue, IssueContent, IssueState
from digest.model.revisions import Revision
from digest.store.claiming import claimable, visible
from digest.store.codec import content_text, fragments_bytes
from digest.store.database import Database
from digest.store.desk_schema import revisions
from digest.store.freezing import write_editions
from digest.store.issues import check_version, hold_issue, issue_of
from digest.store.ledger import DELIVERIES, delivery_of
from digest.store.schema import compilations, deliveries, issues

_PAIRS = Table(
    "edition_pair", MetaData(), Column("old", Text, primary_key=True), Column("new", Text, nullable=False),
    prefixes=["TEMPORARY"],
)  # fmt: skip


class SqlRevisionStore:
    """Revisions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revise(self, replaced: Revision, content: IssueContent, approval_hash: str, compiled: CompiledIssue, by: str,
               seen_version: int, now: datetime) -> Issue:  # fmt: skip
        """Makes the issue its next revision."""
        with self._database.write() as connection:
            held = hold_issue(connection, replaced.issue)
            if held.state is not IssueState.PAUSED:
                raise StateError(f"issue {held.id}", f"is {held.state}, not paused", "pause it first")
            check_version(held, seen_version)
            connection.execute(insert(revisions).values(asdict(replaced)))
            fragments = {"issue": held.id, "revision": compiled.revision, "fragments": fragments_bytes(compiled)}
            connection.execute(insert(compilations).values(fragments))
            values = {"revision": compiled.revision, "content": content_text(content), "version": held.version + 1}
            stamps = {"approved_at": now, "approved_by": by, "approval_hash": approval_hash}
            changed = update(issues).where(issues.c.id == held.id).values(values | stamps)
            return issue_of(connection.execute(changed.returning(issues)).one())

    def rewrite(self, issue: IssueId, editions: Sequence[Edition], becomes: Mapping[EditionId, EditionId],
                gone: Collection[EditionId], reason: str, now: datetime) -> tuple[int, int]:  # fmt: skip
        """Gives waiting deliveries their new edition: one statement for all of them, however many there are."""
        skipped = {"state": DeliveryState.SKIPPED, "due_at": None, "reason": reason, "at": now}
        with self._database.write() as connection:
            write_editions(connection, issue, editions)
            lost = _waiting(issue).values(skipped).where(deliveries.c.edition.in_(_these(connection, gone)))
            return _rename(connection, issue, becomes), connection.execute(lost).rowcount

    def past(self, issue: IssueId) -> tuple[Revision, ...]:
        """Those that were replaced."""
        wanted = select(revisions).where(revisions.c.issue == issue).order_by(revisions.c.revision)
        with self._database.read() as connection:
            return tuple(Revision(**row._asdict()) for row in connection.execute(wanted))

    def counts(self, issue: IssueId, editions: Collection[EditionId]) -> dict[DeliveryState, int]:
        """How many are in each state."""
        by_state = select(deliveries.c.state, func.count()).where(deliveries.c.issue == issue, visible(issue))
        with self._database.read() as connection:
            these = by_state.where(deliveries.c.edition.in_(_these(connection, editions)))
            return dict(connection.execute(these.group_by(deliveries.c.state)).all())

    def deliveries(self, issue: IssueId, editions: Collection[EditionId], states: Collection[DeliveryState],
                   after: SubscriberId | None = None, limit: int = 1000) -> tuple[Delivery, ...]:  # fmt: skip
        """A page of them."""
        page = DELIVERIES.where(deliveries.c.issue == issue, deliveries.c.subscriber > (after or 0), visible(issue))
        with self._database.read() as connection:
            page = page.where(deliveries.c.edition.in_(_these(connection, editions)), deliveries.c.state.in_(states))
            rows = connection.execute(page.order_by(deliveries.c.subscriber).limit(limit)).all()
            return tuple(delivery_of(issue, row) for row in rows)


def _waiting(issue: IssueId) -> Update:
    waits = deliveries.c.state.in_(claimable(resend=False))
    return update(deliveries).where(deliveries.c.issue == issue, waits)


def _rename(connection: Connection, issue: IssueId, becomes: Mapping[EditionId, EditionId]) -> int:
    """By a table of its own with an index: without, every row would be compared with every pair."""
    if not becomes:
        return 0
    _PAIRS.create(connection)
    connection.execute(insert(_PAIRS), [{"old": old, "new": new} for old, new in becomes.items()])
    renamed = _waiting(issue).values(edition=_PAIRS.c.new).where(deliveries.c.edition == _PAIRS.c.old)
    count = connection.execute(renamed).rowcount
    _PAIRS.drop(connection)
    return count


def _these(connection: Connection, ids: Collection[EditionId]) -> Select[*tuple[Any, ...]]:
    """The ids as a table: one parameter, however many they are."""
    if connection.dialect.name == "postgresql":
        return select(func.unnest(cast(list(ids), ARRAY(Text))))
    return select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value)
