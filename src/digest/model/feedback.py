"""What comes back from the world about a mail: bounces, complaints, answers of machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.ids import IssueId, NewsletterSlug, SubscriberId
from digest.model.people import SuppressionReason


class FeedbackKind(StrEnum):
    """What a mail that came back says."""

    HARD = "hard"
    """For good: the mailbox is not there, or the mail cannot come to it."""
    SOFT = "soft"
    """Not now: a full mailbox, a server out of reach."""
    COMPLAINT = "complaint"
    """The reader called it spam."""
    POLICY = "policy"
    """The sender's trouble (5.7.x): refused for what it is or whence it came; nothing against the reader."""
    AUTO_REPLY = "auto-reply"
    """A machine answered; the mail arrived."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a mail that came back says, as it says it: nothing of it is trusted but keyed Message-IDs."""

    kind: FeedbackKind
    addresses: tuple[str, ...] = ()
    """Whom it speaks of; never used to decide whose it is."""
    status: str = ""
    """Enhanced status code (RFC 3463), for example "5.1.1"."""
    diagnostic: str = ""
    """What the server said, one line."""
    named: tuple[str, ...] = ()
    """Message-IDs and envelope senders that may name the delivery, the surest first."""
    is_gone: bool = False
    """The mailbox or its domain is said not to exist: one such bounce is enough. Else a hard one may be of the way."""


@dataclass(frozen=True, slots=True)
class FeedbackEvent:
    """What came back about one delivery; of each kind the first is kept."""

    issue: IssueId
    subscriber: SubscriberId
    kind: FeedbackKind
    status: str
    diagnostic: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address never to be mailed again, by one newsletter or by all."""

    email: str
    reason: SuppressionReason
    newsletter: NewsletterSlug | None = None
    """None: all."""
