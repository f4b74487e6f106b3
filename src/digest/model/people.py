"""Readers: subscribers, their subscriptions, suppressions and the log of their consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digest.model.delivery import SentMail
from digest.model.ids import CategorySlug, NewsletterSlug, SubscriberId
from digest.model.issue import Cadence


class SubscriberState(StrEnum):
    """Where a subscriber stands; only confirmed ones are mailed."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class SubscriberDraft:
    """A subscriber before it has an id: what a form, a CSV row or a persona says."""

    email: str
    """Normalised address; the domain as an A-label or Unicode, never with control characters."""
    name: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2, or empty."""
    timezone: str = "UTC"
    """IANA name."""
    language: str = "en"
    """BCP 47 tag."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person we write to."""

    id: SubscriberId
    email: str
    name: str = ""
    country: str = ""
    timezone: str = "UTC"
    language: str = "en"
    state: SubscriberState = SubscriberState.UNCONFIRMED
    created_at: datetime | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a reader chose for one newsletter."""

    categories: frozenset[CategorySlug]
    cadence: Cadence = Cadence.WEEKLY
    """Of every category that has none of its own."""
    day: int | None = None
    """ISO weekday 1 (Monday) to 7; None: the newsletter's."""
    hour: int | None = None
    """Local hour 0 to 23; None: the newsletter's."""
    paused_until: date | None = None
    cadences: tuple[tuple[CategorySlug, Cadence], ...] = ()
    """Categories with a cadence of their own ("Security daily, the rest weekly"), sorted by category."""
    more: frozenset[CategorySlug] = frozenset()
    """Categories of which the reader asked for more: the lead comes from them first, a full mail drops them last."""

    def cadence_of(self, category: CategorySlug) -> Cadence:
        """How often this category comes to the reader."""
        return dict(self.cadences).get(category, self.cadence)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Subscriber x newsletter."""

    subscriber: SubscriberId
    newsletter: NewsletterSlug
    preferences: Preferences
    since: datetime
    left_at: datetime | None = None
    confirmed_at: datetime | None = None
    """None: wished for, but not confirmed; not mailed."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A reader as an issue meets them: who, and what they chose for this newsletter."""

    subscriber: Subscriber
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class ImportCount:
    """What became of the rows of an import; those in neither number were known."""

    people: int
    """New subscribers."""
    added: int
    """New subscriptions."""
    suppressed: int
    """Rows whose address is never to be mailed again."""


class SuppressionReason(StrEnum):
    """Why an address is never to be mailed again."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    ERASED = "erased"
    OPERATOR = "operator"
    MOVED = "moved"
    """Its reader has another address now."""

    @property
    def ends_by_signing_up(self) -> bool:
        """Whoever signs up with the address and confirms it may be mailed again."""
        return self in {SuppressionReason.ERASED, SuppressionReason.MOVED}


@dataclass(frozen=True, slots=True)
class SuppressedAddress:
    """An address that is never to be mailed again, known by its key only."""

    key: str
    """A keyed hash of the address; equal for all its spellings."""
    reason: SuppressionReason
    at: datetime
    newsletter: NewsletterSlug | None = None
    """None: nothing at all is mailed."""
    email: str = ""
    """The address, as long as a reader has it."""


class ConsentKind(StrEnum):
    """Events of a reader's consent; the log is append-only."""

    SIGNED_UP = "signed-up"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    PREFERENCES = "preferences"
    PERSON = "person"
    """Name, country, time zone or language."""
    ADDRESS = "address"
    """Another address, confirmed at both."""
    LEFT = "left"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change comes from."""

    source: str
    """For example "web", "one-click", "import subscribers/example.csv"; never an address."""
    network: str = ""
    """The network address it came from; kept only if the settings say so."""


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One entry of the log: what happened, when, from where, under which wording, and what changed."""

    kind: ConsentKind
    at: datetime
    source: str
    """For example "web", "one-click", "import subscribers/example.csv"."""
    newsletter: NewsletterSlug | None = None
    wording: str = ""
    """Version of the consent text shown."""
    changes: str = ""
    """What is otherwise than before: "cadence: weekly -> monthly; categories: -security"."""
    network: str = ""
    """Network address, if the settings say that it is kept."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """That somebody was erased, without who: what a backup that is older must be told again."""

    subscriber: SubscriberId
    key: str
    """Keyed hash of the address."""
    since: datetime
    """When the reader was first kept: in another database the number may be somebody else's."""
    at: datetime


@dataclass(frozen=True, slots=True)
class AddressChange:
    """A change of address that waits until it is confirmed at the old address and at the new one."""

    id: int
    """Never given twice: a link about an earlier change is worth nothing for a later one."""
    subscriber: SubscriberId
    email: str
    """The new one."""
    asked_at: datetime
    old_at: datetime | None = None
    """When it was confirmed at the old address."""
    new_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """All that a signed link opens: the reader and their subscription to one newsletter."""

    subscriber: Subscriber
    subscription: Subscription
    change: AddressChange | None = None
    """A move to another address that waits."""
    sent: tuple[SentMail, ...] = ()
    """The latest issues that they were sent, newest first, as far as they were asked for."""


class ChangeOutcome(StrEnum):
    """What became of a change of address when one side confirmed it."""

    WAITING = "waiting"
    """For the other side."""
    CHANGED = "changed"
    TAKEN = "taken"
    """Somebody else has the new address by now; the change is dropped."""
    GONE = "gone"
    """It was refused, replaced by another, or is done already."""
