"""ShareStore: which links to drafts were given away, and which were ended."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from digest.model.ids import IssueId
from digest.model.shares import Share


class ShareStore(Protocol):
    """Shares by number. None is ever forgotten: an old link must never come to mean a new share."""

    def add(self, issue: IssueId, reader: str, by: str, at: datetime, until: datetime) -> Share:
        """A new one."""
        ...

    def get(self, share: int) -> Share | None:
        """One share, whether or not it is over."""
        ...

    def of(self, issue: IssueId) -> tuple[Share, ...]:
        """All of the issue, newest first."""
        ...

    def end(self, share: int, now: datetime) -> bool:
        """Ends it; False when there is none, or it was ended before."""
        ...
