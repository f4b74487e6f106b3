"""What comes in: feeds, entries as the feed gave them, and articles as we keep them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from digest.model.ids import ArticleId, CategorySlug, FeedId, StoryId


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed as somebody configured it: where it is and what its entries are about."""

    url: str
    """http(s) URL of the feed, or the path of a folder of Markdown files."""
    title: str = ""
    categories: tuple[CategorySlug, ...] = ()
    weight: float = 1.0
    """How much its stories count in the ranking; 1 is usual."""
    language: str = ""

    @property
    def pushed(self) -> bool:
        """Whether somebody sends us its articles ("api:NAME"), so that there is nothing to ask."""
        return self.url.startswith("api:")


class FeedHealth(StrEnum):
    """How a feed has been doing."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember between two fetches of a feed. Times are aware UTC."""

    etag: str = ""
    last_modified: str = ""
    checked_at: datetime | None = None
    next_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    paused_at: datetime | None = None
    error: str = ""
    moved_to: str = ""
    """Where a permanent redirect (301, 308) said the feed now is; empty when it has not moved."""

    @property
    def health(self) -> FeedHealth:
        """The one word for the state."""
        if self.paused_at:
            return FeedHealth.PAUSED
        if self.failing_since:
            return FeedHealth.FAILING
        return FeedHealth.OK if self.checked_at else FeedHealth.NEW


@dataclass(frozen=True, slots=True)
class Feed:
    """A saved feed: its source, its state and its id."""

    id: FeedId
    source: FeedSource
    state: FeedState = field(default_factory=FeedState)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the feed gave it; text fields may still hold HTML, nothing is trusted."""

    guid: str
    url: str
    title: str
    published_at: datetime | None = None
    author: str = ""
    summary: str = ""
    content: str = ""
    tags: tuple[str, ...] = ()
    image_url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed document says of itself and its entries."""

    format: str
    """For example "rss20", "atom10", "json11", "markdown"."""
    title: str
    entries: tuple[Entry, ...]
    url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a story; `url` is where a mail may load it from."""

    url: str
    alt: str = ""
    width: int = 0
    """Pixels; 0 when unknown."""
    height: int = 0


@dataclass(frozen=True, slots=True)
class Article:
    """The item as we keep it: plain clean text throughout, no HTML, no control characters."""

    id: ArticleId
    feed: FeedId
    url: str
    """Canonical URL."""
    title: str
    outlet: str
    """Who published it, for people: the feed's title."""
    published_at: datetime
    gathered_at: datetime
    description: str = ""
    """The publisher's own summary, plain text."""
    text: str = ""
    """The body, paragraphs separated by blank lines."""
    author: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    """Category names that the feed gave the entry, as given."""
    hints: tuple[CategorySlug, ...] = ()
    """Categories configured for the feed."""
    weight: float = 1.0
    picture: Picture | None = None
    guid: str = ""
    story: StoryId | None = None
