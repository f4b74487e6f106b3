"""What an editor's silence leads to or led to, in a sentence: one rule for planning, pages, mails and commands.

The cut-off is the hour at which an issue goes. A draft that nobody has approved by then is sent as it is, held until
somebody approves it, or skipped, as its newsletter says (`silent`); an edit after approval makes it a draft again.
A draft that preflight holds waits for a person whatever the newsletter says. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from digest.config.machine import ScheduleSettings
from digest.config.publication import NewsletterSettings, SilentPolicy
from digest.model.issue import Issue, IssueState

HELD = "held: "
"""How the note of a draft begins that only a person may approve."""
CHANGED = "the settings have changed since it was approved"
WITHDRAWN = "withdrawn by "
"""How the rest of that note begins when an editor took the approval back."""
BY_SCHEDULE = "schedule"
"""Who approved an issue when no editor did."""
NOT_APPROVED, TOO_LATE = "no editor approved it in time", "not approved or sent in time"
NO_STORIES = "it has no stories"
_EMPTY = "It has no stories: unless somebody brings some in, it is skipped on {cut_off}."
_BEFORE = {
    SilentPolicy.SEND: "Unless somebody stops it, it goes as it is on {cut_off}.",
    SilentPolicy.HOLD: "It is due on {cut_off}, and waits until somebody approves it.",
    SilentPolicy.SKIP: "Unless somebody approves it before {cut_off}, it is skipped.",
}
_AFTER = {
    SilentPolicy.SEND: "It was due on {cut_off}; nobody has spoken, so it is about to go as it is.",
    SilentPolicy.HOLD: "It is held: it was due on {cut_off} and nobody has approved it. It can be until {end}.",
    SilentPolicy.SKIP: "It was due on {cut_off}; nobody has approved it, so it is about to be skipped.",
}


def silence(issue: Issue, newsletter: NewsletterSettings, schedule: ScheduleSettings, now: datetime) -> str:
    """Why the issue did, does or does not go, as far as its approval decides; empty once that is past and plain."""
    end = issue.send_at + timedelta(hours=schedule.catch_up_hours)
    moments = {"cut_off": _local(issue.send_at, newsletter), "end": _local(end, newsletter)}
    if issue.state is IssueState.DRAFT:
        return _of_draft(issue, newsletter.silent, now, moments)
    by_itself = issue.approved_by == BY_SCHEDULE
    if issue.state is IssueState.APPROVED:
        who = "No editor has spoken, so the schedule approved it" if by_itself else f"{issue.approved_by} approved it"
        return f"{who}; it goes on {moments['cut_off']}."
    if by_itself and issue.approved_at:
        return "It went as it was: no editor had spoken by its hour."
    return ""


def _of_draft(issue: Issue, silent: SilentPolicy, now: datetime, moments: Mapping[str, str]) -> str:
    if issue.note.startswith(HELD):
        why = issue.note.removeprefix(HELD)
        return f"It is held ({why}) and waits until somebody approves it. It can be until {moments['end']}."
    if not issue.content.stories and silent is SilentPolicy.SEND:
        return _EMPTY.format(**moments)
    return (_BEFORE if now < issue.send_at else _AFTER)[silent].format(**moments)


def _local(at: datetime, newsletter: NewsletterSettings) -> str:
    """In the newsletter's time, its zone named."""
    there = at.astimezone(ZoneInfo(newsletter.timezone))
    return f"{format_datetime(there, 'EEEE, d MMMM, HH:mm', locale='en')} ({newsletter.timezone})"
