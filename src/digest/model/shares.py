"""Shares: links by which somebody without an account sees a draft for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.model.ids import IssueId


@dataclass(frozen=True, slots=True)
class Share:
    """One link to one made-up reader's edition of an issue."""

    id: int
    """Never given twice."""
    issue: IssueId
    reader: str
    """The persona whose edition it shows."""
    by: str
    at: datetime
    until: datetime
    ended_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether the link still opens."""
        return self.ended_at is None and now < self.until
