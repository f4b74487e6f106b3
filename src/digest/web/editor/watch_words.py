"""What the watch page says in words: where an issue stands, what there is to see yet, and how long things take."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_datetime

from digest.model.issue import Issue, IssueState

_SAYS = {
    IssueState.DRAFT: "It has not gone",
    IssueState.APPROVED: "It has not gone",
    IssueState.LOCKED: "Its readers are written down; it begins any moment",
    IssueState.SENDING: "On its way",
    IssueState.PAUSED: "Stopped for now; mails that were under way still went",
    IssueState.SENT: "Done {done}; nobody is waiting any more",
    IssueState.CANCELLED: "Stopped for good {done}",
    IssueState.SKIPPED: "It did not go",
    IssueState.MISSED: "It did not go",
}
_EMPTY = {
    IssueState.DRAFT: "Once it is being sent, how far it is stands here.",
    IssueState.APPROVED: "Its readers are written down when it goes. From then on how far it is stands here.",
    IssueState.SENT: "No mail went: nobody had anything due.",
    IssueState.CANCELLED: "It was stopped before anybody was written down for it.",
    IssueState.SKIPPED: "No mail was sent. The reason stands above; its stories are news for the next issue.",
    IssueState.MISSED: "No mail was sent. The reason stands above; its stories are news for the next issue.",
}


def headline(issue: Issue) -> str:
    """Where the issue stands."""
    moment = "d MMM, HH:mm 'UTC'"
    done = format_datetime(issue.finished_at, moment, locale="en") if issue.finished_at else ""
    return _SAYS[issue.state].format(done=done)


def empty(issue: Issue) -> str:
    """Why there are no numbers yet."""
    return _EMPTY.get(issue.state, "Its readers are being written down.")


def span(time: timedelta) -> str:
    """About how long, in words."""
    seconds = round(time.total_seconds())
    if seconds < 60:
        return "less than a minute"
    if seconds < 90 * 60:
        minutes = round(seconds / 60)
        return f"about {minutes} minute{'' if minutes == 1 else 's'}"
    return f"about {round(seconds / 3600)} hours"
