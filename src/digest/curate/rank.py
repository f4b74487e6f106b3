"""How much a story matters now: takes a story, gives its score and the reasons. Chooses nothing."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from digest.config.machine import CurateSettings
from digest.model.feeds import Article
from digest.model.ids import ArticleId
from digest.model.stories import Reason, Story

PIN_BONUS = 100.0
"""Lifts a pinned story above all others; those pinned keep their order among themselves."""
_PER_DOUBLING = 0.5
"""How much of its score a story gains each time the number of outlets doubles."""


def score(story: Story, now: datetime, settings: CurateSettings, pins: Collection[ArticleId] = ()) -> Story:
    """The story with its score and the reasons: source weight x recency x outlets, and an editor's pin on top."""
    hours = max(now - newest(story), timedelta()).total_seconds() / 3600
    recency = 0.5 ** (hours / settings.half_life_hours)
    outlets = len({article.outlet for article in (story.lead, *story.others)})
    coverage = 1 + _PER_DOUBLING * math.log2(outlets)
    weight = max(article.weight for article in (story.lead, *story.others))
    pinned = is_pinned(story, pins)
    reasons = [
        Reason("recency", f"{hours:.0f} h old: x {recency:.2f}"),
        Reason("outlets", f"{outlets} {'outlet' if outlets == 1 else 'outlets'}: x {coverage:.2f}"),
        Reason("source-weight", f"x {weight:g}"),
    ]
    reasons += [Reason("pin", "an editor pinned it")] if pinned else []
    total = weight * recency * coverage + (PIN_BONUS if pinned else 0.0)
    return replace(story, score=round(total, 6), reasons=(*story.reasons, *reasons))


def is_pinned(story: Story, pins: Collection[ArticleId]) -> bool:
    """Whether an editor pinned one of the story's articles, or the one that founded it."""
    return any(article in pins for article in (ArticleId(story.id), story.lead.id, *(o.id for o in story.others)))


def ranked(stories: Collection[Story]) -> tuple[Story, ...]:
    """Best first; equal scores by age, then id, so that the order never depends on how they came."""
    return tuple(sorted(stories, key=lambda story: (-story.score, -newest(story).timestamp(), story.id)))


def newest(story: Story) -> datetime:
    """When the story was last news: its newest article. A date in the future counts as when it was gathered."""
    return max(news_time(article) for article in (story.lead, *story.others))


def news_time(article: Article) -> datetime:
    """When an article was news: as published, but no later than we had it."""
    return min(article.published_at, article.gathered_at)
