"""Feed documents: takes bytes, gives what the feed says; opens no URL, no path, and trusts nothing that it reads.

RSS and Atom go through feedparser alone. fastfeedparser is 50 times faster, but on 2,090 files of feedparser's corpus
its entries have the same titles, links and summaries in 1,440 only, and 59 raise; `bench/gather.py` measures it again.
"""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from digest.errors import FeedError
from digest.gather.json_feed import looks_like_json, parse_json_feed
from digest.gather.markdown import looks_like_markdown, parse_markdown
from digest.gather.text import plain_line
from digest.gather.xml_feed import parse_xml
from digest.model.feeds import Entry, ParsedFeed

_Values = Mapping[str, Any]
"""What feedparser gives: a dict whose values are strings, lists and dicts, each of which may be missing."""

_PROLOG = rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*+"  # atomic, so that no document makes it try twice
_CDF_ROOT = re.compile(_PROLOG + rb"<channel[\s>]", re.IGNORECASE | re.DOTALL)
_FEED_LINK = re.compile(rb"<link\s[^<>]{0,1000}application/(?:rss|atom|feed)\+(?:xml|json)[^<>]{0,1000}>", re.I)
_HREF = re.compile(rb"href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_HTML = re.compile(_PROLOG + rb"<(?:html|head|body)[\s>]|\s*<!doctype\s+html[\s>]", re.IGNORECASE | re.DOTALL)
_IMAGE = re.compile(r"<img\s[^<>]{0,4000}>", re.IGNORECASE)
_SRC = re.compile(r"\ssrc\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s>\"']+))", re.IGNORECASE)
_PIXEL = re.compile(r"\s(?:width|height)\s*=\s*[\"']?[01](?:px)?[\"'\s/>]", re.IGNORECASE)
_PICTURE_END = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)


def parse_feed(body: bytes, content_type: str = "", url: str = "") -> ParsedFeed:
    """What the document says. `content_type` and `url` help with the character set and relative links.

    Titles, authors and tags come out as plain text; summary and content as the feed gave them, HTML or not.
    Raises FeedError when the bytes are no feed.
    """
    place = url or "feed"
    if not body.strip(b"\0 \t\r\n"):
        raise FeedError(place, "is empty", "check the address")
    if looks_like_markdown(body, content_type, url):
        return ParsedFeed("markdown", "", (parse_markdown(body, url),))
    if looks_like_json(body):
        return parse_json_feed(body, url)
    return _parse_xml(body, content_type, url)


def _parse_xml(body: bytes, content_type: str, url: str) -> ParsedFeed:
    found = parse_xml(body, content_type, url)
    version = found.version or ("cdf" if _CDF_ROOT.match(body) else "")
    if not version:
        raise _no_feed(body, url)
    feed, base = found.feed, url if url.startswith(("http://", "https://")) else ""
    language = _text(feed, "language") or _text(feed.get("title_detail") or {}, "language")
    entries = tuple(_entry(entry, base) for entry in found.entries)
    return ParsedFeed(version, plain_line(_text(feed, "title")), entries, _link(feed, base), language)


def _no_feed(body: bytes, url: str) -> FeedError:
    """The error for bytes that are no feed; a web page that names its feed is told apart."""
    if not _HTML.match(body):
        return FeedError(url or "feed", "is no feed that we know", "check the address")
    link = _FEED_LINK.search(body[:200_000])
    href = _HREF.search(link[0]) if link else None
    if not href:
        return FeedError(url or "feed", "is a web page, not a feed", "look for the address of its feed")
    try:
        address = urljoin(url, href[1].decode("ascii", "replace"))
    except ValueError:
        address = ""
    return FeedError(url or "feed", "is a web page, not a feed", f"its feed may be {address}")


def _entry(entry: _Values, base: str) -> Entry:
    content = max((part for part in _dicts(entry, "content")), key=lambda part: len(_text(part, "value")), default={})
    summary, link = _text(entry, "summary"), _link(entry, base)
    language = _text(content, "language") or _text(entry.get("title_detail") or {}, "language")
    return Entry(
        guid=_text(entry, "id") or link, url=link, title=plain_line(_text(entry, "title")),
        published_at=_date(entry), author=plain_line(_text(entry, "author")), summary=summary,
        content=_text(content, "value"), language=language,
        tags=tuple(dict.fromkeys(filter(None, (plain_line(_text(t, "label") or _text(t, "term"))
                                               for t in _dicts(entry, "tags"))))),
        image_url=next(_images(entry, base or link, _text(content, "value") + summary), ""),
    )  # fmt: skip


def _link(values: _Values, base: str) -> str:
    """The page: what FeedBurner hid, else the alternate link, else an id that is a link."""
    link = _text(values, "feedburner_origlink") or _text(values, "link")
    identity = _text(values, "id")
    if not link and identity.startswith(("http://", "https://")):
        link = identity
    return _joined(base, link)


def _images(entry: _Values, base: str, html: str) -> Iterator[str]:
    """Pictures of the entry, the best guess first: media, enclosures, thumbnails, the first one in the text."""
    for media in _dicts(entry, "media_content"):
        if _is_picture(media, "url", _text(media, "medium")):
            yield _joined(base, _text(media, "url"))
    for enclosure in _dicts(entry, "links"):
        if _text(enclosure, "rel") == "enclosure" and _is_picture(enclosure, "href"):
            yield _joined(base, _text(enclosure, "href"))
    for thumbnail in [*_dicts(entry, "media_thumbnail"), entry.get("image") or {}]:
        if address := _text(thumbnail, "url") or _text(thumbnail, "href"):
            yield _joined(base, address)
    for image in _IMAGE.findall(html):
        if (found := _SRC.search(image)) and not _PIXEL.search(image):
            address = next(filter(None, found.groups())).replace("&amp;", "&")
            if not address.startswith("data:"):
                yield _joined(base, address)


def _is_picture(values: _Values, key: str, medium: str = "") -> bool:
    kind, address = _text(values, "type"), _text(values, key)
    if not address:
        return False
    return medium == "image" or kind.startswith("image/") or (not kind and bool(_PICTURE_END.search(address)))


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip()) if link else ""
    except ValueError:
        return ""


def _date(entry: _Values) -> datetime | None:
    """When it was first published, else last touched."""
    names = ("published_parsed", "created_parsed", "updated_parsed")
    for at in [entry[name] for name in names if name in entry]:  # .get would warn, and give one date for another
        if isinstance(at, time.struct_time):
            try:
                return datetime.fromtimestamp(calendar.timegm(at), UTC)
            except (ValueError, OverflowError, OSError):
                continue
    return None


def _text(values: _Values, key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _dicts(values: _Values, key: str) -> list[_Values]:
    held = values.get(key)
    return [one for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []
