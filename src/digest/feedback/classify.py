"""Takes the bytes of a mail that came back; gives what it says as Feedback. Pure, and never raises for what is in it.

In order: a complaint (ARF), a delivery status notification, the wording of a bounce that follows no standard, the
answer of a machine (a read receipt too). What decides whose it is, is only collected here: see `whose`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from digest.feedback.arf import read_arf
from digest.feedback.dsn import RecipientStatus, read_dsn
from digest.feedback.foreign import read_wording
from digest.feedback.parts import named_by, subject_of
from digest.feedback.status import is_gone
from digest.model.feedback import Feedback, FeedbackKind

_MOST_BYTES = 1_000_000
_WORST_FIRST = (FeedbackKind.HARD, FeedbackKind.POLICY, FeedbackKind.SOFT)
_MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
_PRECEDENCES = frozenset({"auto_reply", "auto-reply"})
_AWAY = re.compile(
    r"(?i)^\s*(?:auto(?:matic|mated)?[ :-]*(?:reply|response)|out of (?:the )?office|abwesen|automatische antwort"
    r"|r[ée]ponse automatique|respuesta autom[áa]tica|risposta automatica)"
)


def classify(raw: bytes) -> Feedback:
    """What the mail says. At most its first megabyte is read."""
    try:
        mail = message_from_bytes(raw[:_MOST_BYTES], policy=compat32)
        return _read(mail)
    except RecursionError:  # parts within parts without end
        return Feedback(FeedbackKind.NONE, diagnostic="is nested too deeply to be read")
    except Exception as error:  # the email package raises anything, for parameters as RFC 2231 numbers them for one
        return Feedback(FeedbackKind.NONE, diagnostic=f"cannot be read: {type(error).__name__}")


def _read(mail: Message) -> Feedback:
    named = named_by(mail)
    if report := read_arf(mail):
        kind = FeedbackKind.COMPLAINT if report.is_complaint else FeedbackKind.NONE
        return Feedback(kind, report.addresses, diagnostic=report.kind, named=named)
    if statuses := read_dsn(mail):
        return _together(statuses, named)
    if wording := read_wording(mail):
        return Feedback(wording.kind, wording.addresses, wording.status, subject_of(mail), named, wording.is_gone)
    kind = FeedbackKind.AUTO_REPLY if _is_receipt(mail) or _is_answer(mail) else FeedbackKind.NONE
    return Feedback(kind, diagnostic=subject_of(mail), named=named)


def _together(statuses: Sequence[RecipientStatus], named: tuple[str, ...]) -> Feedback:
    """A mail of ours has one recipient; of several the worst speaks."""
    worst = min(statuses, key=lambda status: _WORST_FIRST.index(status.kind))
    addresses = tuple(dict.fromkeys(status.address for status in statuses if status.address))
    gone = worst.kind is FeedbackKind.HARD and is_gone(worst.status, worst.diagnostic)
    return Feedback(worst.kind, addresses, worst.status, worst.diagnostic, named, gone)


def _is_receipt(mail: Message) -> bool:
    """RFC 8098."""
    return mail.get_content_type() == "multipart/report" and mail.get_param("report-type") == "disposition-notification"


def _is_answer(mail: Message) -> bool:
    """RFC 3834, and what machines did before it."""
    submitted = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    marked = any(name in mail for name in _MARKS) or precedence in _PRECEDENCES
    return submitted.startswith("auto-") or marked or bool(_AWAY.match(subject_of(mail)))
