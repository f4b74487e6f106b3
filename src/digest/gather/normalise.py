"""Entries to articles: takes what a feed said, gives plain clean text under a canonical URL, or why not.

Whether an article is news, and whether another one says the same, is for curate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from digest.gather.text import plain_line, plain_text
from digest.model.feeds import Article, Entry, Feed, ParsedFeed, Picture
from digest.model.ids import article_id
from digest.model.urls import absolute_url, canonical_url, host_of

_LONGEST_TITLE = 500
_LONGEST_NAME = 200
_MOST_TAGS = 30
_FULL_TEXT = 900
"""A summary of so many characters is the article itself, which many feeds put there."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something that came in and cannot be kept; `reason` is a sentence for people."""

    reason: str


def normalise(entry: Entry, feed: Feed, parsed: ParsedFeed, now: datetime) -> Article | Unusable:
    """The article of an entry; Unusable without a title or an http(s) address.

    A missing date is `now`, and so is one in the future. The id follows from the canonical URL.
    """
    base = parsed.url or feed.source.url
    url = canonical_url(absolute_url(entry.url, base))
    title = plain_line(entry.title)[:_LONGEST_TITLE].rstrip()
    if not url:
        return Unusable(_without_address(entry, title, parsed))
    if not title:
        return Unusable(f"{url}: has no title")
    description, text = _texts(entry)
    picture = absolute_url(entry.image_url, url) if entry.image_url else ""
    return Article(
        id=article_id(url), feed=feed.id, url=url, title=title,
        outlet=plain_line(feed.source.title or parsed.title)[:_LONGEST_NAME] or host_of(url),
        published_at=min(entry.published_at or now, now), gathered_at=now, description=description, text=text,
        author=plain_line(entry.author)[:_LONGEST_NAME],
        language=language_tag(entry.language) or language_tag(parsed.language) or feed.source.language,
        tags=tuple(dict.fromkeys(plain_line(tag)[:_LONGEST_NAME] for tag in entry.tags[:_MOST_TAGS] if tag.strip())),
        hints=feed.source.categories, weight=feed.source.weight, picture=Picture(picture) if picture else None,
        guid=plain_line(entry.guid)[:1_000],
    )  # fmt: skip


def _without_address(entry: Entry, title: str, parsed: ParsedFeed) -> str:
    """Of a folder the file is named, which an entry without address has for its guid."""
    if parsed.format == "markdown":
        return f"{plain_line(entry.guid) or title}: has no http address; write `url: https://...` between its --- lines"
    return f"{title or entry.guid or 'an entry'}: has no http address"


def language_tag(text: str) -> str:
    """A BCP 47 tag in its usual case ("pt-BR"), or "" for what is none."""
    tag = text.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        return ""
    first, *others = tag.split("-")
    return "-".join([first.lower(), *(other.upper() if len(other) == 2 else other for other in others)])


def _texts(entry: Entry) -> tuple[str, str]:
    """Description and body, told apart: a summary that is the whole article is its body."""
    summary, content = plain_text(entry.summary), plain_text(entry.content)
    if not content and len(summary) >= _FULL_TEXT:
        return "", summary
    if summary == content:
        return ("", content) if len(content) >= _FULL_TEXT else (summary, "")
    return summary, content
