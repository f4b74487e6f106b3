"""What comes next of a newsletter, and why its last issue did or did not go. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.calendar import Slot
from digest.config.publication import NewsletterSettings
from digest.model.issue import Issue, IssueState
from digest.pipeline.press import Press
from digest.pipeline.silence import silence
from digest.pipeline.slots import slots_of

_WAITING = frozenset({IssueState.DRAFT, IssueState.APPROVED})
_LOOKS_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One newsletter's next slots and last issue."""

    newsletter: NewsletterSettings
    slots: tuple[Slot, ...]
    last: Issue | None
    why: str
    """One sentence about the last issue."""
    waiting: tuple[tuple[Issue, str], ...] = ()
    """Issues that are built and whose hour is still to come, the next first, and what becomes of each."""


def outlook(press: Press, newsletter: NewsletterSettings, number: int, now: datetime) -> Outlook:
    """The next `number` slots."""
    places = press.store.readers.places(newsletter.key, now) if newsletter.reader_time else ()
    slots = tuple(slots_of(newsletter, now, now + _LOOKS_AHEAD, places)[:number])
    issues = press.store.issues.all(newsletter.key)
    last = next((issue for issue in issues if issue.send_at <= now), None)
    waiting = tuple(
        (issue, silence(issue, newsletter, press.settings.schedule, now))
        for issue in reversed(issues)
        if issue.send_at > now and issue.state in _WAITING
    )
    return Outlook(newsletter, slots, last, _why(press, last, now), waiting)


def _why(press: Press, issue: Issue | None, now: datetime) -> str:
    if issue is None:
        return "nothing has been due yet"
    counts = press.store.ledger.counts(issue.id)
    mails = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
    went = "" if issue.state is IssueState.DRAFT else "nobody had anything due"
    said = silence(issue, press.newsletter_of(issue), press.settings.schedule, now)
    why = issue.note or mails or went
    return ". ".join(filter(None, (f"the last, {issue.id}, is {issue.state}{': ' if why else ''}{why}", said)))
