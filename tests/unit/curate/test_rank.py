"""How stories are ranked, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digest.config.machine import CurateSettings
from digest.curate.rank import PIN_BONUS, is_pinned, ranked, score
from digest.model.feeds import Article
from digest.model.ids import ArticleId, FeedId, StoryId
from digest.model.stories import Story

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
SETTINGS = CurateSettings(half_life_hours=24)


def story(name: str, *outlets: str, hours: float = 0, weight: float = 1.0) -> Story:
    at = NOW - timedelta(hours=hours)
    articles = [
        Article(ArticleId(f"{name}{n}"), FeedId(1), "u", "t", outlet, at, NOW, weight=weight)
        for n, outlet in enumerate(outlets or ("One",))
    ]
    return Story(StoryId(name), articles[0], tuple(articles[1:]))


def test_a_story_counts_half_after_its_half_life() -> None:
    assert score(story("a"), NOW, SETTINGS).score == 1
    assert score(story("a", hours=24), NOW, SETTINGS).score == 0.5


def test_outlets_count_once_each() -> None:
    assert score(story("a", "One", "Two"), NOW, SETTINGS).score == 1.5
    assert score(story("a", "One", "One"), NOW, SETTINGS).score == 1


def test_the_weight_of_the_source_counts() -> None:
    assert score(story("a", weight=1.2), NOW, SETTINGS).score == 1.2


def test_a_pin_goes_before_everything_and_says_so() -> None:
    pinned = score(story("old", hours=400), NOW, SETTINGS, {StoryId("old")})
    fresh = score(story("new", "One", "Two", "Three", weight=5), NOW, SETTINGS)
    assert [s.id for s in ranked([fresh, pinned])] == ["old", "new"]
    assert [reason.rule for reason in pinned.reasons] == ["recency", "outlets", "source-weight", "pin"]


def test_a_date_in_the_future_gains_nothing() -> None:
    assert score(story("a", hours=-48), NOW, SETTINGS).score == 1


def test_equal_scores_are_told_newest_first_then_by_id() -> None:
    stories = [story("c", hours=2), story("b", hours=1), story("a", hours=2)]
    assert [s.id for s in ranked(stories)] == ["b", "a", "c"]


def test_a_pin_on_any_of_its_articles_lifts_a_story():
    told = story("a", "One", "Two")
    assert not is_pinned(told, ())
    for pinned in (told.lead, *told.others):
        assert is_pinned(told, {pinned.id})
        assert score(told, NOW, SETTINGS, {pinned.id}).score > PIN_BONUS
