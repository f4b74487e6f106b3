"""[I/O] IssueStore on SQL: issues, their content, their states and the fragments they were approved with."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Update, and_, delete, insert, or_, select, update

from digest.errors import StateError
from digest.model.delivery import DeliveryState
from digest.model.edition import CompiledIssue
from digest.model.ids import ArticleId, IssueId, NewsletterSlug
from digest.model.issue import EDITABLE, NEXT_STATES, Issue, IssueContent, IssueState, Window
from digest.model.jobs import send
from digest.model.stories import Verdict
from digest.store.codec import compiled_of, content_of, content_text, fragments_bytes, windows_of, windows_text
from digest.store.database import Database
from digest.store.schema import compilations, deliveries, issues
from digest.store.statements import AnyRow, insert_into
from digest.store.verdicts import insert_verdicts, verdict_on

_TOLD = (IssueState.APPROVED, IssueState.LOCKED, IssueState.SENDING, IssueState.PAUSED, IssueState.SENT)
_UNSENT = (DeliveryState.PENDING, DeliveryState.DEFERRED)
_ISSUES = select(issues)
_NEWEST = (issues.c.slot.desc(), issues.c.id)
_SAME = tuple(field.name for field in fields(Issue) if field.name not in {"window", "windows", "content", "overridden"})
"""Fields that are columns of the same name."""
_CURRENT_FRAGMENTS = select(compilations.c.revision, compilations.c.fragments).join(
    issues, (issues.c.id == compilations.c.issue) & (issues.c.revision == compilations.c.revision)
)
_UNAPPROVED: dict[str, Any] = {"approved_at": None, "approved_by": "", "approval_hash": "", "overridden": "[]"}


class SqlIssueStore:
    """Issues. Every change raises the version by one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, issue: Issue, now: datetime, verdicts: Iterable[Verdict] = ()) -> bool:
        """Saves a draft and why it is as it is; False when (newsletter, slot) is taken, which changes nothing."""
        row = _columns(issue) | {"created_at": issue.created_at or now}
        with self._database.write() as connection:
            created = insert_into(connection, issues).values(row).on_conflict_do_nothing().returning(issues.c.id)
            if connection.execute(created).first() is None:
                return False
            insert_verdicts(connection, issue.id, verdicts)
            return True

    def verdict(self, issue: IssueId, article: ArticleId) -> Verdict | None:
        """Why the article is in the issue or not; None when it was not looked at."""
        with self._database.read() as connection:
            return verdict_on(connection, issue, article)

    def get(self, issue: IssueId) -> Issue | None:
        """One issue with its content."""
        with self._database.read() as connection:
            row = connection.execute(_ISSUES.where(issues.c.id == issue)).one_or_none()
            return issue_of(row) if row else None

    def all(self, newsletter: NewsletterSlug | None = None, limit: int = 100, states: Collection[IssueState] = (),
            skip: int = 0) -> tuple[Issue, ...]:  # fmt: skip
        """Newest slot first, without the first `skip`; only those in one of these states, if any are named."""
        wanted = _ISSUES.where(issues.c.newsletter == newsletter) if newsletter else _ISSUES
        wanted = wanted.where(issues.c.state.in_(states)) if states else wanted
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(*_NEWEST).limit(limit).offset(skip)).all()
            return tuple(map(issue_of, rows))

    def versions(self, newsletter: NewsletterSlug, states: Collection[IssueState]) -> tuple[tuple[IssueId, int], ...]:
        """Every issue in one of these states with its version, newest slot first; their content is not read."""
        wanted = select(issues.c.id, issues.c.version).where(issues.c.newsletter == newsletter)
        with self._database.read() as connection:
            rows = connection.execute(wanted.where(issues.c.state.in_(states)).order_by(*_NEWEST))
            return tuple((identity, version) for identity, version in rows)

    def page(self, newsletter: NewsletterSlug | None = None, state: IssueState | None = None,
             after: tuple[date, IssueId] | None = None, limit: int = 100) -> tuple[Issue, ...]:  # fmt: skip
        """A page, newest slot first."""
        page = _ISSUES.order_by(*_NEWEST).limit(limit)
        page = page.where(issues.c.newsletter == newsletter) if newsletter else page
        page = page.where(issues.c.state == state) if state else page
        if after:
            same = and_(issues.c.slot == after[0], issues.c.id > after[1])
            page = page.where(or_(issues.c.slot < after[0], same))
        with self._database.read() as connection:
            return tuple(map(issue_of, connection.execute(page).all()))

    def save_content(self, issue: IssueId, content: IssueContent, seen_version: int, now: datetime) -> Issue:
        """Replaces the content and makes the issue a draft again, without what it was approved with."""
        with self._database.write() as connection:
            return replace_content(connection, issue, content, seen_version)

    def advance(self, issue: IssueId, to: IssueState, now: datetime, note: str = "") -> bool:
        """Moves to a state that NEXT_STATES allows; False when it is there already."""
        with self._database.write() as connection:
            held = hold_issue(connection, issue)
            if held.state is to:
                return False
            if to not in NEXT_STATES[held.state]:
                raise StateError(f"issue {issue}", f"is {held.state} and cannot become {to}")
            if to is IssueState.DRAFT:
                _withdraw(connection, issue)
            connection.execute(_changed(held).values(state=to, note=note or held.note, **_stamps(to, now)))
            if held.state is IssueState.PAUSED and to is IssueState.SENDING:
                self._database.defer(connection, send(issue))
            return True

    def approve(self, issue: IssueId, by: str, approval_hash: str, compiled: CompiledIssue, seen_version: int,
                now: datetime, overridden: Collection[str] = ()) -> Issue:  # fmt: skip
        """Draft to approved, with the fragments it was approved with, in one transaction."""
        with self._database.write() as connection:
            held = hold_issue(connection, issue)
            if held.state is not IssueState.DRAFT:
                raise StateError(f"issue {issue}", f"is {held.state} and can no longer be approved")
            check_version(held, seen_version)
            fragments = {"issue": issue, "revision": compiled.revision, "fragments": fragments_bytes(compiled)}
            connection.execute(insert(compilations).values(fragments))
            stamps = {"approved_at": now, "approved_by": by, "approval_hash": approval_hash,
                      "overridden": json.dumps(sorted(overridden))}  # fmt: skip
            changed = _changed(held).values(state=IssueState.APPROVED, **stamps)
            if held.send_at <= now:
                self._database.defer(connection, send(issue))
            return issue_of(connection.execute(changed.returning(issues)).one())

    def compiled(self, issue: IssueId) -> CompiledIssue | None:
        """The fragments of the issue's current revision; None before approval."""
        with self._database.read() as connection:
            row = connection.execute(_CURRENT_FRAGMENTS.where(issues.c.id == issue)).one_or_none()
            return compiled_of(issue, row.revision, row.fragments) if row else None

    def in_state(self, *states: IssueState) -> tuple[Issue, ...]:
        """Issues in any of these states, by send_at."""
        with self._database.read() as connection:
            rows = connection.execute(_ISSUES.where(issues.c.state.in_(states)).order_by(issues.c.send_at, issues.c.id))
            return tuple(map(issue_of, rows))

    def telling(self, since: datetime, newsletter: NewsletterSlug | None = None) -> tuple[Issue, ...]:
        """Issues that were sent, or are on their way (approved, or beyond; also stopped on it), by send_at."""
        begun = and_(issues.c.state == IssueState.CANCELLED, issues.c.frozen_at.is_not(None))
        wanted = _ISSUES.where(or_(issues.c.state.in_(_TOLD), begun), issues.c.send_at >= since)
        wanted = wanted.where(issues.c.newsletter == newsletter) if newsletter else wanted
        with self._database.read() as connection:
            return tuple(map(issue_of, connection.execute(wanted.order_by(issues.c.send_at, issues.c.id))))


