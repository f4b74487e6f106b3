"""Takes a compiled issue, an edition and a reader; gives a message as byte segments that nobody joins. Pure.

What all mails of an issue share is a Letterhead, what all of an edition share is a MessagePlan; what is left for
each reader is four header lines and the few slots that hold their own links. Does not sign and does not send.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from digest.config.machine import SiteSettings
from digest.config.publication import NewsletterSettings, SenderSettings
from digest.deliver import headers
from digest.deliver.message_id import message_id, return_path
from digest.model.delivery import DeliveryKey, Message
from digest.model.edition import CompiledIssue, Edition, Escape, Segment, Slot
from digest.model.people import Recipient
from digest.model.wire import encode, escaped

_PART = b"\r\n--%b\r\nContent-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
_END = b"\r\n--%b--\r\n"


@dataclass(frozen=True, slots=True)
class ListLinks:
    """Where the headers of RFC 2369 point to; an empty one is left out."""

    archive: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every mail of one issue has in common."""

    compiled: CompiledIssue
    sender: str
    """Envelope sender: bounces go there."""
    domain: str
    """Of the visible sender; Message-IDs are under it."""
    secret: str
    head: bytes
    boundary: bytes
    whole: Mapping[str, tuple[bytes | None, bytes | None]]
    """Text and HTML of each fragment, by key, as one; None where slots stand between."""
    verp: bool = False
    """Each mail has an envelope sender of its own, which names its delivery."""


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """What every mail of one edition has in common; only personal slots are left open."""

    letterhead: Letterhead
    head: bytes
    body: tuple[bytes, ...]
    """The fragments' own bytes, never joined; b"" where a slot is open."""
    open: tuple[tuple[int, Slot], ...]
    """The open slots and their places in `body`."""
    size: int
    """Bytes of head and body without the open slots."""


def letterhead(
    newsletter: NewsletterSettings,
    site: SiteSettings,
    compiled: CompiledIssue,
    approval_hash: str,
    secret: str,
    now: datetime,
    links: ListLinks = ListLinks(),
) -> Letterhead:
    """The head of an issue's mails, dated `now`; `secret` keys the Message-IDs. Raises HeaderError."""
    visible = headers.address(newsletter.sender.address)
    domain = headers.domain_of(visible)
    boundary = boundary_of(f"{compiled.issue}/{compiled.revision}")
    head = b"".join((
        *sender_lines(newsletter.sender, now),
        headers.phrase("List-Id", newsletter.name, f"<{newsletter.slug}.{domain}>"),
        headers.link("List-Owner", f"mailto:{headers.address(newsletter.sender.reply_to or visible.text).text}"),
        headers.link("List-Archive", links.archive) if links.archive else b"",
        headers.link("List-Help", links.help) if links.help else b"",
        headers.line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        headers.line("Precedence", "bulk"),
        headers.line("Feedback-ID", f"{compiled.issue}:{newsletter.slug}:digest:{_sender_id(domain)}"),
        headers.unstructured("Organization", site.name),
        _issue_line(compiled, approval_hash),
        *multipart_lines(boundary),
    ))  # fmt: skip
    bounces = envelope_sender(newsletter.sender)
    whole = {key: (_whole(of.text), _whole(of.html)) for key, of in compiled.fragments.items()}
    return Letterhead(compiled, bounces, domain, secret, head, boundary, whole, newsletter.sender.verp)


def plan(head: Letterhead, edition: Edition) -> MessagePlan:
    """The mail of one edition: its subject, and its fragments with all but the personal slots filled.

    Raises KeyError when the edition names a fragment that was not compiled.
    """
    fragments = [(head.compiled.fragments[key], *head.whole[key]) for key in edition.keys]
    filled = _Filled({"subject": edition.subject} | dict(edition.values), [_PART % (head.boundary, b"plain")])
    for fragment, text, _ in fragments:
        if text is None:
            filled.add(fragment.text)
        elif text:
            filled.body.append(text)
    filled.body.append(_PART % (head.boundary, b"html"))
    for fragment, _, html in fragments:
        if html is None:
            filled.add(fragment.html)
        elif html:
            filled.body.append(html)
    filled.body.append(_END % head.boundary)
    own = head.head + headers.unstructured("Subject", edition.subject)
    size = len(own) + sum(map(len, filled.body))
    return MessagePlan(head, own, tuple(filled.body), tuple(filled.places), size)


