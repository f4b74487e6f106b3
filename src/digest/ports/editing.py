"""EditStore: what editors did to issues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.model.editing import Entry
from digest.model.ids import IssueId
from digest.model.issue import Issue, IssueContent


@dataclass(frozen=True, slots=True)
class EditLog:
    """Everything that was done to an issue since the rules built it."""

    base: IssueContent
    """As the rules had it."""
    entries: tuple[Entry, ...] = ()
    """By number; those that are undone too, as long as they can be made again."""


class EditStore(Protocol):
    """The log of edits of each issue; what it comes to is the issue's content."""

    def log(self, issue: IssueId) -> EditLog:
        """The issue's log. Raises StateError when there is no such issue."""
        ...

    def record(self, issue: IssueId, entries: Sequence[Entry], content: IssueContent, seen_version: int,
               now: datetime) -> Issue:  # fmt: skip
        """Makes these the entries of the log and `content` what they come to, in one transaction; the issue is a draft
        again, without what it was approved with. Raises StateError when the version is no longer `seen_version`, or
        the issue is locked or beyond.
        """
        ...
