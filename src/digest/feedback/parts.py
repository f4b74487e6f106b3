"""Takes a mail that came back; gives its own parts, and the identifiers by which it may name a mail of ours. Pure.

Parts of the mail that it returns are not its own: what they say about bounces is somebody else's. But some gateways
wrap a whole report into a mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from itertools import islice

_RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_WRAPPERS = frozenset({"message/rfc822", "message/global"})
_TEXTS = ("text/plain", "text/html")
_IDENTIFIER = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,255}>")
_NAMED = re.compile(r"(?im)^[> \t]*(?:x-)?(?:original-)?message-id:[ \t]*(<[^<>\s]{3,450}>)")
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_ADDRESS = re.compile(r"[^<>\s@,;:\"]{1,200}@[^<>\s@,;:\"]{1,255}")
_ANSWERED = ("In-Reply-To", "References")
_MOST_PARTS = 200
_MOST_NAMED = 40
_LONGEST_LINE = 500


def own_parts(mail: Message) -> Iterator[Message]:
    """The parts that the sender of the bounce wrote, the mail itself first; not what is inside a returned mail."""
    yield from islice(_walk(mail), _MOST_PARTS)


def _walk(part: Message) -> Iterator[Message]:
    yield part
    inner = part.get_payload() if part.is_multipart() else []
    wraps = part.get_content_type() in _WRAPPERS and any(map(_is_report, inner))
    if part.get_content_maintype() == "multipart" or wraps:
        for each in inner:
            if isinstance(each, Message):
                yield from _walk(each)


def _is_report(part: object) -> bool:
    return isinstance(part, Message) and part.get_content_type() == "multipart/report"


def text_of(part: Message) -> str:
    """The part decoded, as well as can be; "" for a container."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError, TypeError):  # TypeError: parameters that are numbered in part (RFC 2231)
        return payload.decode("latin-1")


def own_text(mail: Message) -> str:
    """What it says to people."""
    return "\n".join(text_of(part) for part in own_parts(mail) if part.get_content_type() in _TEXTS)


def named_by(mail: Message) -> tuple[str, ...]:
    """What may name the delivery: the returned mail's Message-ID, where the bounce was sent, what it answers."""
    returned = [found for part in own_parts(mail) for found in _returned_ids(part)]
    quoted = [found[1] for found in _NAMED.finditer(own_text(mail))]
    sent_to = [found[0] for value in _values(mail, _ENVELOPE) for found in _ADDRESS.finditer(value)]
    answered = [found[0] for value in _values(mail, _ANSWERED) for found in _IDENTIFIER.finditer(value)]
    return tuple(dict.fromkeys([*returned, *sent_to, *quoted, *answered]))[:_MOST_NAMED]


def _returned_ids(part: Message) -> Iterator[str]:
    """Message-IDs in a part that holds a returned mail or only its headers."""
    kind = part.get_content_type()
    if kind not in _RETURNED or any(map(_is_report, part.get_payload() if part.is_multipart() else ())):
        return
    inner = part.get_payload(0) if part.is_multipart() else None
    if isinstance(inner, Message):
        yield from (str(value).strip() for value in inner.get_all("Message-ID", []))
    else:
        yield from (found[1] for found in _NAMED.finditer(text_of(part)))


def subject_of(mail: Message) -> str:
    """The subject as people read it, one line."""
    value = str(mail.get("Subject", ""))[:2000]
    try:
        return one_line(str(make_header(decode_header(value))))
    except (ValueError, LookupError, MessageError):
        return one_line(value)


def _values(mail: Message, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield from (str(value)[:4000] for value in mail.get_all(name, []))


def one_line(text: str) -> str:
    """Printable, without line breaks, of bounded length."""
    printable = "".join(character if character.isprintable() else " " for character in text[: 4 * _LONGEST_LINE])
    return " ".join(printable.split())[:_LONGEST_LINE]
