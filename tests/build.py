"""Builders of model objects with sensible defaults, for all tests: `from build import article`.

Each takes the fields that matter to the test as keywords; ids of articles and issues follow from what they name.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from digest.model.delivery import DeliveryKey, Outcome, OutcomeKind
from digest.model.edition import CompiledIssue, Edition, Escape, Fragment, Slot
from digest.model.feeds import Article, Entry, Feed, FeedSource, Picture
from digest.model.ids import (
    ArticleId,
    CategorySlug,
    EditionId,
    FeedId,
    IssueId,
    NewsletterSlug,
    StoryId,
    SubscriberId,
    article_id,
    issue_id,
)
from digest.model.issue import AlsoIn, Cadence, Event, Issue, IssueContent, Section, Sponsor, StoryItem, Window
from digest.model.people import (
    ConsentEvent,
    ConsentKind,
    Preferences,
    Recipient,
    Subscriber,
    SubscriberDraft,
    SubscriberState,
)
from digest.model.stories import Reason, Story, Teaser, TeaserSource
from digest.ports.ledger import Chunk

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday morning; every builder's times lie around it."""
WEEKLY = NewsletterSlug("weekly")
PRIVACY = CategorySlug("privacy")
SECURITY = CategorySlug("security")
ROBOTICS = CategorySlug("robotics")
_STARTS, _ENDS = ("bar", "cor", "del", "fin", "gor", "hal", "jun", "kel"), ("ban", "dor", "fex", "gil", "kum", "lat")
_WORDS = [start + vowel + end for start in _STARTS for vowel in "aeiou" for end in _ENDS]


def at(hours: float = 0) -> datetime:
    """NOW, some hours later (or earlier, when negative)."""
    return NOW + timedelta(hours=hours)


def slugs(*names: str) -> tuple[CategorySlug, ...]:
    """Category slugs of plain text."""
    return tuple(CategorySlug(name) for name in names)


def feed_source(url: str = "https://feeds.example.com/news.xml", **fields: Any) -> FeedSource:
    """A configured feed."""
    return FeedSource(**({"url": url, "title": "Example News", "categories": (PRIVACY,)} | fields))


def feed(number: int = 1, **fields: Any) -> Feed:
    """A saved feed."""
    return Feed(**({"id": FeedId(number), "source": feed_source()} | fields))


def entry(number: int = 1, **fields: Any) -> Entry:
    """An entry as a feed gives it."""
    defaults = {
        "guid": f"urn:entry:{number}",
        "url": f"https://news.example.com/{number}",
        "title": f"Title {number}",
        "published_at": at(-2),
        "summary": f"Summary {number} is a sentence of its own.",
    }
    return Entry(**(defaults | fields))


def article(number: int = 1, **fields: Any) -> Article:
    """An article; its id follows from its URL."""
    url = fields.get("url", f"https://news.example.com/{number}")
    defaults = {
        "id": article_id(url),
        "feed": FeedId(1),
        "url": url,
        "title": f"Title {number}",
        "outlet": "Example News",
        "published_at": at(-2),
        "gathered_at": at(-1),
        "description": f"Description {number} is a sentence of its own.",
        "text": f"First paragraph of {number}.\n\nSecond paragraph of {number}.",
        "guid": f"urn:entry:{number}",
    }
    return Article(**(defaults | fields))


def story(number: int = 1, **fields: Any) -> Story:
    """A story with one article."""
    lead = fields.get("lead", article(number))
    defaults = {"id": StoryId(lead.id), "lead": lead, "categories": (PRIVACY,), "score": 1.0}
    return Story(**(defaults | fields))


def teaser(text: str = "A teaser of one sentence.", **fields: Any) -> Teaser:
    """A teaser taken from a description."""
    defaults = {"text": text, "source": TeaserSource.DESCRIPTION, "sentences": (text,), "reasons": (Reason("short"),)}
    return Teaser(**(defaults | fields))


def chunk(rows: Sequence[tuple[SubscriberId, Edition]]) -> Chunk:
    """Readers, each with an edition, as a freeze takes them."""
    return Chunk({reader: of.id for reader, of in rows}, tuple(of for _, of in rows))


def made_up_title(chance: random.Random) -> str:
    """Seven words that no other title has together, so that it is a story of its own."""
    return " ".join(chance.sample(_WORDS, 7)).capitalize()


def story_item(number: int = 1, **fields: Any) -> StoryItem:
    """A story as an issue tells it."""
    of = article(number)
    defaults = {
        "story": StoryId(of.id),
        "article": ArticleId(of.id),
        "title": of.title,
        "url": of.url,
        "outlet": of.outlet,
        "published_at": of.published_at,
        "categories": (PRIVACY,),
        "teaser": teaser(f"Teaser {number} says it in one sentence."),
    }
    return StoryItem(**(defaults | fields))


def sponsor(key: str = "acme", **fields: Any) -> Sponsor:
    """A paid block for everyone."""
    defaults = {
        "key": key,
        "name": "Acme",
        "title": "A word from Acme",
        "text": "Acme makes anvils.",
        "url": "https://acme.example.com/",
    }
    return Sponsor(**(defaults | fields))


