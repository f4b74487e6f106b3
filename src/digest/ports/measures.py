"""MeasureStore: what is counted for machines that watch; changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from digest.model.measures import Census, Queues


class MeasureStore(Protocol):
    """Counts that a scrape every few seconds can afford."""

    def is_ready(self) -> bool:
        """True where the tables answer. Raises OutsideError where they do not. Costs next to nothing."""
        ...

    def queues(self, now: datetime) -> Queues:
        """What waits at that time."""
        ...

    def census(self) -> Census:
        """How many there are of what."""
        ...
