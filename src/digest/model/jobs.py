"""Work that one process asks of any other: what kind, and the ids that it is about; nothing else travels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from digest.model.ids import FeedId, IssueId, NewsletterSlug


class QueueName(StrEnum):
    """What a worker may be asked to take jobs from."""

    GATHER = "gather"
    """Feeds, and mail that came back."""
    COMPOSE = "compose"
    """Building and approving issues, and retention."""
    DELIVER = "deliver"
    """Everything that is sent."""


class Work(StrEnum):
    """What there is to do."""

    ASK = "ask"
    """Ask these feeds."""
    HEAR = "hear"
    """Read what came back."""
    PREPARE = "prepare"
    """Build, approve, skip what is due of this newsletter."""
    TEND = "tend"
    """Retention, and telling editors of drafts."""
    SEND = "send"
    """Freeze and send what is due of this issue."""
    ERRANDS = "errands"
    """Do what was asked for on pages."""


_QUEUES = {
    Work.ASK: QueueName.GATHER, Work.HEAR: QueueName.GATHER, Work.PREPARE: QueueName.COMPOSE,
    Work.TEND: QueueName.COMPOSE, Work.SEND: QueueName.DELIVER, Work.ERRANDS: QueueName.DELIVER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """A job; two of the same name that both wait are one."""

    work: Work
    ids: tuple[str, ...] = ()

    @property
    def queue(self) -> QueueName:
        """Where it waits."""
        return _QUEUES[self.work]

    @property
    def name(self) -> str:
        """What it is known by."""
        return ":".join((self.work, *self.ids))

    @property
    def lock(self) -> str | None:
        """Jobs of one lock are done one after the other: a newsletter's next issue begins where the last one ended."""
        return self.name if self.work in {Work.PREPARE, Work.HEAR, Work.TEND} else None

    @property
    def priority(self) -> int:
        """Higher is sooner: somebody waits for the mail that a page promised."""
        return 10 if self.work is Work.ERRANDS else 0


def ask(feeds: tuple[FeedId, ...]) -> Job:
    """Ask these feeds."""
    return Job(Work.ASK, tuple(map(str, feeds)))


def prepare(newsletter: NewsletterSlug) -> Job:
    """Build and approve what is due of the newsletter."""
    return Job(Work.PREPARE, (newsletter,))


def send(issue: IssueId, share: int = 0) -> Job:
    """Send the issue. Several shares are the same work for several workers: each takes what nobody else has."""
    return Job(Work.SEND, (issue, str(share)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one queue."""

    due: int = 0
    """Jobs that a worker could take now."""
    later: int = 0
    """Those that wait for their time."""
    age: timedelta = timedelta()
    """How long the oldest of those due has been."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the queue stands, by the database's own clock."""

    queues: Mapping[QueueName, Waiting]
    """Every queue, empty ones too."""
    doing: int = 0
    """Jobs that workers have taken."""
    stuck: int = 0
    """Of these, those whose worker was not heard of lately."""
    workers: int = 0
    """Workers that were heard of lately."""

    @property
    def due(self) -> int:
        """In all queues."""
        return sum(waiting.due for waiting in self.queues.values())


READERS_A_SHARE, MOST_SHARES = 5_000, 64


def shares(readers: int) -> int:
    """How many workers an issue of so many readers is worth."""
    return min(1 + readers // READERS_A_SHARE, MOST_SHARES)
