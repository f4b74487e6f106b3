"""What a person may do to an issue on its way: pause, resume, cancel. Senders notice at their next claim."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from digest.model.access import Actor
from digest.model.ids import IssueId
from digest.model.issue import Issue, IssueState
from digest.pipeline.entering import note
from digest.pipeline.press import Press

Step = Callable[[Press, IssueId, str, datetime], Issue]
"""One of the functions below, given why."""

CANCELLED = "cancelled"
"""Why deliveries of a cancelled issue are skipped."""


def steer(press: Press, issue: Issue, actor: Actor, what: str, step: Step, why: str, now: datetime) -> Issue:
    """Has somebody take a step, and puts on record what they did ("paused"). Raises StateError as the step does."""
    steered = step(press, issue.id, why.strip() or f"{what} by {actor.name}", now)
    if steered.state is not issue.state:
        note(press, actor, what, issue.id, now, why.strip())
    return steered


def pause_issue(press: Press, issue: IssueId, why: str, now: datetime) -> Issue:
    """Stops the sending after the claims under way. Raises StateError unless it is being sent."""
    press.store.issues.advance(issue, IssueState.PAUSED, now, why or "paused by an editor")
    return press.issue(issue)


def resume_issue(press: Press, issue: IssueId, why: str, now: datetime) -> Issue:
    """Lets a paused issue go on where it stopped. Raises StateError unless it is paused."""
    press.store.issues.advance(issue, IssueState.SENDING, now, why or "resumed")
    return press.issue(issue)


def cancel_issue(press: Press, issue: IssueId, why: str, now: datetime) -> Issue:
    """Stops an issue for good; whoever waits for it is skipped. Raises StateError when it is sent already."""
    press.store.issues.advance(issue, IssueState.CANCELLED, now, why or "cancelled by an editor")
    press.store.ledger.withdraw(issue, CANCELLED, now)
    return press.issue(issue)
