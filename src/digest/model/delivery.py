"""The ledger's nouns: deliveries, what the mail server said, and messages as lists of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digest.model.ids import EditionId, IssueId, SubscriberId


class DeliveryState(StrEnum):
    """Where one issue to one subscriber stands."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """The mail may have been sent, and no reply was recorded."""
    SKIPPED = "skipped"


SINGLE = "mail-"
"""How the names of mails to one person begin, where an issue's id would stand."""
FINAL_STATES = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED})


class OutcomeKind(StrEnum):
    """What one attempt came to."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    BLOCKED = "blocked"
    """The sender's trouble (5.7.x of policy, 421 4.7.x): nothing against the reader."""
    WITHHELD = "withheld"
    """Not handed to the mail server, by a rule of our own: until `retry_at`, or for good when there is none."""


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """A delivery is named by what it is: one issue to one subscriber."""

    issue: IssueId
    subscriber: SubscriberId

    def __str__(self) -> str:
        return f"{self.issue}/{self.subscriber}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mail server said, for one message."""

    key: DeliveryKey
    kind: OutcomeKind
    reply: str = ""
    """The server's reply or our description of what broke, one line."""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One issue to one subscriber, as the ledger holds it."""

    key: DeliveryKey
    edition: EditionId
    state: DeliveryState
    attempts: int = 0
    reply: str = ""
    reason: str = ""
    """Why it was skipped."""
    next_at: datetime | None = None
    at: datetime | None = None
    """When the state was last written."""
    tried_at: datetime | None = None
    """When it was first tried."""
    doubt_at: datetime | None = None
    """When it first became uncertain; kept whatever becomes of it, because a resend may be a second copy."""


@dataclass(frozen=True, slots=True)
class SentMail:
    """What a reader sees of an issue that they were sent."""

    issue: IssueId
    slot: date
    subject: str


@dataclass(frozen=True, slots=True)
class Wave:
    """The readers of an issue who are sent at the same instant, as they were frozen."""

    due_at: datetime
    frozen_at: datetime
    readers: int
    nothing: int
    """Readers for whom there was nothing new."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a claimed delivery becomes, under the lease that it was claimed with."""

    key: DeliveryKey
    lease: int
    state: DeliveryState
    next_at: datetime | None = None
    """When it may be claimed again; None: never."""
    reply: str = ""
    reason: str = ""
    tried: bool = False
    """It counts as an attempt."""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail ready for the wire: the envelope, and byte segments that are never joined before the socket."""

    key: DeliveryKey
    sender: str
    """Envelope sender (RFC 5321, MAIL FROM)."""
    recipient: str
    segments: tuple[bytes, ...]
    """CRLF lines, dot-stuffed already, without the final dot."""
    size: int
    smtputf8: bool = False