def compose(plan: MessagePlan, recipient: Recipient, personal: Mapping[str, str], key: DeliveryKey) -> Message:
    """One reader's mail. `personal`: the values of the open slots, "unsubscribe_url" (one-click) among them.

    The slots "name" and "email" are the reader's own unless `personal` says otherwise. Raises HeaderError for an
    address that cannot be mailed and KeyError for a slot without a value.
    """
    head = plan.letterhead
    to = headers.address(recipient.subscriber.email)
    values = {"name": recipient.subscriber.name, "email": recipient.subscriber.email, **personal}
    identifier = message_id(key, head.domain, head.secret)
    own = (
        headers.mailbox("To", recipient.subscriber.name, to)
        + headers.line("Message-ID", identifier)
        + headers.link("List-Unsubscribe", values["unsubscribe_url"])
    )
    body, written = list(plan.body), dict[Slot, bytes]()
    size = plan.size + len(own)
    for at, slot in plan.open:
        if slot not in written:
            written[slot] = encode(escaped(values[slot.name], slot.escape))
        body[at] = written[slot]
        size += len(body[at])
    segments = (plan.head, own, *body)
    sender = return_path(head.sender, identifier) if head.verp else head.sender
    return Message(key, sender, to.text, segments, size, to.smtputf8)


def sender_lines(sender: SenderSettings, now: datetime) -> tuple[bytes, ...]:
    """Date, From and, where answers go elsewhere, Reply-To."""
    visible = headers.address(sender.address)
    answers = headers.address(sender.reply_to) if sender.reply_to else None
    return (
        headers.line("Date", format_datetime(now)),
        headers.mailbox("From", sender.name, visible),
        headers.line("Reply-To", answers.text) if answers else b"",
    )


def envelope_sender(sender: SenderSettings) -> str:
    """Where bounces go (RFC 5321, MAIL FROM)."""
    return headers.address(sender.bounces or sender.address).text


def multipart_lines(boundary: bytes) -> tuple[bytes, ...]:
    """MIME-Version and Content-Type of a text and an HTML part."""
    kind = f'multipart/alternative;\r\n boundary="{boundary.decode()}"'
    return (b"MIME-Version: 1.0\r\n", f"Content-Type: {kind}\r\n".encode())


def boundary_of(name: str) -> bytes:
    """A boundary that follows from `name`; quoted-printable text cannot hold `=_` (RFC 2045, section 6.7)."""
    return b"=_" + hashlib.sha256(name.encode()).hexdigest()[:24].encode()


def parts(boundary: bytes, text: Iterable[Segment], html: Iterable[Segment]) -> tuple[Segment, ...]:
    """The empty line after the headers, and both parts between their boundaries."""
    return (_PART % (boundary, b"plain"), *text, _PART % (boundary, b"html"), *html, _END % boundary)


def _issue_line(compiled: CompiledIssue, approval_hash: str) -> bytes:
    approved = f";\r\n hash={headers.safe_header(approval_hash, 'Digest-Issue')}" if approval_hash else ""
    return f"Digest-Issue: {compiled.issue}; revision={compiled.revision}{approved}\r\n".encode("ascii")


def _sender_id(domain: str) -> str:
    """The last field of Feedback-ID: 5 to 15 characters that stay the same for this sender."""
    return "".join(filter(str.isalnum, domain))[:15].ljust(5, "0")


class _Filled:
    """Segments with the edition's values in their slots; the other slots stay open, and their places are kept."""

    def __init__(self, values: Mapping[str, str], body: list[bytes]) -> None:
        self._values = values
        self.body = body
        self.places: list[tuple[int, Slot]] = []

    def add(self, segments: Iterable[Segment]) -> None:
        """The segments of a fragment that has slots."""
        for segment in segments:
            if isinstance(segment, bytes):
                self.body.append(segment)
            elif segment.name in self._values:
                self.body.append(_written(self._values[segment.name], segment.escape))
            else:
                self.places.append((len(self.body), segment))
                self.body.append(b"")


def _whole(segments: Sequence[Segment]) -> bytes | None:
    """The segments as one, or None when there is a slot among them."""
    fixed = [segment for segment in segments if isinstance(segment, bytes)]
    return b"".join(fixed) if len(fixed) == len(segments) else None


@lru_cache(maxsize=1024)
def _written(value: str, place: Escape) -> bytes:
    """The bytes of a slot's value; the editions of an issue share most of theirs."""
    return encode(escaped(value, place))
