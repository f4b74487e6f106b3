"""FeedbackStore: what came back about deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from digest.model.feedback import FeedbackEvent, FeedbackKind, Suppression
from digest.model.ids import SubscriberId


class FeedbackStore(Protocol):
    """One row per delivery and kind of feedback."""

    def record(self, event: FeedbackEvent, suppression: Suppression | None = None) -> bool:
        """Remembers the event, and the suppression that follows from it, in one transaction. False when feedback of
        this kind about this delivery was recorded already: then nothing changes. A suppression's first reason stays.
        """
        ...

    def count(self, subscriber: SubscriberId, kind: FeedbackKind, since: datetime) -> int:
        """Deliveries to the subscriber that came back like that at `since` or later."""
        ...

    def events(self, subscriber: SubscriberId | None = None, limit: int = 100) -> tuple[FeedbackEvent, ...]:
        """Newest first."""
        ...
