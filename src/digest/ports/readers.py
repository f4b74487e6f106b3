"""ReaderStore and LedgerStore: whom we write to, and what became of each mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.model.delivery import Delivery, DeliveryState, Outcome
from digest.model.edition import Edition
from digest.model.ids import EditionId, IssueId, NewsletterSlug, SubscriberId
from digest.model.people import (
    ConsentEvent,
    Preferences,
    Recipient,
    Subscriber,
    SubscriberDraft,
    Subscription,
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
        """Confirms subscriber and subscription; False when already confirmed (nothing changes)."""
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

    def suppress(self, email: str, reason: SuppressionReason, now: datetime,
                 newsletter: NewsletterSlug | None = None) -> None:  # fmt: skip
        """Never mail this address again: globally, or for one newsletter."""
        ...

    def suppressions(self) -> tuple[tuple[str, SuppressionReason, datetime], ...]:
        """Address, reason, when."""
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


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery taken for sending under a lease, with the reader as they are at this moment."""

    delivery: Delivery
    recipient: Recipient | None
    """None: may no longer be mailed (left, paused, suppressed, erased); see `gone`."""
    gone: str = ""


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
              only: Collection[SubscriberId] = ()) -> tuple[Claim, ...]:  # fmt: skip
        """Takes up to `limit` pending, due deferred, or lease-expired deliveries."""
        ...

    def record(self, outcomes: Iterable[Outcome], now: datetime) -> None:
        """Writes what came of claimed deliveries, in one transaction."""
        ...

    def skip(self, keys: Iterable[tuple[SubscriberId, str]], issue: IssueId, now: datetime) -> None:
        """Marks claimed deliveries as skipped, each with its reason."""
        ...

    def edition(self, issue: IssueId, edition: EditionId) -> Edition | None:
        """One edition."""
        ...

    def editions(self, issue: IssueId) -> tuple[Edition, ...]:
        """All editions of the issue."""
        ...

    def counts(self, issue: IssueId) -> dict[DeliveryState, int]:
        """Deliveries by state; states without any are left out."""
        ...

    def deliveries(self, issue: IssueId, state: DeliveryState | None = None, after: SubscriberId | None = None,
                   limit: int = 1000) -> tuple[Delivery, ...]:  # fmt: skip
        """A page by subscriber id."""
        ...