def replace_content(connection: Connection, issue: IssueId, content: IssueContent, seen_version: int) -> Issue:
    """Gives the issue that content, and makes it a draft again. Raises StateError; see IssueStore.save_content."""
    held = hold_issue(connection, issue)
    if held.state not in EDITABLE:
        raise StateError(f"issue {issue}", f"is {held.state} and can no longer be edited")
    check_version(held, seen_version)
    _withdraw(connection, issue)
    changed = _changed(held).values(state=IssueState.DRAFT, content=content_text(content))
    return issue_of(connection.execute(changed.returning(issues)).one())


def hold_issue(connection: Connection, issue: IssueId) -> AnyRow:
    """Its row, held against others until the transaction ends. Raises StateError when there is none."""
    row = connection.execute(_ISSUES.where(issues.c.id == issue).with_for_update()).one_or_none()
    if row is None:
        raise StateError(f"issue {issue}", "does not exist", "see: digest issue list")
    return row


def check_version(held: AnyRow, seen: int) -> None:
    """Raises StateError when somebody changed the issue since."""
    if held.version != seen:
        problem = f"was changed by somebody else (version {held.version}, not {seen})"
        raise StateError(f"issue {held.id}", problem, "look at it again, then repeat")


def _changed(held: AnyRow) -> Update:
    return update(issues).where(issues.c.id == held.id).values(version=held.version + 1)


def _withdraw(connection: Connection, issue: IssueId) -> None:
    """Takes back an approval: its fragments, its stamps, and the deliveries that nothing came of yet."""
    connection.execute(delete(compilations).where(compilations.c.issue == issue))
    connection.execute(delete(deliveries).where(deliveries.c.issue == issue, deliveries.c.state.in_(_UNSENT)))
    connection.execute(update(issues).where(issues.c.id == issue).values(_UNAPPROVED))


def _stamps(to: IssueState, now: datetime) -> dict[str, datetime]:
    stamps = {"frozen_at": now} if to is IssueState.LOCKED else {}
    return stamps if NEXT_STATES[to] else stamps | {"finished_at": now}


def _columns(issue: Issue) -> dict[str, object]:
    columns = {name: getattr(issue, name) for name in _SAME}
    window = {"window_start": issue.window.start, "window_end": issue.window.end}
    texts = {"windows": windows_text(issue.windows), "content": content_text(issue.content)}
    return columns | window | texts | {"overridden": json.dumps(issue.overridden)}


def issue_of(row: AnyRow) -> Issue:
    """The issue that a row of the table holds."""
    values = row._asdict()
    window = Window(values.pop("window_start"), values.pop("window_end"))
    texts = {"windows": windows_of(row.windows), "content": content_of(row.content)}
    return Issue(**(values | texts | {"window": window, "overridden": tuple(json.loads(row.overridden))}))
