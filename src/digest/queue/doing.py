"""Does one job: looks in the tables whether there is still something to do, does it, and says what should follow.

Every job may be done again at any time, by any number of workers at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from digest.model.delivery import Message, Outcome
from digest.model.ids import FeedId, IssueId, NewsletterSlug
from digest.model.issue import IssueState
from digest.model.jobs import Job, Work, prepare, send
from digest.pipeline.errands import run_errands
from digest.pipeline.planning import StepKind
from digest.pipeline.press import Press
from digest.pipeline.sending import Stopping
from digest.pipeline.telling import tell_editors
from digest.pipeline.tidying import tidy_daily
from digest.ports.feedback import Mailbox
from digest.ports.outside import Fetching, Transport
from digest.tasks import PREPARING, due_steps, gather_some, hear_mailboxes, run_due, send_step

log = logging.getLogger(__name__)
_SLICE = timedelta(seconds=60)
"""After so long an issue lets others have the worker, and waits for its next turn."""
_SOON = 2.0
"""Seconds until an issue is looked at again that another worker is freezing, or that has used up its slice."""


class Means(Protocol):
    """What doing takes."""

    @property
    def press(self) -> Press:
        """Settings and tables."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time."""
        ...

    @property
    def chance(self) -> Callable[[], float]:
        """A number from 0 up to 1."""
        ...

    def transport(self, stopping: Stopping = ...) -> Transport:
        """A way to the mail server."""
        ...

    def fetching(self) -> Fetching:
        """A fetcher."""
        ...

    def mailboxes(self) -> Sequence[Mailbox]:
        """Where mail comes back to."""
        ...


def do_job(means: Means, job: Job, stopping: Stopping) -> list[tuple[Job, float]]:
    """Does it, and gives the jobs that follow, each with the seconds until then. Raises DigestError."""
    press, clock = means.press, means.clock
    match job.work:
        case Work.ASK:
            feeds = {FeedId(int(feed)) for feed in job.ids}
            asyncio.run(gather_some(press, feeds, means.fetching(), means.chance, clock))
        case Work.HEAR:
            hear_mailboxes(press, means.mailboxes(), clock)
        case Work.TEND:
            tell_editors(press, clock())  # first: what cannot be tidied away keeps nobody from being told
            tidy_daily(press, clock())
        case Work.ERRANDS:
            run_errands(press, means.transport, clock())
        case Work.PREPARE:
            return _prepare(means, NewsletterSlug(job.ids[0]))
        case Work.SEND:
            return _send(means, IssueId(job.ids[0]), job, stopping)
    return []


def _prepare(means: Means, newsletter: NewsletterSlug) -> list[tuple[Job, float]]:
    """Does what is due of the newsletter, and lets what is then due to be sent follow at once."""
    press, clock = means.press, means.clock
    if press.settings.newsletter(newsletter) is None:
        return []
    run_due(press, means.transport, clock, PREPARING, (newsletter,))
    tell_editors(press, clock())
    steps = due_steps(press, clock(), (newsletter,))
    return [(send(step.issue), 0.0) for step in steps if step.kind is StepKind.SEND]


class Turn:
    """How long an issue may have the worker. Freezing does not count: it is done whole or not at all."""

    def __init__(self, stopping: Stopping, clock: Callable[[], datetime]) -> None:
        self._stopping = stopping
        self._clock = clock
        self._until: datetime | None = None

    def begin(self) -> None:
        """From now on it counts."""
        self._until = self._until or self._clock() + _SLICE

    def is_over(self) -> bool:
        """Whether the worker is to stop, or the turn is used up."""
        return self._stopping() or (self._until is not None and self._clock() >= self._until)


class _Timed:
    """A transport whose first mail begins the turn."""

    def __init__(self, plain: Transport, turn: Turn) -> None:
        self._plain = plain
        self._turn = turn

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        """As the plain one does."""
        self._turn.begin()
        return self._plain.send(messages, now)


def _send(means: Means, identity: IssueId, job: Job, stopping: Stopping) -> list[tuple[Job, float]]:
    """Sends for a while. What is still to be done then follows, so that a worker that stops leaves nothing behind."""
    press, clock = means.press, means.clock
    issue = press.store.issues.get(identity)
    if issue is None or not _is_due(press, identity, issue.newsletter, clock()):
        return []
    turn = Turn(stopping, clock)
    sent = send_step(press, issue, lambda: _Timed(means.transport(turn.is_over), turn), clock, turn.is_over)
    if press.issue(identity).state is IssueState.DRAFT:
        return [(prepare(issue.newsletter), 0.0)]
    waits = sent is not None and not sent.blocked and sent.next_at is not None and sent.next_at <= clock()
    unfrozen = sent is not None and press.issue(identity).state is IssueState.APPROVED
    return [(job, _SOON)] if (waits or unfrozen) else []


def _is_due(press: Press, identity: IssueId, newsletter: NewsletterSlug, now: datetime) -> bool:
    if press.settings.newsletter(newsletter) is None:
        return False
    steps = due_steps(press, now, (newsletter,))
    return any(step.issue == identity and step.kind is StepKind.SEND for step in steps)
