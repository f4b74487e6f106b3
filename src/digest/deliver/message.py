"""Takes a compiled issue, an edition and a reader; gives a message as byte segments that nobody joins. Pure.

What all mails of an issue share is a Letterhead, what all of an edition share is a MessagePlan; what is left for
each reader is four header lines and the few slots that hold their own links. Does not sign and does not send.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from digest.config.machine import SiteSettings
from digest.config.publication import NewsletterSettings, SenderSettings
from digest.deliver import headers
from digest.deliver.message_id import message_id, return_path
from digest.model.delivery import DeliveryKey, Message
from digest.model.edition import CompiledIssue, Edition, Escape, Segment, Slot
from digest.model.people import Recipient
from digest.model.wire import COLUMNS, encode, encode_unescaped, escaped

_PART = b"\r\n--%b\r\nContent-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
_END = b"\r\n--%b--\r\n"
TEST = "[Test]"
"""How the subject of a test begins."""


@dataclass(frozen=True, slots=True, eq=False)  # told apart as objects: what it holds is long to compare
class Slotted:
    """A fragment's text or HTML that has slots; equal slots are one object."""

    pieces: tuple[bytes, ...]
    """Its own bytes; b"" for a slot."""
    slots: tuple[tuple[int, Slot], ...]
    """Each with its place in `pieces`."""
    only: str
    """What the slots are called if they all have one name, else ""."""


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
    opening: tuple[bytes, bytes, bytes]
    """What stands before the text part, between the parts, and after the HTML part."""
    text: Mapping[str, bytes | Slotted]
    """The text of each fragment, by key."""
    html: Mapping[str, bytes | Slotted]
    """Its HTML."""
    verp: bool = False
    """Each mail has an envelope sender of its own, which names its delivery."""
    is_test: bool = False
    """The subject says so, and nobody can leave by it."""
    smtputf8: bool = False
    """An address of the sender needs it, whoever the reader is."""


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """What every mail of one edition has in common; only personal slots are left open."""

    letterhead: Letterhead
    head: bytes
    body: tuple[bytes, ...]
    """The fragments' own bytes, never joined; b"" for an open slot."""
    open: tuple[tuple[Slot, tuple[int, ...]], ...]
    """The open slots, each with its places in `body`."""
    size: int
    """Bytes of head and body without the open slots."""


def letterhead(
    newsletter: NewsletterSettings,
    site: SiteSettings,
    compiled: CompiledIssue,
    approval_hash: str,
    secret: str,
    now: datetime,
    archive: str = "",
    *,
    is_test: bool = False,
) -> Letterhead:
    """The head of an issue's mails, dated `now`; `secret` keys the Message-IDs. Raises HeaderError.

    `is_test`: without what mail programs act on, List-Unsubscribe and Feedback-ID, and marked in the subject.
    """
    visible = headers.address(newsletter.sender.address)
    domain = headers.domain_of(visible)
    boundary = boundary_of(f"{compiled.issue}/{compiled.revision}")
    head = b"".join((
        *sender_lines(newsletter.sender, now),
        headers.phrase("List-Id", newsletter.name, f"<{newsletter.slug}.{domain}>"),
        headers.link("List-Owner", _mailto(headers.address(newsletter.sender.reply_to or visible.text).text)),
        headers.link("List-Archive", archive) if archive else b"",
        *(() if is_test else _acted_on(compiled, newsletter, domain)),
        headers.line("Precedence", "bulk"),
        headers.unstructured("Organization", site.name),
        _issue_line(compiled, approval_hash),
        *multipart_lines(boundary),
    ))  # fmt: skip
    bounces = envelope_sender(newsletter.sender)
    text = {key: _part(fragment.text) for key, fragment in compiled.fragments.items()}
    html = {key: _part(fragment.html) for key, fragment in compiled.fragments.items()}
    verp = newsletter.sender.verp and not is_test  # a test has a long name, and its bounce is nobody's
    utf8 = needs_smtputf8(newsletter.sender)
    return Letterhead(compiled, bounces, domain, secret, head, _between(boundary), text, html, verp, is_test, utf8)


def _mailto(address: str) -> str:
    """The address as a URL; an accent is percent-encoded (RFC 6068, section 2)."""
    return f"mailto:{address if address.isascii() else quote(address, safe='@')}"


def _acted_on(compiled: CompiledIssue, newsletter: NewsletterSettings, domain: str) -> tuple[bytes, ...]:
    """Headers that mail programs and providers act on."""
    return (
        headers.line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        headers.line("Feedback-ID", f"{compiled.issue}:{newsletter.slug}:digest:{_sender_id(domain)}"),
    )


def plan(head: Letterhead, edition: Edition) -> MessagePlan:
    """The mail of one edition: its subject, and its fragments with all but the personal slots filled.

    Raises KeyError when the edition names a fragment that was not compiled.
    """
    before, between, after = head.opening
    keys = edition.keys
    known = {"subject": edition.subject} | dict(edition.values)
    values = _Values(known)
    body: list[bytes] = []
    opened: dict[int, tuple[Slot, list[int]]] = {}
    for part in (before, *map(head.text.__getitem__, keys), between, *map(head.html.__getitem__, keys), after):
        if isinstance(part, bytes):
            body.append(part)
        elif part.only in known:
            body.append(_joined(part, known[part.only]))
        else:
            start = len(body)
            body += part.pieces
            for place, slot in part.slots:
                if slot.name in known:
                    body[start + place] = values.of(slot)
                else:
                    opened.setdefault(id(slot), (slot, []))[1].append(start + place)
    own = head.head + headers.unstructured("Subject", f"{TEST} {edition.subject}" if head.is_test else edition.subject)
    places = tuple([(slot, tuple(where)) for slot, where in opened.values()])
    return MessagePlan(head, own, tuple(body), places, len(own) + sum(map(len, body)))


