"""RevisionStore: issues that are changed on their way, and the deliveries that get the change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from digest.model.delivery import Delivery, DeliveryState
from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import EditionId, IssueId, SubscriberId
from digest.model.issue import Issue, IssueContent
from digest.model.revisions import Revision


class RevisionStore(Protocol):
    """Revisions of issues; the first is their approval."""

    def revise(self, replaced: Revision, content: IssueContent, approval_hash: str, compiled: CompiledIssue, by: str,
               seen_version: int, now: datetime) -> Issue:  # fmt: skip
        """Makes a paused issue the next revision, approved by `by`, and keeps what it replaces, in one transaction.
        Raises StateError when it is not paused or the version is no longer `seen_version`.
        """
        ...

    def rewrite(self, issue: IssueId, editions: Sequence[Edition], becomes: Mapping[EditionId, EditionId],
                gone: Collection[EditionId], reason: str, now: datetime) -> tuple[int, int]:  # fmt: skip
        """Gives deliveries that wait (pending or deferred) another edition, and skips, with that reason, those whose
        edition is `gone`. Gives how many of each. What is claimed, or was sent, keeps what it has.
        """
        ...

    def past(self, issue: IssueId) -> tuple[Revision, ...]:
        """The revisions that were replaced, the first first."""
        ...

    def counts(self, issue: IssueId, editions: Collection[EditionId]) -> dict[DeliveryState, int]:
        """Deliveries of these editions by state."""
        ...

    def deliveries(self, issue: IssueId, editions: Collection[EditionId], states: Collection[DeliveryState],
                   after: SubscriberId | None = None, limit: int = 1000) -> tuple[Delivery, ...]:  # fmt: skip
        """A page of deliveries of these editions in these states, by subscriber."""
        ...
