"""What stands before the first element of an XML feed: takes bytes, gives text whose head is short and known.

It does what feedparser does there (RFC 3023 and the marks of XML 1.0, appendix F), in time that grows with the length:
the expressions of feedparser 6.0.14 take the square of the line feeds and the cube of the declaration.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import chardet

_MARKS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF8, "utf-8"),
)  # fmt: skip
_OPENINGS = (
    (b"\x4c\x6f\xa7\x94", "cp037"), (b"\0<\0?", "utf-16-be"), (b"<\0?\0", "utf-16-le"),
    (b"\0\0\0<", "utf-32-be"), (b"<\0\0\0", "utf-32-le"),
)  # fmt: skip
_DECLARED = re.compile(r"<\?[^>]{0,400}?encoding=['\"]([^'\"]{1,40})['\"]")
_WIDE = re.compile(r"u(?:tf)?[-_]?(?:16|32)|iso-10646-ucs-[24]|csucs4|csunicode|ucs-[24]")
"""Names that say how wide a character is; its mark says that more exactly."""
_SLOW = frozenset({"idna", "punycode"})
"""Codecs of host names, whose time grows with the square of the text."""
_ROOT = re.compile(r"<[A-Za-z0-9_]")
_SAFE = re.compile(r"\s+(\w{1,40})\s+\"(&#\w{1,10};|[^&\"]{0,64})\"")
_MOST_ENTITIES = 300
_SAMPLE = 100_000


@dataclass(frozen=True, slots=True)
class Readable:
    """A document that both of feedparser's parsers can be given."""

    text: str
    """With a declaration that says UTF-8, and without DOCTYPE but for `entities`."""
    entities: Mapping[str, str] = field(default_factory=dict)
    """Short texts that its own DOCTYPE names; none that contains another."""
    netscape: bool = False
    """Whether the DOCTYPE is Netscape's: RSS 0.91."""


def readable(body: bytes, content_type: str, located: bool) -> Readable:
    """The document. `located` says whether its address is known: then it has ISO 8859-1 unless something says more."""
    text = _decoded(body, content_type, located)
    end = text.find(">") if text.startswith("<?xml") else -1
    text = "<?xml version='1.0' encoding='utf-8'?>\n" + text[end + 1 :]
    root = _ROOT.search(text)
    if root is None:
        return Readable(text)
    lines = (line.strip() for line in text[: root.start()].splitlines())
    head, declared = _cut("\n".join(filter(None, lines)), "<!ENTITY")
    head, doctypes = _cut(head, "<!DOCTYPE")
    entities = dict(_safe(declared)) if len(doctypes) == 1 else {}
    if entities:
        kept = "\n".join(f'<!ENTITY {name} "{value}">' for name, value in entities.items())
        head += f"\n<!DOCTYPE feed [\n{kept}\n]>"
    netscape = bool(doctypes) and "netscape" in doctypes[0].lower()
    return Readable(f"{head}\n{text[root.start() :]}", entities, netscape)


def _cut(head: str, opening: str) -> tuple[str, list[str]]:
    """The head without the declarations at the beginning of a line that open so, and what is in them."""
    first, *others = head.split("\n" + opening)
    kept, found = [first], []
    for part in others:
        content, closed, after = part.partition(">")
        if closed:
            found.append(content)
        kept.append(after if closed else part)
    return "\n".join(kept), found


def _safe(declared: list[str]) -> Iterator[tuple[str, str]]:
    for content in declared[:_MOST_ENTITIES]:
        if found := _SAFE.match(content):
            yield found[1], found[2]


def _decoded(body: bytes, content_type: str, located: bool) -> str:
    """By the first character set of all that could be meant in which the bytes are possible."""
    marked, body = _marked(body)
    found = _DECLARED.match(body[:2_000].decode(marked or "latin-1", "ignore"))
    declared = found[1].lower() if found else ""
    if marked and _WIDE.fullmatch(declared):
        declared = marked
    stated = _stated(content_type, declared, located)
    for name in chain((stated, declared, marked), _guessed(body), ("utf-8", "windows-1252")):
        text = _text(body, "gb18030" if name.lower() == "gb2312" else name)
        if text is not None:
            return text
    return body.decode("iso-8859-2")


def _marked(body: bytes) -> tuple[str, bytes]:
    """The character set that the first bytes betray, and the bytes after a byte order mark."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name, body[len(mark) :]
    return next((name for opening, name in _OPENINGS if body.startswith(opening)), ""), body


def _stated(content_type: str, declared: str, located: bool) -> str:
    """What RFC 3023 says that the document is written in, given its media type."""
    kind, *parameters = (part.strip() for part in content_type[:1_000].split(";"))
    named = (value for key, _, value in (one.partition("=") for one in parameters) if key.strip().lower() == "charset")
    charset = next(named, "").strip().strip("\"'")
    if kind.startswith("text/"):
        return charset or "us-ascii"
    if kind.startswith("application/") and kind.endswith(("/xml", "+xml", "/xml-dtd", "/xml-external-parsed-entity")):
        return charset or declared or "utf-8"
    return declared or ("iso-8859-1" if located and not content_type else "utf-8")


def _guessed(body: bytes) -> Iterator[str]:
    """What the letters look like; worked out only when it is asked for."""
    yield chardet.detect(body[:_SAMPLE])["encoding"] or ""


def _text(body: bytes, name: str) -> str | None:
    try:
        return None if not name or codecs.lookup(name).name in _SLOW else body.decode(name)
    except (LookupError, ValueError):
        return None
