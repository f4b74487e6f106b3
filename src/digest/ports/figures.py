"""FigureStore: numbers about an issue's deliveries and what came back of them; never about one reader."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from digest.model.delivery import DeliveryState
from digest.model.figures import EditionFate
from digest.model.ids import IssueId, NewsletterSlug


class FigureStore(Protocol):
    """Counts over deliveries, bounces and the log of consent. Changes nothing."""

    def reasons(self, issue: IssueId) -> dict[tuple[DeliveryState, str], int]:
        """Deliveries that failed or were skipped, by state and reason; a failed one without a reason of ours has
        what the mail server said.
        """
        ...

    def fates(self, issue: IssueId, newsletter: NewsletterSlug, left_until: datetime) -> tuple[EditionFate, ...]:
        """What became of each edition's readers, by edition. A reader counts as left when they left the newsletter
        after their mail of this issue was sent and before `left_until`.
        """
        ...
