"""Takes an edition's fragments as a mail program shows them; gives a page whose elements know their block.

A proof is one edition as one reader gets it: what the rules look at. Judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HTMLParser, document_fromstring

from digest.preflight.css import StyleRule, stylesheet

EDITION = "edition"
"""The block of what concerns a whole edition."""
MESSAGE = "message"
"""The block of what concerns the mail around it."""
_MARK = "digest-block:"
_SPACE = re.compile(r"[\s\u034f\u200b-\u200f\u00ad]+")


@dataclass(frozen=True, slots=True)
class Proof:
    """One edition as one reader gets it."""

    reader: str
    """Whose it is, for people: a persona's name, "everything"."""
    pieces: tuple[tuple[str, str], ...]
    """Fragment keys and their HTML, in order."""
    text: str
    mail: bytes
    smtputf8: bool = False
    """The mail goes only to a server that takes UTF-8 in addresses (RFC 6532)."""

    @property
    def html(self) -> str:
        """The whole document."""
        return "".join(html for _, html in self.pieces)


class Page:
    """Pieces of HTML parsed as one document."""

    def __init__(self, pieces: Sequence[tuple[str, str]]) -> None:
        """`pieces`: fragment keys and their HTML; the first begins the document."""
        marked = "".join(f"{html}<!--{_MARK}{key}-->" for key, html in pieces)
        self.root = parsed(marked)
        self._blocks = _blocks(self.root, [key for key, _ in pieces])

    def block_of(self, element: HtmlElement) -> str:
        """Key of the fragment that it came from."""
        return self._blocks.get(element, "")

    def elements(self, *tags: str) -> Iterator[HtmlElement]:
        """Elements in document order: all, or those of these tags."""
        yield from (e for e in self.root.iter(*tags) if isinstance(e.tag, str))

    @cached_property
    def styles(self) -> tuple[StyleRule, ...]:
        """The rules of all style elements, one with a media attribute as if within @media."""
        return tuple(
            StyleRule(rule.selectors, rule.declarations, (*_media(sheet), *rule.within))
            for sheet in self.elements("style")
            for rule in stylesheet(sheet.text or "")
        )


def words_in(element: HtmlElement) -> str:
    """The text of the element and all within it, white space folded."""
    return fold(str(element.xpath("string()")))


def own_text(element: HtmlElement) -> str:
    """Only the text that stands directly in it."""
    return fold((element.text or "") + "".join(child.tail or "" for child in element))


def fold(text: str) -> str:
    """White space and invisible characters folded to single spaces."""
    return _SPACE.sub(" ", text).strip()


def name_of(element: HtmlElement) -> str:
    """The element for people: its tag, first class, and first words."""
    first = (element.get("class") or "").split()[:1]
    words = words_in(element)[:40] or element.get("src", "")[-40:] or element.get("href", "")[:60]
    return f"<{'.'.join([str(element.tag), *first])}>" + (f" {words}" if words else "")


def parsed(html: str) -> HtmlElement:
    """Any text as a document, as browsers would: never fails."""
    source = html.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace")
    parser = HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        return document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return document_fromstring("<html><body></body></html>")


def _blocks(root: HtmlElement, keys: Sequence[str]) -> dict[HtmlElement, str]:
    """Each element's block: the marks, one at the end of each piece, are passed in document order."""
    blocks: dict[HtmlElement, str] = {}
    at = 0
    for node in root.iter():
        if isinstance(node, HtmlComment):
            at += (node.text or "").startswith(_MARK)
        elif isinstance(node, HtmlElement):
            blocks[node] = keys[min(at, len(keys) - 1)] if keys else ""
    return blocks


def _media(sheet: HtmlElement) -> tuple[str, ...]:
    media = sheet.get("media")
    return (f"@media {media}",) if media else ()
