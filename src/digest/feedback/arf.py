"""Takes a complaint in the Abuse Reporting Format (RFC 5965); gives what it complains of and about whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from digest.feedback.parts import one_line, own_parts, text_of

_TYPE = "message/feedback-report"
_FIELDS = ("Original-Rcpt-To", "Removal-Recipient")
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "opt-out", "other", ""})
"""RFC 5965, section 7.3. "not-spam" takes a complaint back, "auth-failure" (RFC 6591) reports forgeries too."""


@dataclass(frozen=True, slots=True)
class Report:
    """A feedback report."""

    kind: str
    """Feedback-Type, in lower case."""
    addresses: tuple[str, ...]
    """Empty where the provider hides them."""

    @property
    def is_complaint(self) -> bool:
        """Whether a reader does not want our mail."""
        return self.kind in _COMPLAINTS


def read_arf(mail: Message) -> Report | None:
    """The report; None when the mail is none."""
    part = next((part for part in own_parts(mail) if part.get_content_type() == _TYPE), None)
    if part is None:
        return None
    fields = _fields(part)
    values = [one_line(str(value)).strip("<> ") for name in _FIELDS for value in fields.get_all(name, [])]
    addresses = tuple(dict.fromkeys(value for value in values if "@" in value))
    return Report(one_line(str(fields.get("Feedback-Type", ""))).lower(), addresses)


def _fields(part: Message) -> Message:
    """The parser takes the report for a mail, whose headers are the fields."""
    inner = part.get_payload(0) if part.is_multipart() else None
    return inner if isinstance(inner, Message) else HeaderParser().parsestr(text_of(part).lstrip())
