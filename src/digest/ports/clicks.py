"""ClickStore: where the counted links of issues lead, and how often each was followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from digest.model.clicks import ClickTarget
from digest.model.ids import IssueId


class ClickStore(Protocol):
    """One row per counted link; what is counted is a number, and nothing about who followed it or when."""

    def keep(self, issue: IssueId, targets: Iterable[ClickTarget]) -> None:
        """Remembers where these links lead. Those that are known stay as they are, with their counts."""
        ...

    def target(self, issue: IssueId, code: str) -> ClickTarget | None:
        """Where a link leads; None: there is none of that code."""
        ...

    def count(self, issue: IssueId, clicks: Mapping[str, int]) -> None:
        """Adds so many clicks to each code; unknown ones are passed over."""
        ...

    def of(self, issue: IssueId) -> tuple[tuple[ClickTarget, int], ...]:
        """All counted links of the issue with their clicks, by block and code."""
        ...
