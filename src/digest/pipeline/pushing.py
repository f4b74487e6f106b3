"""From articles that somebody sends us to saved ones: cleaned like those of any feed. Fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import DigestError
from digest.gather.normalise import Unusable, normalise
from digest.gather.page import read_page, with_page
from digest.model.feeds import Article, Entry, Feed, FeedSource, ParsedFeed
from digest.model.ids import CategorySlug
from digest.pipeline.press import Press
from digest.ports.content import SaveCount

_WHOLE_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_LOOK_INTO = 2_000


@dataclass(frozen=True, slots=True)
class Pushed:
    """An article as it was sent; nothing of it is trusted."""

    entry: Entry
    """Its text is in `content`; so is its HTML, unless that is a whole page."""
    outlet: str = ""
    categories: tuple[CategorySlug, ...] = ()
    """What it is about, as whoever sent it says; outweighs guesses."""
    page: str | bytes = ""
    """The article's page as HTML: its text is looked for between menus and advertisements."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a push: the articles in order, and what was new."""

    articles: tuple[Article, ...]
    saved: SaveCount


def pushed(entry: Entry, html: str, outlet: str, categories: Sequence[CategorySlug]) -> Pushed:
    """What was sent, with its HTML put where it belongs: text that was sent beside it counts instead."""
    if entry.content or not html:
        return Pushed(entry, outlet, tuple(categories))
    if _WHOLE_PAGE.search(html[:_LOOK_INTO]):
        return Pushed(entry, outlet, tuple(categories), page=html)
    return Pushed(replace(entry, content=html), outlet, tuple(categories))


def push_articles(press: Press, name: str, sent: Sequence[Pushed], now: datetime) -> Received:
    """Keeps them as articles of the feed "api:NAME", all or none. Raises DigestError when one cannot be kept."""
    feed = press.store.feeds.add(FeedSource(f"api:{name}"), now)
    articles = tuple(_article(one, feed, now) for one in sent)
    saved = press.store.articles.save(articles)
    press.store.feeds.record(feed.id, replace(feed.state, checked_at=now))
    return Received(articles, saved)


def _article(one: Pushed, feed: Feed, now: datetime) -> Article:
    article = normalise(one.entry, feed, ParsedFeed("api", one.outlet, (one.entry,)), now)
    if isinstance(article, Unusable):
        raise DigestError("article", article.reason, "send a title and an http address")
    article = replace(article, hints=one.categories)
    return with_page(article, read_page(one.page, article.url)) if one.page else article
