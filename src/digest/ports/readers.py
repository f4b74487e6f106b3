"""ReaderStore and LedgerStore: whom we write to, and what became of each mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.model.delivery import Delivery, DeliveryState, Settlement
from digest.model.edition import Edition
from digest.model.ids import EditionId, IssueId, NewsletterSlug, SubscriberId
from digest.model.people import (
    AddressChange,
    ChangeOutcome,
    ConsentEvent,
    Erasure,
    Preferences,
    Recipient,
    Subscriber,
    SubscriberDraft,
    Subscription,
    SuppressedAddress,
    SuppressionReason,
)


@dataclass(frozen=True, slots=True)
class ReaderFilter:
    """Which subscribers to list."""

    newsletter: NewsletterSlug | None = None
    """Those who subscribe to it and have not left."""
    search: str = ""
    """Part of the address or name."""


class ReaderStore(Protocol):
    """Subscribers, subscriptions, suppressions and the log of consent."""

    def sign_up(self, draft: SubscriberDraft, newsletter: NewsletterSlug, preferences: Preferences,
                event: ConsentEvent) -> Subscriber:  # fmt: skip
        """Adds an unconfirmed subscriber, or gives the one with this address (compared case-insensitively),
        unchanged if confirmed; an unconfirmed one takes the new wishes. Logs the event.
        """
        ...

    def confirm(self, subscriber: SubscriberId, newsletter: NewsletterSlug, event: ConsentEvent) -> bool:
        """Confirms subscriber and subscription; False when already confirmed (nothing changes).

        Of all suppressions, only that of an erasure is lifted by it.
        """
        ...

    def import_(self, rows: Iterable[tuple[SubscriberDraft, NewsletterSlug, Preferences]], event: ConsentEvent) -> int:
        """Adds confirmed subscribers in one transaction. Known addresses, left and suppressed ones are left as
        they are: an import never re-activates anyone. Gives how many were added.
        """
        ...

    def get(self, subscriber: SubscriberId) -> Subscriber | None:
        """One subscriber."""
        ...

    def by_email(self, email: str) -> Subscriber | None:
        """Found by address, case-insensitively."""
        ...

    def subscriptions(self, subscriber: SubscriberId) -> tuple[Subscription, ...]:
        """All of one reader, those left included."""
        ...

    def all(self, which: ReaderFilter = ReaderFilter(), after: SubscriberId | None = None,
            limit: int = 1000) -> tuple[tuple[Subscriber, tuple[Subscription, ...]], ...]:  # fmt: skip
        """A page of subscribers by id, those erased left out."""
        ...

    def count(self, which: ReaderFilter = ReaderFilter()) -> int:
        """How many there are."""
        ...

    def set_preferences(self, subscriber: SubscriberId, newsletter: NewsletterSlug, preferences: Preferences,
                        event: ConsentEvent) -> None:  # fmt: skip
        """Replaces what the reader chose."""
        ...

    def leave(self, subscriber: SubscriberId, newsletter: NewsletterSlug, event: ConsentEvent) -> bool:
        """Leaves the newsletter; False when already left. Idempotent."""
        ...

    def describe(self, subscriber: SubscriberId, draft: SubscriberDraft, event: ConsentEvent) -> None:
        """Takes name, country, time zone and language from the draft, and not its address.

        Raises StateError when there is no such reader.
        """
        ...

    def erase(self, subscriber: SubscriberId, event: ConsentEvent) -> bool:
        """Takes out everything that tells who they were, and suppresses the address by its key.

        Log, deliveries and bounces stay, by number and without words. False when there is nobody to erase.
        """
        ...

    def erasure(self, subscriber: SubscriberId, now: datetime) -> Erasure | None:
        """What the journal is to hold of an erasure that is about to happen; None: there is nobody to erase."""
        ...

    def has_erased(self, erasure: Erasure) -> bool:
        """Whether these tables know of it."""
        ...

    def replay(self, erasures: Iterable[Erasure], source: str) -> int:
        """Erases again whoever came back with an older backup, and suppresses their addresses unless they have
        signed up anew since. Gives how many readers were erased.
        """
        ...

    def known_as(self, email: str) -> tuple[SubscriberId, ...]:
        """Everybody who has that address, or had it when they were erased, in whatever spelling."""
        ...

    def ask_change(self, subscriber: SubscriberId, email: str, at: datetime) -> AddressChange:
        """A change of address that waits for both sides, in place of an earlier one."""
        ...

    def address_change(self, subscriber: SubscriberId) -> AddressChange | None:
        """The change that waits, if one does."""
        ...

    def agree_change(self, change: AddressChange, *, at_old: bool, event: ConsentEvent) -> ChangeOutcome:
        """One side confirms; the address changes, and the event is logged, with the second. Twice is as once."""
        ...

    def drop_change(self, subscriber: SubscriberId) -> bool:
        """Forgets a change of address that waits; False when there is none."""
        ...

    def suppress(self, email: str, reason: SuppressionReason, now: datetime,
                 newsletter: NewsletterSlug | None = None) -> None:  # fmt: skip
        """Never mail this address again: globally, or for one newsletter."""
        ...

    def unsuppress(self, who: str, newsletter: NewsletterSlug | None = None) -> bool:
        """Lifts the global suppression, or the newsletter's, of an address or of its key; False: there is none."""
        ...

    def suppressed(self, email: str) -> tuple[SuppressedAddress, ...]:
        """What speaks against mailing that address, in whatever spelling; the global one first."""
        ...

    def suppressions(self, after: SuppressedAddress | None = None,
                     limit: int = 1000) -> tuple[SuppressedAddress, ...]:  # fmt: skip
        """A page, by key and newsletter."""
        ...

    def recipients(self, newsletter: NewsletterSlug, now: datetime, after: SubscriberId | None = None,
                   limit: int = 1000) -> tuple[Recipient, ...]:  # fmt: skip
        """A page, by subscriber id, of the readers who may be mailed now: confirmed, not left, not paused, not
        suppressed.
        """
        ...

    def events(self, subscriber: SubscriberId) -> tuple[ConsentEvent, ...]:
        """The log, oldest first."""
        ...


