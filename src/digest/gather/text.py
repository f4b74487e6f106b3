"""Plain text out of what feeds call text: takes HTML or text, gives clean text. It judges nothing and shortens nothing.

What comes out holds no markup, no control or private characters, no direction overrides, and single spaces only;
it is still untrusted text: whoever writes it into HTML escapes it.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

import nh3

_MOST_TAGS = 4_000
"""The HTML parser's time grows with the square of the nesting: 10,000 open elements take 0.14 s, 100,000 take 16 s."""
_MOST_CHARS = 500_000


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS = _names(
    "address article aside blockquote br center dd div dl dt fieldset footer h1 h2 h3 h4 h5 h6 header hr li main nav"
    " ol p pre section table tbody td tfoot th thead tr ul"
)
_UNREAD = _names(
    "script style noscript template iframe object embed svg math audio video canvas select button textarea form"
    " figcaption title head"
)
_INLINE = _names(
    "a abbr acronym b bdi bdo big cite code del dfn em figure font i img input ins kbd label link map mark meta"
    " picture q rp rt ruby s samp small source span strike strong sub sup time tt u var wbr html body"
)
_MARKUP = re.compile(
    rf"</?(?:{'|'.join(sorted(_BLOCKS | _UNREAD | _INLINE))})(?=[\s/>]|$)|&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);|<!--", re.I
)
_BREAKS = re.compile(r"<br>(?: ?<br>)+|</?(?!br>)[a-z0-9]+>")
_PLANE_ENDS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are no white space
    "\u00ad\u200b\u2060-\u2064\ufeff"  # soft hyphens and spaces that nobody sees
    "\u202a-\u202e\u2066-\u206f"  # direction embeddings, overrides and isolates
    "\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"  # annotations, surrogates, private use, noncharacters
    f"\U000e0000-\U000e007f\U000f0000-\U0010ffff{_PLANE_ENDS}]"  # tags (hidden text), private planes
)
_MOST_MARKS = 8
"""On one letter, one after the other; no language takes more than five."""
_MARKS = re.compile(rf"(?:[^\w\x00-\u02ff]|[\uff9e\uff9f]){{{_MOST_MARKS + 1},}}")
"""Where there may be more: signs that are no letters. The two last are letters that NFKD makes marks of."""
_MARKS_LATER = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")


def plain_text(source: str) -> str:
    """HTML, or text, as paragraphs separated by blank lines."""
    source = source[:_MOST_CHARS]
    if not _MARKUP.search(source):
        return clean_paragraphs(source)
    blocks = _BREAKS.split(_safe_blocks(source))
    return "\n\n".join(filter(None, (clean_line(unescape(block.replace("<br>", " "))) for block in blocks)))


def plain_line(source: str) -> str:
    """HTML, or text, as one line: titles, names, tags."""
    return " ".join(plain_text(source).split())


def clean_line(text: str) -> str:
    """Plain text as one line: unwanted characters gone, white space folded, Unicode composed (NFC)."""
    text = _MARKS.sub(_few_marks, _UNWANTED.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean_paragraphs(text: str) -> str:
    """Plain text whose paragraphs are separated by blank lines, each cleaned."""
    return "\n\n".join(filter(None, map(clean_line, re.split(r"\n[ \t\r]*\n", text))))


def lines_as_paragraphs(text: str) -> str:
    """Plain text with a paragraph on each line, the paragraphs separated by blank lines and cleaned."""
    return "\n\n".join(filter(None, map(clean_line, text.splitlines())))


def _few_marks(found: re.Match[str]) -> str:
    """The same with the marks of each letter ended: what sorts them, in any normal form, takes the square of them."""
    kept, marks = [], 0
    for sign in found[0]:
        marks = marks + 1 if unicodedata.combining(sign) or sign in _MARKS_LATER else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def _safe_blocks(html: str) -> str:
    """The same with nothing left but block elements, without attributes, and escaped text."""
    tags = set(_BLOCKS)
    safe = nh3.clean(_bounded(html), tags=tags, attributes={}, clean_content_tags=set(_UNREAD), link_rel=None)
    return " ".join(safe.split())


def _bounded(html: str) -> str:
    """As much of the HTML as can be parsed in a moment, whatever it is."""
    for count, found in enumerate(re.finditer("<", html)):
        if count == _MOST_TAGS:
            return html[: found.start()]
    return html