def compose(plan: MessagePlan, recipient: Recipient, personal: Mapping[str, str], key: DeliveryKey) -> Message:
    """One reader's mail. `personal`: the values of the open slots, "unsubscribe_url" (one-click) among them.

    The slots "name" and "email" are the reader's own unless `personal` says otherwise. Raises HeaderError for an
    address that cannot be mailed and KeyError for a slot without a value.
    """
    head = plan.letterhead
    to = headers.address(recipient.subscriber.email)
    values = _Values({"name": recipient.subscriber.name, "email": recipient.subscriber.email, **personal})
    identifier = message_id(key, head.domain, head.secret)
    own = (
        headers.mailbox("To", recipient.subscriber.name, to)
        + f"Message-ID: {identifier}\r\n".encode("ascii")
        + (b"" if head.is_test else headers.link("List-Unsubscribe", personal["unsubscribe_url"]))
    )
    body = list(plan.body)
    size = plan.size + len(own)
    for slot, places in plan.open:
        value = values.of(slot)
        size += len(value) * len(places)
        for at in places:
            body[at] = value
    sender = return_path(head.sender, identifier) if head.verp else head.sender
    return Message(key, sender, to.text, (plan.head, own, *body), size, to.smtputf8 or head.smtputf8)


def sender_lines(sender: SenderSettings, now: datetime) -> tuple[bytes, ...]:
    """Date, From and, where answers go elsewhere, Reply-To."""
    visible = headers.address(sender.address)
    answers = headers.address(sender.reply_to) if sender.reply_to else None
    return (
        headers.line("Date", format_datetime(now)),
        headers.mailbox("From", sender.name, visible),
        headers.mailbox("Reply-To", "", answers) if answers else b"",
    )


def envelope_sender(sender: SenderSettings) -> str:
    """Where bounces go (RFC 5321, MAIL FROM)."""
    return headers.address(sender.bounces or sender.address).text


def needs_smtputf8(sender: SenderSettings) -> bool:
    """Whether one of its addresses has an accent before the @, which not every server takes (RFC 6531)."""
    used = filter(None, (sender.address, sender.reply_to, sender.bounces))
    return any(headers.address(one).smtputf8 for one in used)


def multipart_lines(boundary: bytes) -> tuple[bytes, ...]:
    """MIME-Version and Content-Type of a text and an HTML part."""
    kind = f'multipart/alternative;\r\n boundary="{boundary.decode()}"'
    return (b"MIME-Version: 1.0\r\n", f"Content-Type: {kind}\r\n".encode())


def boundary_of(name: str) -> bytes:
    """A boundary that follows from `name`; quoted-printable text cannot hold `=_` (RFC 2045, section 6.7)."""
    return b"=_" + hashlib.sha256(name.encode()).hexdigest()[:24].encode()


def parts(boundary: bytes, text: Iterable[Segment], html: Iterable[Segment]) -> tuple[Segment, ...]:
    """The empty line after the headers, and both parts between their boundaries."""
    before, between, after = _between(boundary)
    return (before, *text, between, *html, after)


def _between(boundary: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the text part, between the parts, and after the HTML part."""
    return (_PART % (boundary, b"plain"), _PART % (boundary, b"html"), _END % boundary)


def _issue_line(compiled: CompiledIssue, approval_hash: str) -> bytes:
    approved = f";\r\n hash={headers.safe_header(approval_hash, 'Digest-Issue')}" if approval_hash else ""
    return f"Digest-Issue: {compiled.issue}; revision={compiled.revision}{approved}\r\n".encode("ascii")


def _sender_id(domain: str) -> str:
    """The last field of Feedback-ID: 5 to 15 characters that stay the same for this sender."""
    return "".join(filter(str.isalnum, domain))[:15].ljust(5, "0")


class _Values:
    """The values of slots, each written once for all places that write it alike."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._same: dict[str, bytes | None] = {}

    def of(self, slot: Slot) -> bytes:
        """The slot's value. Raises KeyError when it has none."""
        name = slot.name
        if name not in self._same:
            self._same[name] = encode_unescaped(self._values[name])
        same = self._same[name]
        if same is not None and (len(same) <= COLUMNS or slot.escape is not Escape.PARAGRAPH):
            return same
        return encode(escaped(self._values[name], slot.escape))


@lru_cache(maxsize=1024)  # an entry with its count, for example, is the same in many editions
def _joined(part: Slotted, value: str) -> bytes:
    """The part with the value in all of its slots."""
    values = _Values({part.only: value})
    pieces = list(part.pieces)
    for place, slot in part.slots:
        pieces[place] = values.of(slot)
    return b"".join(pieces)


def _part(segments: tuple[Segment, ...]) -> bytes | Slotted:
    """The segments, joined as far as no slot is between them."""
    slots: list[tuple[int, Slot]] = []
    pieces: list[bytes] = [b""]
    for segment in segments:
        if isinstance(segment, Slot):
            slots.append((len(pieces), _same(segment)))
            pieces += [b"", b""]
        else:
            pieces[-1] += segment
    names = {slot.name for _, slot in slots}
    return Slotted(tuple(pieces), tuple(slots), names.pop() if len(names) == 1 else "") if slots else pieces[0]


@lru_cache(maxsize=1024)
def _same(slot: Slot) -> Slot:
    return slot
