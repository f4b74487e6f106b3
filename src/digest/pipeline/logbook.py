"""What was done to an issue, by whom and when, in words: the deeds of people and what the schedule did. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from digest.model.issue import Issue
from digest.pipeline.press import Press
from digest.pipeline.silence import BY_SCHEDULE

_MOST = 10_000
_EDITED = "edited"
_PROGRAM = "digest"
"""Who did what no person did."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that was done."""

    at: datetime
    who: str
    what: str


def logbook(press: Press, issue: Issue) -> tuple[LogLine, ...]:
    """All of it, the latest first."""
    deeds = press.store.access.deeds(_MOST, about=issue.id)
    done = [LogLine(deed.at, deed.who, _words(deed.what, deed.detail)) for deed in deeds]
    return tuple(sorted((*done, *_by_itself(issue)), key=lambda line: line.at, reverse=True))


def _words(what: str, detail: str) -> str:
    if what == _EDITED and detail:
        return detail
    return f"{what}: {detail}" if detail else what


def _by_itself(issue: Issue) -> Iterator[LogLine]:
    if issue.finished_at:
        why = f": {issue.note}" if issue.note else ""
        yield LogLine(issue.finished_at, _PROGRAM, f"became {issue.state}{why}")
    if issue.frozen_at:
        yield LogLine(issue.frozen_at, _PROGRAM, "wrote down its readers")
    if issue.approved_at and issue.approved_by == BY_SCHEDULE:
        yield LogLine(issue.approved_at, BY_SCHEDULE, f"approved: hash {issue.approval_hash[:16]}")
    if issue.created_at:
        yield LogLine(issue.created_at, _PROGRAM, "built it")
