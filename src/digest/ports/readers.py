"""ReaderStore and ErasureJournal: whom we write to, what they chose, and who is gone for good."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.model.ids import IssueId, NewsletterSlug, SubscriberId
from digest.model.people import (
    AddressChange,
    ChangeOutcome,
    ConsentEvent,
    Erasure,
    ImportCount,
    Membership,
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


@dataclass(frozen=True, slots=True)
class Place:
    """Readers who are sent at the same instant."""

    timezone: str
    """IANA name."""
    hour: int | None
    """Of their own; None: the newsletter's."""
    readers: int = 0


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

    def import_(self, rows: Iterable[tuple[SubscriberDraft, NewsletterSlug, Preferences]], event: ConsentEvent, *,
                dry_run: bool = False) -> ImportCount:  # fmt: skip
        """Adds confirmed subscribers in one transaction, and takes it back in a dry run. Known addresses, left and
        suppressed ones are left as they are: an import never re-activates anyone.
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

    def membership(self, subscriber: SubscriberId, newsletter: NewsletterSlug,
                   mails: int = 0) -> Membership | None:  # fmt: skip
        """A reader's subscription to one newsletter, left or not yet confirmed as it may be; None: there is none.

        `mails`: with so many of the latest issues that they were sent.
        """
        ...

    def all(self, which: ReaderFilter = ReaderFilter(), after: SubscriberId | None = None,
            limit: int = 1000) -> tuple[tuple[Subscriber, tuple[Subscription, ...]], ...]:  # fmt: skip
        """A page of subscribers by id, those erased left out."""
        ...

    def each_subscription(self, newsletter: NewsletterSlug | None = None,
                          after: tuple[SubscriberId, NewsletterSlug] | None = None,
                          limit: int = 1000) -> tuple[Subscription, ...]:  # fmt: skip
        """A page of subscriptions, by subscriber and newsletter, of one newsletter or of all; those left included."""
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

    def places(self, newsletter: NewsletterSlug, now: datetime) -> tuple[Place, ...]:
        """The time zones and hours of its readers, with how many there are of each.

        Of a large list they may be those of a while ago: two minutes, with 1,000,000 readers.
        """
        ...

    def wishes(
        self, newsletter: NewsletterSlug, now: datetime, without: IssueId | None = None,
        places: Collection[Place] | None = None,
    ) -> Iterator[Sequence[tuple[SubscriberId, Preferences]]]:  # fmt: skip
        """The same readers with what they chose, page by page and fast; equal choices are one object.

        `without`: not those who have a delivery of that issue. `places`: only those there.
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
