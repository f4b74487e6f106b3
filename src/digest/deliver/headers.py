"""Takes values for mail headers; gives header lines as bytes, CRLF included (RFC 5322, RFC 2047). Pure.

Nothing with control characters or `=?` reaches a header (CVE-2024-6923): addresses and ids that hold any are
refused with HeaderError, display text is neutralised. Structured headers never become encoded-words as a whole.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import idna

from digest.errors import HeaderError

_LINE = 78
_ENCODED_LINE = 76
_LONGEST_NAME = 200
_LONGEST_PLAIN_NAME = 64
_LONGEST_PLAIN_WORD = 60
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNSAFE = re.compile(f"{_NOT_TEXT.pattern}|=\\?")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/^_`{|}~-]+)*")
_PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9._+-]{1,64}@(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
)
"""What nearly all addresses look like."""
_LOCAL = re.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\U0010ffff-]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")
_PLAIN_TEXT = re.compile(r"[!-~]{1,60}(?: [!-~]{1,60})*")
_URL = re.compile(r"[!#-;=?-~]{1,900}")
_Q_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = tuple("_" if byte == 32 else chr(byte) if byte in _Q_PLAIN else f"={byte:02X}" for byte in range(256))


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address, its domain as an A-label (RFC 5890)."""

    text: str
    smtputf8: bool
    """The part before the @ is not ASCII: only servers that offer SMTPUTF8 (RFC 6531) can take it."""


def safe_header(value: str, place: str) -> str:
    """The value as it is. Raises HeaderError, naming `place`, when it must not reach a header."""
    if _UNSAFE.search(value):
        raise HeaderError(place, f"{value[:80]!r} holds control characters or '=?'", "remove them")
    return value


def address(value: str) -> Address:
    """The address with its domain as an A-label. Raises HeaderError when it cannot stand in a mail."""
    if _PLAIN_ADDRESS.fullmatch(value):
        return Address(value, smtputf8=False)
    local, at, domain = safe_header(value, "address").rpartition("@")
    host = domain if domain.isascii() else _a_label(domain, value)
    if not at or not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host) or len(host) > 253:
        raise HeaderError(value[:80], "is not an address that can be mailed", "write one like name@example.org")
    return Address(f"{local}@{host}", not local.isascii())


def domain_of(checked: Address) -> str:
    """What follows the @."""
    return checked.text.rpartition("@")[2]


def _a_label(domain: str, value: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise HeaderError(value[:80], f"has a domain that is no domain name ({error})", "correct it") from error


def shown(text: str) -> str:
    """Display text with what is dangerous in a header taken out: controls become spaces, `=?` is broken up."""
    return " ".join(_NOT_TEXT.sub(" ", text).split()).replace("=?", "= ?")


def line(name: str, value: str) -> bytes:
    """A structured header of ASCII, not folded. Raises HeaderError for what must not be there."""
    written = f"{name}: {safe_header(value, name)}\r\n"
    if not written.isascii() or len(written) > 998:
        raise HeaderError(name, f"{value[:80]!r} is not ASCII or too long", "shorten it or leave it out")
    return written.encode("ascii")


def link(name: str, url: str) -> bytes:
    """A header of one URL in angle brackets (RFC 2369). Raises HeaderError for what is no printable ASCII URL."""
    if not _URL.fullmatch(url):
        raise HeaderError(name, f"{url[:80]!r} cannot stand in a header", "percent-encode the URL")
    return f"{name}: <{url}>\r\n".encode("ascii")


@lru_cache(maxsize=1024)  # the editions of an issue share most of their subjects
def unstructured(name: str, text: str) -> bytes:
    """A header of free text such as Subject; encoded-words (RFC 2047) only when it needs them."""
    if _PLAIN_TEXT.fullmatch(text) and "=?" not in text:
        return _folded(name, text.split(" "), _LINE)
    words = shown(text).split(" ")
    if all(word.isascii() and len(word) <= _LONGEST_PLAIN_WORD for word in words):
        return _folded(name, words, _LINE)
    return _folded(name, _encoded_words(" ".join(words), _ENCODED_LINE - len(name) - 2), _ENCODED_LINE)


def mailbox(name: str, display: str, checked: Address) -> bytes:
    """A header of one mailbox such as From or To; a display name that is unsafe or endless is left out."""
    return phrase(name, display, f"<{checked.text}>" if display else checked.text)


def phrase(name: str, display: str, bracketed: str) -> bytes:
    """A display name, quoted or encoded as it needs, and what follows it in angle brackets."""
    plain = "" if _UNSAFE.search(display) or len(display) > _LONGEST_NAME else " ".join(display.split())
    if not plain:
        return _folded(name, [bracketed], _LINE)
    if not plain.isascii() or len(plain) > _LONGEST_PLAIN_NAME:
        return _folded(name, [*_encoded_words(plain, _ENCODED_LINE - len(name) - 2), bracketed], _ENCODED_LINE)
    if _ATOMS.fullmatch(plain):
        return _folded(name, [plain, bracketed], _LINE)
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    return _folded(name, [f'"{quoted}"', bracketed], _LINE)


def _folded(name: str, words: Sequence[str], width: int) -> bytes:
    whole = f"{name}: {' '.join(words)}\r\n"
    if len(whole) <= width + 2:
        return whole.encode("utf-8")
    rows = [f"{name}:"]
    for word in words:
        if len(rows[-1]) + 1 + len(word) > width and rows[-1] != f"{name}:":
            rows.append("")
        rows[-1] += f" {word}"
    return ("\r\n".join(rows) + "\r\n").encode("utf-8")


def _encoded_words(text: str, first: int) -> tuple[str, ...]:
    """The text as encoded-words; the first no longer than `first`, the others than 75 characters."""
    if len(_quoted(text)) <= -(-len(text.encode("utf-8")) // 3) * 4:
        return tuple(f"=?utf-8?q?{_quoted(part)}?=" for part in _cut(text, lambda c: len(_quoted(c)), first - 12, 63))
    parts = _cut(text, lambda c: len(c.encode("utf-8")), (first - 12) // 4 * 3, 45)
    return tuple(f"=?utf-8?b?{base64.b64encode(part.encode('utf-8')).decode('ascii')}?=" for part in parts)


def _quoted(text: str) -> str:
    return "".join(_Q[byte] for byte in text.encode("utf-8"))


def _cut(text: str, weigh: Callable[[str], int], first: int, room: int) -> list[str]:
    parts: list[str] = []
    part, weight = "", 0
    for character in text:
        heavier = weight + weigh(character)
        if heavier > (room if parts else first):
            parts.append(part)
            part, heavier = "", weigh(character)
        part, weight = part + character, heavier
    return [*parts, part]
