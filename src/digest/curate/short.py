"""What becomes of an issue with too few stories: takes how many were found, gives the next step. Does not take it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from digest.config.publication import NewsletterSettings, ShortPolicy
from digest.model.issue import Window


class Step(StrEnum):
    """What to do with what was found."""

    ENOUGH = "enough"
    WIDEN = "widen"
    """Curate again with the plan's window."""
    SKIP = "skip"
    """Save the issue as skipped, with the plan's note."""


@dataclass(frozen=True, slots=True)
class ShortPlan:
    """The next step, the window to take it with, and the note for people."""

    step: Step
    window: Window
    note: str = ""


def plan_short(found: int, newsletter: NewsletterSettings, window: Window) -> ShortPlan:
    """Enough; or widen, once, to twice the look-back; or skip. Filling was up to `curate`."""
    if found >= newsletter.minimum:
        return ShortPlan(Step.ENOUGH, window)
    note = f"{found} new stories, the minimum is {newsletter.minimum}"
    earliest = window.end - timedelta(days=2 * newsletter.lookback_days)
    if newsletter.short is ShortPolicy.WIDEN and window.start > earliest:
        return ShortPlan(Step.WIDEN, Window(earliest, window.end), note)
    return ShortPlan(Step.SKIP, window, note)
