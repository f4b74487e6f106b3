"""Text to final mail bytes and back: quoted-printable (RFC 2045, section 6.7) that never needs dot-stuffing.

Lines end in CRLF and hold at most 76 characters. A dot at the beginning of a line is written `=2E`, so the bytes
need no dot-stuffing (RFC 5321, section 4.5.2) and are at once what is sent and what DKIM hashes. A slot's value
stands between soft line breaks, so that what is before and after it can be encoded once and for all.
"""

from __future__ import annotations

import html
import quopri
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from digest.model.edition import Escape, Segment, Slot

_WIDTH = 73
"""Room for one more =XX at the front and the soft break's "=" within 76."""
COLUMNS = 72
"""Width of a paragraph in the text part."""
_SOFT = b"=\r\n"
_SPECIAL = re.compile(rb"[^\t -<>-~]")


def encode(text: str) -> bytes:
    """Quoted-printable of `text`; line feeds become hard breaks, nothing is added at the end."""
    if _is_plain(text):
        if len(text) <= _WIDTH and text[:1] != ".":
            return text.encode("ascii")
        rows = "=\r\n".join([text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)])
        if text[:1] != "." and "\n." not in rows:
            return rows.encode("ascii")
    return b"\r\n".join(_encode_line(line) for line in text.replace("\r\n", "\n").split("\n"))


def _is_plain(text: str) -> bool:
    """One line of characters that need no escape, and no white space at its end; not a regular expression: faster."""
    return text.isascii() and text.isprintable() and "=" not in text and text[-1:] != " "


def _encode_line(line: str) -> bytes:
    plain = _SPECIAL.sub(lambda byte: b"=%02X" % ord(byte[0]), line.encode("utf-8")).decode("ascii")
    if plain.endswith((" ", "\t")):
        plain = f"{plain[:-1]}={ord(plain[-1]):02X}"
    return "=\r\n".join(_rows(plain)).encode("ascii")


def _rows(encoded: str) -> Iterator[str]:
    """Cut so that no row is longer than _WIDTH, none breaks an =XX, and none begins with a dot."""
    at = 0
    while at < len(encoded) or at == 0:
        dot = encoded.startswith(".", at)
        end = at + _WIDTH - 2 * dot
        if end < len(encoded):
            end -= 1 if encoded[end - 1] == "=" else 2 * (encoded[end - 2] == "=")
        yield f"=2E{encoded[at + 1 : end]}" if dot else encoded[at:end]
        at = max(end, 1)


def encode_segments(pieces: Sequence[str | Slot]) -> tuple[Segment, ...]:
    """Encodes the text between slots once; each slot ends up alone between soft breaks."""
    last = len(pieces) - 1
    encoded: list[Segment] = []
    for at, piece in enumerate(pieces):
        follows_slot = at > 0 and isinstance(pieces[at - 1], Slot)
        if isinstance(piece, Slot):
            encoded += [_SOFT, piece] if follows_slot else [piece]
            continue
        before = _SOFT if follows_slot else b""
        after = _SOFT if at < last and isinstance(pieces[at + 1], Slot) else b""
        encoded.append(before + encode(piece) + after)
    return tuple(encoded)


def fill(segments: Iterable[Segment], values: Mapping[str, str]) -> list[bytes]:
    """The segments with each slot's value escaped for its place; what a value holds is never expanded.

    Raises KeyError when a slot has no value.
    """
    return [
        encode(escaped(values[segment.name], segment.escape)) if isinstance(segment, Slot) else segment
        for segment in segments
    ]


def escaped(value: str, place: Escape) -> str:
    """The value as it may stand in that place. URLs must be ours already: they are escaped for the attribute."""
    if place is Escape.PARAGRAPH:
        if len(value) <= COLUMNS and value.isprintable() and not value.endswith(" "):
            return value
        return textwrap.fill(value, COLUMNS, break_long_words=False, break_on_hyphens=False)
    return value if place is Escape.TEXT else html.escape(value, quote=True)


def encode_unescaped(value: str) -> bytes | None:
    """What `encode(escaped(value, place))` gives in every place but a paragraph; None where places differ.

    In a paragraph it does so too if it is no longer than COLUMNS.
    """
    return encode(value) if html.escape(value, quote=True) == value else None


def decode(wire: bytes) -> str:
    """What a mail reader sees of quoted-printable bytes, with line feeds."""
    return quopri.decodestring(wire).decode("utf-8").replace("\r\n", "\n")
