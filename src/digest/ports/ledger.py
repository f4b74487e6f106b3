"""LedgerStore: who gets which edition of an issue, and what became of each mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from digest.model.delivery import Delivery, DeliveryState, Settlement, Wave
from digest.model.edition import Edition
from digest.model.ids import CategorySlug, EditionId, IssueId, StoryId, SubscriberId
from digest.model.people import Recipient


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery taken for sending under a lease, with the reader as they are at this moment."""

    delivery: Delivery
    edition: Edition
    """That it was frozen with."""
    recipient: Recipient | None
    """None: may no longer be mailed (left, paused, suppressed, erased); see `gone`."""
    gone: str = ""
    lease: int = 0
    """Fencing token: grows with every claim of the delivery, so that what an earlier claim says is told apart."""
    before: DeliveryState = DeliveryState.PENDING
    """What it was before: what it becomes again when it is given back untried."""
    revision: int = 1
    """Of the issue at this moment."""


NOTHING_NEW = "nothing new"
"""The reason of a delivery that is skipped because the reader has seen all that there is for them."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of the readers of a wave, each with an edition."""

    deliveries: Mapping[SubscriberId, EditionId]
    editions: Sequence[Edition] = ()
    """Those that are named here, or in a later chunk, and in no earlier one."""
    nothing: Mapping[SubscriberId, EditionId] = field(default_factory=lambda: MappingProxyType({}))
    """Readers for whom there is nothing new: their edition tells no story, and is not sent."""
    put_off: int = 0
    """Readers for whom there is nothing new, and who wait for the next issue of the same period."""
    at: datetime | None = None
    """When it was made: whoever freezes is known to live by it."""


class LedgerStore(Protocol):
    """One row per delivery: unique (issue, subscriber)."""

    def freeze(self, chunks: Iterable[Chunk], issue: IssueId, now: datetime, due_at: datetime | None = None) -> bool:
        """Writes editions and pending deliveries chunk by chunk, and makes them visible together with the last one;
        the first wave locks the issue.

        `due_at` names the wave; it is the issue's own time without. A wave that is due no later than one that is
        frozen changes nothing, nor does a second call. Chunks are asked for one by one, and none before an earlier
        freeze of any issue is done. False: another process is freezing; try again later.
        """
        ...

    def waves(self, issue: IssueId) -> tuple[Wave, ...]:
        """The waves that are frozen, in the order in which they were due."""
        ...

    def promised(self, issue: IssueId, first: SubscriberId,
                 last: SubscriberId) -> Sequence[tuple[SubscriberId, EditionId]]:  # fmt: skip
        """Readers from `first` to `last` with the edition of the issue that they were sent, will be, or may have
        been; those with nothing new too. Not those whose mail failed or was skipped.
        """
        ...

    def contents(self, issue: IssueId) -> Iterator[tuple[EditionId, Sequence[StoryId], Sequence[CategorySlug]]]:
        """The stories of each edition of the issue, and the categories that it was drawn from."""
        ...

    def add(self, issue: IssueId, rows: Sequence[tuple[SubscriberId, Edition]], now: datetime) -> int:
        """Adds single deliveries to an approved issue without locking it (`digest send --to`)."""
        ...

    def claim(self, issue: IssueId, limit: int, lease_until: datetime, now: datetime,
              only: Collection[SubscriberId] = (), resend: bool = True,
              settled: Iterable[Settlement] = ()) -> tuple[Claim, ...]:  # fmt: skip
        """Takes up to `limit` deliveries that are due: pending, deferred, and with `resend` uncertain ones too.

        First of all it does what `record` does with `settled`, in the same transaction, and what `expire` does: a
        claim that nobody answered for is never simply taken over.
        """
        ...

    def expire(self, issue: IssueId, now: datetime) -> int:
        """Claimed deliveries whose lease ran out become uncertain: nobody knows how far they came. Gives how many."""
        ...

    def record(self, settlements: Iterable[Settlement], now: datetime) -> None:
        """Writes what became of claimed deliveries, in one transaction.

        A delivery that was claimed again since, or settled, keeps what it has; one that became uncertain meanwhile
        takes it: late news is better than none.
        """
        ...

    def change_editions(self, issue: IssueId, rows: Sequence[tuple[Claim, Edition]], now: datetime) -> None:
        """Gives claimed deliveries another edition than the one they were frozen with."""
        ...

    def withdraw(self, issue: IssueId, reason: str, now: datetime) -> int:
        """Skips, with that reason, whatever is pending or deferred. Gives how many."""
        ...

    def next_at(self, issue: IssueId, resend: bool = True) -> datetime | None:
        """When the next delivery can be claimed, or its lease ends; None: nobody is waiting."""
        ...

    def edition(self, issue: IssueId, edition: EditionId) -> Edition | None:
        """One edition."""
        ...

    def editions(self, issue: IssueId) -> tuple[Edition, ...]:
        """All editions that deliveries of the issue have."""
        ...

    def by_domain(self, issue: IssueId, since: datetime) -> dict[tuple[str, DeliveryState], tuple[int, int]]:
        """Deliveries by the domain of the reader's address, in small letters, and by state: how many there are, and
        how many of them came into that state at `since` or later.
        """
        ...

    def counts(self, issue: IssueId) -> dict[DeliveryState, int]:
        """Deliveries by state; states without any are left out."""
        ...

    def of_reader(self, subscriber: SubscriberId) -> tuple[Delivery, ...]:
        """All deliveries to one reader, by issue."""
        ...

    def deliveries(self, issue: IssueId, state: DeliveryState | None = None, after: SubscriberId | None = None,
                   limit: int = 1000, doubted: bool = False) -> tuple[Delivery, ...]:  # fmt: skip
        """A page by subscriber id. `doubted`: only those that are, or ever were, uncertain."""
        ...
