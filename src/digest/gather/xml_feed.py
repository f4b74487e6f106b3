"""RSS, Atom and CDF through feedparser's own parsers: takes bytes, gives its dictionaries. Time and memory are bounded.

`feedparser.parse` is not called: much in feedparser 6.0.14 takes the square of the document's length or more (base
addresses, attributes, name spaces, tags, authors), some of it within one call that holds up every other thread. What
is overridden here is that, and nothing else; the tests hold it to documents that make the most of each.
"""

from __future__ import annotations

import io
import re
import xml.sax
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from xml.sax.handler import feature_external_ges, feature_namespaces

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.mixin import _FeedParserMixin
from feedparser.urls import make_safe_absolute_uri

from digest.errors import FeedError
from digest.gather.xml_head import Readable, readable

_MOST_STEPS = 1_000_000
"""An element takes 13 or more, a piece of text one: 70,000 elements, which no feed of 10 MB with news in it has."""
_MOST_ATTRIBUTES = 100
_MOST_NAMESPACES = 100
_MOST_TAGS = 100
_LONGEST_BASE = 500
_LONGEST_LANGUAGE = 100
_LONGEST_TAG = 200_000
_TAG = re.compile(r"""(?:[^'"<>]++|"[^"]*+"(?=[>/\s]|\w++=)|'[^']*+'(?=[>/\s]|\w++=))*+""")
"""As feedparser's own, but it goes back over nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """What feedparser makes of a document."""

    version: str
    """Empty when it is no feed that feedparser knows."""
    feed: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]


class _TooMuchError(Exception):
    """The document has too much of what the message says."""


class _Bounded(_FeedParserMixin):  # type: ignore[misc]  # feedparser has no types
    """What both parsers share, with an end to all that grows faster than the document."""

    resolve_relative_uris = sanitize_html = False
    baseuri: str
    lang: str | None
    steps = 0
    most_text = 0

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        """Counts, and keeps the base address and language, which every element below works on, short."""
        self._spend(10 + len(self.baseuri) // 20)
        if len(self.lang or "") > _LONGEST_LANGUAGE:
            self.lang = None
        above = self.baseuri
        super().unknown_starttag(tag, [one for one in attrs if not _is_too_long(*one)])
        if len(self.baseuri) > _LONGEST_BASE:
            self.baseuri = self.basestack[-1] = above

    def unknown_endtag(self, tag: str) -> None:
        self._spend(3)
        super().unknown_endtag(tag)

    def handle_data(self, text: str, escape: int = 1) -> None:
        self._spend(1, len(text))
        super().handle_data(text, escape)

    def handle_entityref(self, ref: str) -> None:
        self._spend(1, len(self.entities.get(ref, "")))
        super().handle_entityref(ref)

    def handle_charref(self, ref: str) -> None:
        """A number that stands for no character is left out; feedparser would give up."""
        self._spend(1)
        try:
            super().handle_charref(ref)
        except (ValueError, OverflowError):
            return

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        """Drops the white space before an element's text at once; feedparser does so piece by piece, from the front."""
        if self.elementstack and self.elementstack[-1][0] == element:
            pieces = self.elementstack[-1][2]  # of CDF, it may be a text
            if isinstance(pieces, list):
                del pieces[: sum(1 for _ in takewhile(_is_blank, pieces))]
        return super().pop(element, strip_whitespace)

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        if len(self.namespaces_in_use) < _MOST_NAMESPACES:
            super().track_namespace(prefix, uri)

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        if len(self._get_context().get("tags") or ()) < _MOST_TAGS:
            super()._add_tag(term, scheme, label)

    def _sync_author_detail(self, key: str = "author") -> None:
        """Only joins the name and the address of an author who has both; searches no text for addresses."""
        told = self._get_context().get(f"{key}s")
        if isinstance(told, list) and told and told[-1]:
            super()._sync_author_detail(key)

    def _spend(self, steps: int, text: int = 0) -> None:
        self.steps += steps
        self.most_text -= text
        if self.steps > _MOST_STEPS:
            raise _TooMuchError("more elements and loose marks than any feed needs")
        if self.most_text < 0:
            raise _TooMuchError("entities that make it many times as long")


class _Strict(_Bounded, StrictFeedParser):  # type: ignore[misc]  # feedparser has no types
    """Reads XML that is well-formed."""

    entities: Mapping[str, str] = {}

    def startElementNS(self, name: object, qname: str | None, attrs: Any) -> None:
        if len(attrs) > _MOST_ATTRIBUTES:
            raise _TooMuchError(f"an element with more than {_MOST_ATTRIBUTES} attributes")
        super().startElementNS(name, qname, attrs)


class _Loose(_Bounded, LooseFeedParser):  # type: ignore[misc]  # feedparser has no types
    """Reads anything, as well as it goes."""

    def parse_starttag(self, i: int) -> int:
        """Refuses what would be a tag of great length, of which feedparser's expression takes 150 times the memory."""
        tag = _TAG.match(self.rawdata, i + 1)
        if tag and len(tag[0]) > _LONGEST_TAG:
            raise _TooMuchError(f"a tag of more than {_LONGEST_TAG:,} characters")
        parsed: int = super().parse_starttag(i)
        return parsed


def parse_xml(body: bytes, content_type: str, url: str) -> Found:
    """What the document says, well-formed or not. Raises FeedError for more of anything than a feed has."""
    document = readable(body, content_type, located=bool(url))
    base = make_safe_absolute_uri(url) if len(url) <= _LONGEST_BASE else ""
    try:
        read = _strictly(document, base) or _loosely(document, base)
    except _TooMuchError as error:
        raise FeedError(url or "feed", f"has {error}", "tell its publisher") from error
    return Found("rss091n" if document.netscape else read.version, read.feeddata, read.entries)


def _strictly(document: Readable, base: str) -> _Bounded | None:
    """None when the document is not well-formed."""
    parser = _Strict(base, None, "utf-8")
    data = document.text.encode("utf-8", "replace")
    parser.most_text = _most_text(document)
    reader = xml.sax.make_parser()  # noqa: S317  # it opens nothing, and what entities make is counted
    reader.setFeature(feature_namespaces, True)
    reader.setFeature(feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(data))
    try:
        reader.parse(source)
    except xml.sax.SAXException:
        return None
    return parser


def _loosely(document: Readable, base: str) -> _Bounded:
    parser = _Loose(base, None, "utf-8", document.entities)
    parser.most_text = _most_text(document)
    parser.feed(document.text)
    return parser


def _most_text(document: Readable) -> int:
    """Characters; without entities there are never more than the document has."""
    return 4 * len(document.text) + 10_000


def _is_too_long(name: str, value: str) -> bool:
    longest = {"base": _LONGEST_BASE, "lang": _LONGEST_LANGUAGE}.get(name.lower().removeprefix("xml:"))
    return longest is not None and len(value) > longest


def _is_blank(piece: str | bytes) -> bool:
    return not piece or piece.isspace()