def event(key: str = "summit", **fields: Any) -> Event:
    """An event promotion for everyone."""
    defaults = {
        "key": key,
        "title": "The Summit",
        "text": "Two days of talks.",
        "url": "https://summit.example.com/",
        "starts_on": date(2027, 3, 2),
        "place": "Lisbon",
    }
    return Event(**(defaults | fields))


def content(*items: StoryItem, **fields: Any) -> IssueContent:
    """An issue's content: by default two stories, and a section for each of their categories."""
    told = items or (story_item(1), story_item(2, categories=(SECURITY,), also=(AlsoIn("Other", "https://o.example"),)))
    found = dict.fromkeys(category for item in told for category in item.categories)
    sections = tuple(
        Section(category, tuple(item.story for item in told if category in item.categories)) for category in found
    )
    return IssueContent(**({"stories": told, "sections": sections} | fields))


def issue(newsletter: str = "weekly", slot: date = date(2026, 11, 24), **fields: Any) -> Issue:
    """A draft with two stories; its id follows from newsletter and slot."""
    slug = NewsletterSlug(newsletter)
    noon = datetime(slot.year, slot.month, slot.day, 12, tzinfo=UTC)
    defaults = {
        "id": issue_id(slug, slot),
        "newsletter": slug,
        "slot": slot,
        "send_at": noon,
        "window": Window(noon - timedelta(days=7), noon),
        "content": content(),
    }
    return Issue(**(defaults | fields))


def fragment(key: str = "head", **fields: Any) -> Fragment:
    """A fragment with one slot in its HTML."""
    html = (f"<p>{key} ".encode(), Slot("subject", Escape.HTML), b"</p>\r\n")
    defaults = {"key": key, "html": html, "text": (f"{key}\r\n".encode(),), "html_size": sum(map(len, html[::2]))}
    return Fragment(**(defaults | fields))


def compiled(issue: IssueId = IssueId("weekly-2026-11-24"), *keys: str, revision: int = 1) -> CompiledIssue:
    """All fragments of an issue, by key."""
    named = keys or ("head", "teaser:1", "footer")
    return CompiledIssue(issue, revision, MappingProxyType({key: fragment(key) for key in named}))


def edition(name: str = "e1", issue: IssueId = IssueId("weekly-2026-11-24"), **fields: Any) -> Edition:
    """An edition with one story."""
    defaults = {
        "id": EditionId(name),
        "issue": issue,
        "revision": 1,
        "keys": ("head", "teaser:1", "footer"),
        "subject": f"Subject of {name}",
        "values": (("count", "1"), ("minutes", "2")),
        "stories": (StoryId(article(1).id),),
        "categories": (PRIVACY,),
        "html_size": 1234,
    }
    return Edition(**(defaults | fields))


def subscriber_draft(email: str = "ada@example.com", **fields: Any) -> SubscriberDraft:
    """A reader before they have an id."""
    defaults = {"email": email, "name": "Ada", "country": "GB", "timezone": "Europe/London"}
    return SubscriberDraft(**(defaults | fields))


def subscriber(number: int = 1, **fields: Any) -> Subscriber:
    """A confirmed reader."""
    defaults = {
        "id": SubscriberId(number),
        "email": f"reader{number}@example.com",
        "name": f"Reader {number}",
        "country": "GB",
        "timezone": "Europe/London",
        "state": SubscriberState.CONFIRMED,
        "created_at": at(-48),
        "confirmed_at": at(-47),
    }
    return Subscriber(**(defaults | fields))


def preferences(*categories: str, **fields: Any) -> Preferences:
    """Weekly, privacy and security unless said otherwise."""
    chosen = frozenset(slugs(*(categories or ("privacy", "security"))))
    return Preferences(**({"categories": chosen, "cadence": Cadence.WEEKLY} | fields))


def recipient(number: int = 1, *categories: str, **fields: Any) -> Recipient:
    """A confirmed reader and what they chose; keywords go to the subscriber."""
    return Recipient(subscriber(number, **fields), preferences(*categories))


def consent(kind: ConsentKind = ConsentKind.SIGNED_UP, **fields: Any) -> ConsentEvent:
    """An entry of the log of consent."""
    return ConsentEvent(**({"kind": kind, "at": NOW, "source": "web", "newsletter": WEEKLY, "wording": "v1"} | fields))


def outcome(
    subscriber: int = 1,
    kind: OutcomeKind = OutcomeKind.ACCEPTED,
    issue: IssueId = IssueId("weekly-2026-11-24"),
    **fields: Any,
) -> Outcome:
    """What the mail server said of one delivery."""
    return Outcome(**({"key": DeliveryKey(issue, SubscriberId(subscriber)), "kind": kind, "reply": "250 ok"} | fields))


def picture(name: str = "one", **fields: Any) -> Picture:
    """A picture of known size."""
    defaults = {
        "url": f"https://pictures.example.com/{name}.jpg",
        "alt": f"Picture {name}",
        "width": 1200,
        "height": 675,
    }
    return Picture(**(defaults | fields))


def titles(items: Sequence[StoryItem | Article]) -> list[str]:
    """What they are called, in order: short to compare and to read."""
    return [item.title for item in items]
