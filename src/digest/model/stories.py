"""What is made of articles: stories, ranked and in categories, each with a teaser and the reasons for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.feeds import Article
from digest.model.ids import ArticleId, CategorySlug, StoryId


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule decided as it did: a stable rule name and a detail for people."""

    rule: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One or more articles about the same event; the lead speaks, the others are "also in"."""

    id: StoryId
    """The id of the article that founded it; outlives issues."""
    lead: Article
    others: tuple[Article, ...] = ()
    categories: tuple[CategorySlug, ...] = ()
    """Best first; empty when nothing was sure enough and an editor must say."""
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why one article's story is in an issue or not, as the rules decided when the issue was built."""

    article: ArticleId
    story: StoryId
    included: bool
    reasons: tuple[Reason, ...]
    categories: tuple[CategorySlug, ...] = ()
    """Of the story; empty when nothing was sure enough."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Where an editor put an article."""

    article: Article
    categories: tuple[CategorySlug, ...]
    """Empty: no category fits."""
    at: datetime
    by: str


class TeaserSource(StrEnum):
    """Where a teaser's words come from."""

    DESCRIPTION = "description"
    EXTRACT = "extract"
    MODEL = "model"
    EDITOR = "editor"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Teaser:
    """One or two sentences that stand for a story, at most 220 characters, with the sentences they come from."""

    text: str
    source: TeaserSource
    sentences: tuple[str, ...] = ()
    """The source sentences, word for word as in the article or its description."""
    reasons: tuple[Reason, ...] = ()
