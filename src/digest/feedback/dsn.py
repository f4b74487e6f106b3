"""Takes a delivery status notification (RFC 3464, RFC 6533); gives what it says of each recipient. Pure.

Reads also those that are not quite: without a report type, in parts that are encoded, with a free-text status.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from digest.feedback.parts import one_line, own_parts, text_of
from digest.feedback.status import basic_in, code_in, finer, kind_of
from digest.model.feedback import FeedbackKind

_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ENCODED = frozenset({"base64", "quoted-printable"})
_EMPTY_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
_ADDRESS = re.compile(r"<?([^<>\s@;]+@[^<>\s@;]+)>?$")
_XTEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_FAILED = ("fail", "error")
_TYPED = frozenset({"rfc822", "utf-8", ""})
_MOST_BLOCKS = 500


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """What became of one recipient."""

    kind: FeedbackKind
    address: str
    """As it was mailed where the report says so, else where it went in the end; "" when it is no mail address."""
    status: str
    diagnostic: str


def read_dsn(mail: Message) -> tuple[RecipientStatus, ...]:
    """Those recipients that failed or are delayed, in order; none when the mail is no DSN or tells of success."""
    blocks = [block for part in own_parts(mail) if part.get_content_type() in _TYPES for block in _blocks(part)]
    return tuple(dict.fromkeys(status for block in blocks[:_MOST_BLOCKS] for status in _statuses(block)))


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a delivery-status part, however the parser took it."""
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() in _ENCODED:
        yield from _parsed(_decoded(part))
        return
    payload = part.get_payload()
    if isinstance(payload, str):
        yield from _parsed(payload)
    for block in payload if isinstance(payload, list) else ():
        if isinstance(block, Message):
            yield block
            rest = block.get_payload()
            yield from _parsed(rest) if isinstance(rest, str) else ()


def _decoded(part: Message) -> str:
    """The parser took the encoded text for fields, or for a mail: put it together again and decode it."""
    payload = part.get_payload()
    encoded = "\n".join(map(str, payload)) if isinstance(payload, list) else str(payload)
    whole = Message()
    whole["Content-Transfer-Encoding"] = str(part["Content-Transfer-Encoding"])
    whole.set_payload(encoded.strip("\n"))
    return text_of(whole)


def _parsed(text: str) -> Iterator[Message]:
    yield from (HeaderParser().parsestr(group.lstrip()) for group in _EMPTY_LINE.split(text) if group.strip())


def _statuses(block: Message) -> Iterable[RecipientStatus]:
    action = _field(block, "Action").lower()
    said = _field(block, "Diagnostic-Code").partition(";")[2].strip() or _field(block, "Diagnostic-Code")
    written = _field(block, "Status")
    status = code_in(written) or code_in(said) or basic_in(written) or basic_in(said)
    everything = " ".join([said, *(str(value) for name, value in block.items() if name.lower().startswith("x"))])
    if action.startswith("delay"):
        kind = FeedbackKind.SOFT
    elif action.startswith(_FAILED):
        status = finer(status if status and status[0] != "2" else "5.0.0", everything)
        kind = kind_of(status)
    else:
        return ()
    return () if kind is FeedbackKind.NONE else (RecipientStatus(kind, _address(block), status, said or written),)


def _address(block: Message) -> str:
    """Original-Recipient before Final-Recipient; those of X.400 and other worlds are none."""
    for name in ("Original-Recipient", "Final-Recipient"):
        world, semicolon, address = _field(block, name).rpartition(";")
        found = _ADDRESS.search(_XTEXT.sub(_character, address.strip()))
        if found and (not semicolon or world.strip().lower() in _TYPED):
            return found[1]
    return ""


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def _field(block: Message, name: str) -> str:
    return one_line(str(block.get(name, "")))
