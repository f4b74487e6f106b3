"""From an approved issue to outcomes in the ledger: freeze the recipients, send to all of them, stamp the issue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from digest.config.publication import UncertainPolicy
from digest.errors import StateError
from digest.model.delivery import DeliveryState, Outcome
from digest.model.ids import IssueId
from digest.model.issue import Issue, IssueState
from digest.model.people import Recipient
from digest.pipeline.approving import compiled
from digest.pipeline.mailing import Mailing
from digest.pipeline.press import Press
from digest.pipeline.sending import Sending
from digest.pipeline.steering import CANCELLED
from digest.ports.outside import Transport

_SENDABLE = frozenset({IssueState.APPROVED, IssueState.LOCKED, IssueState.SENDING})


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send came to: deliveries by state, over the whole issue."""

    issue: IssueId
    counts: dict[DeliveryState, int]
    next_at: datetime | None = None
    """When the next of those who still wait is due."""
    blocked: str = ""
    """Why the issue was paused: what the mail server said about us."""

    @property
    def finished(self) -> bool:
        """Whether nobody is waiting any more."""
        return self.next_at is None


def deliver_issue(
    press: Press,
    issue: Issue,
    transport: Transport,
    clock: Callable[[], datetime],
    only: Sequence[Recipient] = (),
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Sent:
    """Sends the issue to everyone who is due it, or `only` to some without touching the others.

    May be called again at any time: it goes on where it stopped. Raises StateError when the issue may not be sent,
    OutsideError when the mail server or the database cannot be used; those waiting then wait for the next try.
    """
    if issue.state not in _SENDABLE:
        raise StateError(f"issue {issue.id}", f"is {issue.state} and cannot be sent", _remedy(issue))
    if issue.state is IssueState.SENDING and _nobody_is_due(press, issue, clock()):
        return _finish(press, issue, clock())
    mailing = Mailing(press, issue, compiled(press, issue), clock())
    if only:
        press.store.ledger.add(issue.id, mailing.rows(only), clock())
    else:
        press.store.ledger.freeze(mailing.chunks(clock()), issue.id, clock())
        press.store.issues.advance(issue.id, IssueState.SENDING, clock())
    sending = Sending(press, issue, mailing, clock, {r.subscriber.id for r in only}, on_outcome)
    try:
        sending.send(transport)
    finally:
        if sending.blocked:
            with suppress(StateError):  # only some of an approved issue, or stopped by somebody else meanwhile
                press.store.issues.advance(issue.id, IssueState.PAUSED, clock(), f"blocked: {sending.blocked}")
    return _finish(press, issue, clock(), sending.blocked)


def _remedy(issue: Issue) -> str:
    if issue.state is IssueState.DRAFT:
        return f"approve it first: digest issue approve {issue.id}"
    if issue.state is IssueState.PAUSED:
        return f"go on with: digest issue resume {issue.id}"
    return f"see: digest issue show {issue.id}"


def _next_at(press: Press, issue: Issue) -> datetime | None:
    resend = press.newsletter_of(issue).uncertain is UncertainPolicy.RESEND
    return press.store.ledger.next_at(issue.id, resend)


def _nobody_is_due(press: Press, issue: Issue, now: datetime) -> bool:
    next_at = _next_at(press, issue)
    return next_at is None or next_at > now


def _finish(press: Press, issue: Issue, now: datetime, blocked: str = "") -> Sent:
    """Stamps the issue when nobody waits any more, and takes back what a cancelled one still had claimed."""
    state = press.issue(issue.id).state
    if state is IssueState.CANCELLED:
        press.store.ledger.withdraw(issue.id, CANCELLED, now)
    sent = Sent(issue.id, press.store.ledger.counts(issue.id), _next_at(press, issue), blocked)
    if sent.finished and state is IssueState.SENDING:
        press.store.issues.advance(issue.id, IssueState.SENT, now)
    return sent
