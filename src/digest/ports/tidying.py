"""TidyStore: what the tables forget when its time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from digest.model.ids import SubscriberId


class TidyStore(Protocol):
    """Each method gives how many rows it forgot, or would have forgotten in a dry run."""

    def forget_unconfirmed(self, before: datetime, *, dry_run: bool = False) -> int:
        """People who never confirmed and were last heard of before that time, with their log; and wishes for further
        newsletters that were never confirmed.
        """
        ...

    def bounced(self, before: datetime, limit: int = 1000) -> tuple[SubscriberId, ...]:
        """Readers whose address has been suppressed for bouncing since before that time, by number."""
        ...

    def forget_bounces(self, before: datetime, *, dry_run: bool = False) -> int:
        """What came back before that time. Suppressions stay."""
        ...

    def forget_verdicts(self, before: datetime, *, dry_run: bool = False) -> int:
        """Why articles were in issues, or not, of issues before that time."""
        ...

    def forget_consent(self, before: datetime, *, dry_run: bool = False) -> int:
        """The log of those who were erased before that time."""
        ...

    def forget_log(self) -> None:
        """Empties the database's own log of changes, where it has one."""
        ...
