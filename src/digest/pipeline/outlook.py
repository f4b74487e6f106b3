"""What comes next of a newsletter, and why its last issue did or did not go. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.calendar import Slot
from digest.config.publication import NewsletterSettings
from digest.model.issue import Issue
from digest.pipeline.press import Press
from digest.pipeline.slots import slots_of

_LOOKS_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One newsletter's next slots and last issue."""

    newsletter: NewsletterSettings
    slots: tuple[Slot, ...]
    last: Issue | None
    why: str
    """One sentence about the last issue."""


def outlook(press: Press, newsletter: NewsletterSettings, number: int, now: datetime) -> Outlook:
    """The next `number` slots."""
    places = press.store.readers.places(newsletter.key) if newsletter.reader_time else ()
    slots = tuple(slots_of(newsletter, now, now + _LOOKS_AHEAD, places)[:number])
    last = next((i for i in press.store.issues.all(newsletter.key) if i.send_at <= now), None)
    return Outlook(newsletter, slots, last, _why(press, last))


def _why(press: Press, issue: Issue | None) -> str:
    if issue is None:
        return "nothing has been due yet"
    counts = press.store.ledger.counts(issue.id)
    mails = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
    why = issue.note or mails or "nobody had anything due"
    return f"the last, {issue.id}, is {issue.state}: {why}"
