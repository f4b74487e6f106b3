"""Takes one mail to one person (confirmation, sign-in link, alarm); gives it as a Message. Pure.

It is no list mail: it has no List-* headers, and says `Auto-Submitted: auto-generated` (RFC 3834).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.config.publication import SenderSettings
from digest.deliver import headers
from digest.deliver.message import (
    boundary_of,
    envelope_sender,
    multipart_lines,
    needs_smtputf8,
    parts,
    sender_lines,
)
from digest.deliver.message_id import message_id
from digest.model.delivery import SINGLE, DeliveryKey, Message
from digest.model.ids import IssueId, SubscriberId
from digest.model.wire import encode


class MailKind(StrEnum):
    """What single mails are for."""

    CONFIRM = "confirm"
    SIGN_IN = "sign-in"
    CHANGE = "change"
    NOTICE = "notice"
    ERASE = "erase"
    WELCOME = "welcome"
    ALARM = "alarm"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class SingleMail:
    """A mail to one person, before it has headers. `text` and `html` say the same."""

    kind: MailKind
    to: str
    name: str
    subject: str
    text: str
    html: str


def transactional_key(kind: MailKind, subscriber: SubscriberId, now: datetime) -> DeliveryKey:
    """Names a single mail like a delivery: "mail-confirm-20261124t090000", so that no issue can have its name."""
    return DeliveryKey(IssueId(f"{SINGLE}{kind}-{now:%Y%m%dt%H%M%S}"), subscriber)


def compose_transactional(mail: SingleMail, sender: SenderSettings, key: DeliveryKey, secret: str,
                          now: datetime) -> Message:  # fmt: skip
    """The mail with its headers; `secret` keys its Message-ID. Raises HeaderError for an impossible address."""
    to = headers.address(mail.to)
    domain = headers.domain_of(headers.address(sender.address))
    boundary = boundary_of(str(key))
    head = b"".join((
        *sender_lines(sender, now),
        headers.mailbox("To", mail.name, to),
        headers.unstructured("Subject", mail.subject),
        headers.line("Message-ID", message_id(key, domain, secret)),
        headers.line("Auto-Submitted", "auto-generated"),
        *multipart_lines(boundary),
    ))  # fmt: skip
    body = parts(boundary, [encode(mail.text) + b"\r\n"], [encode(mail.html) + b"\r\n"])
    segments = (head, *(segment for segment in body if isinstance(segment, bytes)))
    utf8 = to.smtputf8 or needs_smtputf8(sender)
    return Message(key, envelope_sender(sender), to.text, segments, sum(map(len, segments)), utf8)
