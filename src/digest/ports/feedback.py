"""FeedbackStore and Mailbox: what came back about deliveries, and where mails that came back lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from digest.model.feedback import FeedbackEvent, FeedbackKind, Suppression
from digest.model.ids import IssueId, SubscriberId


class FeedbackStore(Protocol):
    """One row per delivery and kind of feedback."""

    def record(self, event: FeedbackEvent, suppression: Suppression | None = None) -> bool:
        """Remembers the event, and the suppression that follows from it, in one transaction. False when feedback of
        this kind about this delivery was recorded already: then nothing changes. A suppression's first reason stays.
        """
        ...

    def count_about(self, issue: IssueId, kind: FeedbackKind) -> int:
        """Deliveries of the issue that came back like that."""
        ...

    def events(self, subscriber: SubscriberId | None = None, limit: int = 100) -> tuple[FeedbackEvent, ...]:
        """Newest first."""
        ...


class Mailbox(Protocol):
    """Where mails that came back lie until they are heard."""

    def read(self, hear: Callable[[bytes], object]) -> int:
        """Hands every mail that was not heard yet to `hear`, oldest first, and marks each as heard after that.

        Gives how many. Of a huge mail only the first megabyte is handed on. Raises OutsideError when the mailbox
        cannot be used; whatever was not marked is handed on again the next time.
        """
        ...