class ErasureJournal(Protocol):
    """Erasures, kept apart from the tables, so that an older backup of these can be told of them."""

    def append(self, erasure: Erasure) -> None:
        """Durable when it returns."""
        ...

    def last(self) -> Erasure | None:
        """The latest; None: there is none."""
        ...

    def erasures(self) -> Iterator[Erasure]:
        """All, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery taken for sending under a lease, with the reader as they are at this moment."""

    delivery: Delivery
    recipient: Recipient | None
    """None: may no longer be mailed (left, paused, suppressed, erased); see `gone`."""
    gone: str = ""
    lease: int = 0
    """Fencing token: grows with every claim of the delivery, so that what an earlier claim says is told apart."""
    before: DeliveryState = DeliveryState.PENDING
    """What it was before: what it becomes again when it is given back untried."""


class LedgerStore(Protocol):
    """One row per delivery: unique (issue, subscriber)."""

    def freeze(self, chunks: Iterable[Sequence[tuple[SubscriberId, Edition]]], issue: IssueId, now: datetime) -> int:
        """Writes editions and pending deliveries chunk by chunk and locks the issue with the last one, so that
        they become visible together; a second call changes nothing. Gives the number of deliveries.
        """
        ...

    def add(self, issue: IssueId, rows: Sequence[tuple[SubscriberId, Edition]], now: datetime) -> int:
        """Adds single deliveries to an approved issue without locking it (`digest send --to`)."""
        ...

    def claim(self, issue: IssueId, limit: int, lease_until: datetime, now: datetime,
              only: Collection[SubscriberId] = (), resend: bool = True) -> tuple[Claim, ...]:  # fmt: skip
        """Takes up to `limit` deliveries that are due: pending, deferred, and with `resend` uncertain ones too.

        First of all it does what `expire` does: a claim that nobody answered for is never simply taken over.
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

    def editions(self, issue: IssueId, ids: Collection[EditionId] | None = None) -> tuple[Edition, ...]:
        """All editions that deliveries of the issue have, or only these."""
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
