"""From an approved issue to outcomes in the ledger: freeze the recipients, send to all of them, stamp the issue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from digest.config.publication import UncertainPolicy
from digest.errors import StateError
from digest.model.delivery import DeliveryState
from digest.model.ids import IssueId
from digest.model.issue import Issue, IssueState
from digest.model.people import Recipient
from digest.pipeline.approving import compiled, is_as_approved
from digest.pipeline.mailing import Mailing
from digest.pipeline.press import Press
from digest.pipeline.sending import OnOutcome, Sending, Stopping
from digest.pipeline.silence import CHANGED
from digest.pipeline.steering import CANCELLED
from digest.pipeline.waves import Due, due_wave, next_hour
from digest.ports.ledger import Chunk
from digest.ports.outside import Transport
from digest.subscribe.addresses import without_addresses

_SENDABLE = frozenset({IssueState.APPROVED, IssueState.LOCKED, IssueState.SENDING})
BLOCKED = "blocked: "
"""How the note of an issue begins that the mail server stopped."""


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
    on_outcome: OnOutcome = lambda outcome: None,
    stopping: Stopping = lambda: False,
) -> Sent:
    """Sends the issue to everyone who is due it, or `only` to some without touching the others.

    Any number of processes may do so at once; each mail is one process's. It ends early when it is `stopping`, and
    may be called again at any time: it goes on where it stopped. Raises StateError when the issue may not be sent,
    OutsideError when the mail server or the database cannot be used; those waiting then wait for the next try.
    """
    _require_sendable(press, issue)
    due = None if only else _wave_due(press, issue, clock())
    if not only and due is None and _nobody_is_due(press, issue, clock()):
        return _finish(press, issue, clock())
    mailing = Mailing(press, issue, compiled(press, issue), clock())
    if only:
        press.store.ledger.add(issue.id, mailing.rows(only, clock()), clock())
    elif not _freeze(press, issue, mailing, due, clock, stopping):
        return Sent(issue.id, press.store.ledger.counts(issue.id), clock())
    sending = Sending(press, issue, mailing, clock, {r.subscriber.id for r in only}, on_outcome, stopping)
    try:
        sending.send(transport)
    finally:
        if sending.blocked:
            with suppress(StateError):  # only some of an approved issue, or stopped by somebody else meanwhile
                press.store.issues.advance(issue.id, IssueState.PAUSED, clock(), _note(sending.blocked))
    return _finish(press, issue, clock(), sending.blocked, swept=due is not None)


def _note(blocked: str) -> str:
    """Of the issue that is paused: whoever reads it may not be one who may see readers' addresses."""
    return BLOCKED + without_addresses(blocked)


def standing(press: Press, issue: Issue, now: datetime) -> Sent:
    """What the send has come to so far, whoever sends; stamps the issue when nobody waits any more."""
    blocked = issue.note.removeprefix(BLOCKED) if issue.state is IssueState.PAUSED else ""
    return _finish(press, issue, now, "" if blocked == issue.note else blocked)


def begin_issue(press: Press, issue: Issue, clock: Callable[[], datetime], stopping: Stopping = lambda: False) -> Issue:
    """Freezes the issue's readers, so that several processes may send it, unless it is `stopping`.

    Raises StateError when it may not be sent.
    """
    _require_sendable(press, issue)
    due = _wave_due(press, issue, clock())
    if due or issue.state is IssueState.LOCKED:
        _freeze(press, issue, Mailing(press, issue, compiled(press, issue), clock()), due, clock, stopping)
    return press.issue(issue.id)


def _wave_due(press: Press, issue: Issue, now: datetime) -> Due | None:
    """The wave to freeze now: one whose hour has come or, when nobody is left, that of readers who moved meanwhile."""
    newsletter, frozen = press.newsletter_of(issue), press.store.ledger.waves(issue.id)
    if not newsletter.reader_time:
        return due_wave(newsletter, issue, (), frozen, now)
    places = press.store.readers.places(newsletter.key, now)
    due = due_wave(newsletter, issue, places, frozen, now)
    if due or not frozen or next_hour(newsletter, issue, places, now) or _next_at(press, issue):
        return due
    return Due(now)


class _StoppedError(Exception):
    """We are told to stop in the middle of a freeze: nothing of it counts, and the next call does it anew."""


def _freeze(
    press: Press, issue: Issue, mailing: Mailing, due: Due | None, clock: Callable[[], datetime], stopping: Stopping
) -> bool:
    """Freezes the wave; False when it was stopped. Where another process is at it nothing happens: the next call
    finds what it wrote.
    """
    if due:
        try:
            chunks = _until(stopping, clock, mailing.chunks(clock(), due.places))
            press.store.ledger.freeze(chunks, issue.id, clock(), due.at)
        except _StoppedError:
            return False
    if press.issue(issue.id).state is IssueState.LOCKED:
        press.store.issues.advance(issue.id, IssueState.SENDING, clock())
    return True


def _until(stopping: Stopping, clock: Callable[[], datetime], chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        if stopping():
            raise _StoppedError
        yield replace(chunk, at=clock())


def _require_sendable(press: Press, issue: Issue) -> None:
    if issue.state not in _SENDABLE:
        raise StateError(f"issue {issue.id}", f"is {issue.state} and cannot be sent", _remedy(issue))
    if issue.state is IssueState.APPROVED and not is_as_approved(press, issue):
        remedy = f"look at it again, then: digest issue withdraw {issue.id} and approve it"
        raise StateError(f"issue {issue.id}", CHANGED, remedy)


def _remedy(issue: Issue) -> str:
    if issue.state is IssueState.DRAFT:
        return f"approve it first: digest issue approve {issue.id}"
    if issue.state is IssueState.PAUSED:
        return f"go on with: digest issue resume {issue.id}"
    return f"see: digest issue show {issue.id}"


def _next_at(press: Press, issue: Issue) -> datetime | None:
    resend = press.newsletter_of(issue).uncertain is UncertainPolicy.RESEND
    return press.store.ledger.next_at(issue.id, resend)


def _next_wave_at(press: Press, issue: Issue, now: datetime, swept: bool) -> datetime | None:
    """When the next wave is due; now, when those who moved have still to be looked for."""
    newsletter = press.newsletter_of(issue)
    if not newsletter.reader_time or issue.state in {IssueState.CANCELLED, IssueState.SENT}:
        return None
    at = next_hour(newsletter, issue, press.store.readers.places(newsletter.key, now), now)
    return at if at or swept else now


def _nobody_is_due(press: Press, issue: Issue, now: datetime) -> bool:
    next_at = _next_at(press, issue)
    return next_at is None or next_at > now


def _finish(press: Press, issue: Issue, now: datetime, blocked: str = "", *, swept: bool = False) -> Sent:
    """Stamps the issue when nobody waits any more, and takes back what a cancelled one still had claimed."""
    issue = press.issue(issue.id)
    state = issue.state
    if state is IssueState.CANCELLED:
        press.store.ledger.withdraw(issue.id, CANCELLED, now)
    waits = (_next_at(press, issue), _next_wave_at(press, issue, now, swept))
    next_at = min((at for at in waits if at), default=None)
    sent = Sent(issue.id, press.store.ledger.counts(issue.id), next_at, blocked)
    if sent.finished and state is IssueState.SENDING:
        press.store.issues.advance(issue.id, IssueState.SENT, now)
    return sent
