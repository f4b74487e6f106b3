"""What an issue was before a story was pulled from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.model.ids import IssueId, StoryId


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision that a later one has replaced."""

    issue: IssueId
    revision: int
    approval_hash: str
    approved_at: datetime
    approved_by: str
    replaced_at: datetime
    story: StoryId
    """What the next revision no longer tells."""
    title: str
    """That story's."""
