"""JSON Feed 1.0 and 1.1 (jsonfeed.org): takes bytes, gives what the feed says. Tolerant: what has the wrong type is
left out, and only a document that holds no list of items is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from digest.errors import FeedError
from digest.gather.text import plain_line
from digest.model.feeds import Entry, ParsedFeed

_Values = Mapping[str, Any]
"""A JSON object: strings to anything."""


def looks_like_json(body: bytes) -> bool:
    """Whether the first character opens an object; no XML feed begins so."""
    return body[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"{")


def parse_json_feed(body: bytes, url: str = "") -> ParsedFeed:
    """What the document says. Raises FeedError when it is no JSON, or JSON that is no feed."""
    place = url or "feed"
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FeedError(place, "is broken JSON", "tell its publisher") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    version = _text(feed, "version") if isinstance(feed, dict) else ""
    if not isinstance(items, list):
        raise FeedError(place, "is JSON, but no JSON Feed: it has no list of items", "check the address")
    base = url if url.startswith(("http://", "https://")) else _text(feed, "feed_url")
    entries = tuple(_entry(item, feed, base) for item in items if isinstance(item, dict))
    kind = "json11" if version.rstrip("/").endswith("1.1") else "json10"
    return ParsedFeed(
        kind, plain_line(_text(feed, "title")), entries, _joined(base, _text(feed, "home_page_url")),
        _text(feed, "language"),
    )  # fmt: skip


def _entry(item: _Values, feed: _Values, base: str) -> Entry:
    url = _joined(base, _text(item, "url") or _text(item, "external_url"))
    images = filter(None, (_text(item, "image"), _text(item, "banner_image"), *_pictures(item)))
    return Entry(
        guid=_identity(item) or url, url=url, title=plain_line(_text(item, "title")),
        published_at=parse_date(_text(item, "date_published")) or parse_date(_text(item, "date_modified")),
        author=_author(item) or _author(feed), summary=_text(item, "summary"),
        content=_text(item, "content_html") or _text(item, "content_text"),
        tags=tuple(dict.fromkeys(filter(None, map(plain_line, _texts(item.get("tags")))))),
        image_url=_joined(base, next(images, "")), language=_text(item, "language"),
    )  # fmt: skip


def parse_date(text: str) -> datetime | None:
    """An ISO 8601 or RFC 3339 date, as aware UTC; one without zone is taken for UTC. None for anything else."""
    try:
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _identity(item: _Values) -> str:
    """The id; 1.0 said a number may stand for it."""
    identity = item.get("id")
    return identity if isinstance(identity, str) else str(identity) if isinstance(identity, int) else ""


def _author(values: _Values) -> str:
    """Names of 1.1's authors, else of 1.0's author."""
    authors = values.get("authors")
    listed = authors if isinstance(authors, list) else [values.get("author")]
    return ", ".join(filter(None, (plain_line(_text(one, "name")) for one in listed if isinstance(one, dict))))


def _pictures(item: _Values) -> Iterator[str]:
    attachments = item.get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        if isinstance(one, dict) and _text(one, "mime_type").startswith("image/"):
            yield _text(one, "url")


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip()) if link else ""
    except ValueError:
        return ""


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _text(values: _Values, key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""
