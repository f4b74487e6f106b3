"""What is counted for machines that watch: numbers over everything, never about one reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits to be done."""

    due: int = 0
    """Deliveries of issues on their way that could be taken up now."""
    later: int = 0
    """Those that wait for their turn: put off by the mail server, or held back by a limit."""
    claimed: int = 0
    """Those that a sender has taken up."""
    due_since: datetime | None = None
    """Since when the oldest of those due has been."""
    errands: int = 0
    """Mails asked for on pages, and alarms, that are not out yet."""
    errand_since: datetime | None = None
    """When the oldest of them was asked for."""


@dataclass(frozen=True, slots=True)
class Census:
    """How many there are."""

    issues: Mapping[str, int]
    """By state."""
    readers: Mapping[str, int]
    """By state."""
    suppressed: int
