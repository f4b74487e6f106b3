"""From what came back to what follows: a mailbox that is gone is suppressed, else failures count, a complaint leaves,
policy is told.

Whose it is, is decided by names that we keyed, never by an address that a bounce quotes: see digest.feedback.whose.
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.deliver import message_id
from digest.errors import OutsideError
from digest.feedback.classify import classify
from digest.feedback.status import code_in, is_gone, kind_of
from digest.feedback.whose import whose
from digest.model.delivery import DeliveryKey, DeliveryState
from digest.model.feedback import Feedback, FeedbackEvent, FeedbackKind, Suppression
from digest.model.ids import NewsletterSlug
from digest.model.issue import IssueState
from digest.model.people import Subscriber, SubscriberState, SuppressionReason
from digest.pipeline.addressing import is_question, mailed_to, to_present_address
from digest.pipeline.press import Press
from digest.subscribe.addresses import without_addresses

log = logging.getLogger(__name__)
REFUSED = "mails came back as a matter of policy"
"""Stands in the note of an issue that was paused for it."""

LEAST_SHARE = 0.01
"""Of what was sent of an issue: what came back as a matter of policy from fewer does not pause it."""


class Consequence(StrEnum):
    """What became of something that came back."""

    SUPPRESSED = "suppressed"
    COUNTED = "counted"
    """Soft, or hard for another reason than that the mailbox is gone; and below the limit."""
    TOLD = "told"
    """The operator was told; nothing against the reader."""
    PAUSED = "paused"
    """The operator was told, and the issue is paused: it came back from too many."""
    IGNORED = "ignored"
    """It says nothing that we act on, or speaks of an address that the reader has no more."""
    KNOWN = "known"
    """It was heard before."""
    STRANGE = "strange"
    """It names no delivery of ours."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A mail that came back, and what followed."""

    feedback: Feedback
    consequence: Consequence
    delivery: DeliveryKey | None = None


_IDLE = frozenset({FeedbackKind.NONE, FeedbackKind.AUTO_REPLY})
_FAILURES = frozenset({FeedbackKind.HARD, FeedbackKind.SOFT})
_REPLY = re.compile(r"5\d\d\b")
_MOST_EVENTS = 1000
"""Of one reader, the newest."""


def hear(press: Press, raw: bytes, now: datetime) -> Heard:
    """Reads the bytes of a mail and acts on it. Twice is as good as once."""
    feedback = classify(raw)
    key = whose(feedback, lambda name: message_id.whose(name, press.secrets))
    if feedback.kind in _IDLE:
        return Heard(feedback, Consequence.IGNORED, key)
    reader = press.store.readers.get(key.subscriber) if key else None
    if not key or not reader or reader.state is SubscriberState.ERASED:
        return Heard(feedback, Consequence.STRANGE)
    return Heard(feedback, _consequence(press, feedback, key, reader, now), key)


def hear_refusal(press: Press, key: DeliveryKey, reply: str, now: datetime) -> Consequence:
    """What a mail server says when it refuses a reader's mail leads to what the same words in a bounce would.

    A refusal of our own, which has no SMTP reply, leads to nothing.
    """
    status = code_in(reply) or "5.0.0"
    kind = kind_of(status)
    reader = press.store.readers.get(key.subscriber)
    if not _REPLY.match(reply) or kind not in _FAILURES or not reader or reader.state is SubscriberState.ERASED:
        return Consequence.IGNORED
    gone = kind is FeedbackKind.HARD and is_gone(status, reply)
    return _consequence(press, Feedback(kind, (), status, reply, is_gone=gone), key, reader, now)


def hear_or_pass(press: Press, raw: bytes, now: datetime) -> Heard | None:
    """The same; None, with a trace in the log, for a mail that cannot be heard for a reason that nobody foresaw.

    So those behind it are heard. Raises OutsideError where something outside failed: then it is to be heard later.
    """
    try:
        return hear(press, raw, now)
    except OutsideError:
        raise
    except Exception:
        mark = hashlib.sha256(raw).hexdigest()[:12]
        log.exception("a mail that came back cannot be heard and is passed over: %d bytes, SHA-256 %s", len(raw), mark)
        return None


def _consequence(press: Press, feedback: Feedback, key: DeliveryKey, reader: Subscriber, now: datetime) -> Consequence:
    address = mailed_to(press, key, reader)
    suppression = _suppression(press, feedback, key, reader, address, now)
    event = FeedbackEvent(key.issue, key.subscriber, feedback.kind, feedback.status, feedback.diagnostic, now)
    if not press.store.feedback.record(event, suppression):
        return Consequence.KNOWN
    if feedback.kind is FeedbackKind.POLICY:
        return _told(press, feedback, key, now)
    if suppression:
        return Consequence.SUPPRESSED
    return Consequence.COUNTED if address == reader.email else Consequence.IGNORED


def _told(press: Press, feedback: Feedback, key: DeliveryKey, now: datetime) -> Consequence:
    """The operator hears of it; where it came too often, the issue stops until they resume it."""
    log.error("%s was refused as a matter of policy: %s %s", key, feedback.status, feedback.diagnostic)
    issue = press.store.issues.get(key.issue)
    if issue is None or issue.state is not IssueState.SENDING:
        return Consequence.TOLD
    count = press.store.feedback.count_about(key.issue, FeedbackKind.POLICY)
    sent = press.store.ledger.counts(key.issue).get(DeliveryState.SENT, 0)
    if count < max(press.settings.feedback.policy_limit, sent * LEAST_SHARE):  # a few readers may forge those of theirs
        return Consequence.TOLD
    note = f"{count} {REFUSED}, the last: {without_addresses(feedback.diagnostic) or feedback.status}"
    press.store.issues.advance(key.issue, IssueState.PAUSED, now, note)
    log.error("%s is paused: %s; see: digest issue resume %s", key.issue, note, key.issue)
    return Consequence.PAUSED


def _suppression(
    press: Press, feedback: Feedback, key: DeliveryKey, reader: Subscriber, address: str, now: datetime
) -> Suppression | None:
    """`address`: where the mail went, as far as it is known. A complaint is the reader's, wherever it went."""
    match feedback.kind:
        case FeedbackKind.HARD if feedback.is_gone and address:
            return Suppression(address, SuppressionReason.BOUNCE)
        case FeedbackKind.HARD | FeedbackKind.SOFT if address == reader.email and _too_often(press, key, reader, now):
            return Suppression(address, SuppressionReason.BOUNCE)
        case FeedbackKind.COMPLAINT if whom := address if is_question(key.issue) else reader.email:
            return Suppression(whom, SuppressionReason.COMPLAINT, _complained_of(press, key))
    return None


def _complained_of(press: Press, key: DeliveryKey) -> NewsletterSlug | None:
    """The newsletter; None (all of them) where the settings say so, and for a mail that is of none."""
    issue = press.store.issues.get(key.issue)
    return None if issue is None or press.settings.feedback.complaint_leaves_all else issue.newsletter


def _too_often(press: Press, key: DeliveryKey, reader: Subscriber, now: datetime) -> bool:
    """Whether this delivery reaches the limit, with the others of that time that failed, however often each did."""
    rules = press.settings.feedback
    since = now - timedelta(days=rules.soft_days)
    events = press.store.feedback.events(reader.id, _MOST_EVENTS)
    failed = {event.issue for event in events if event.kind in _FAILURES and event.at >= since} - {key.issue}
    return 1 + len(to_present_address(press, reader, failed)) >= rules.soft_limit
