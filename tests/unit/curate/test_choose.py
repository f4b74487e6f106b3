"""Quotas, diversity and minimums, each with its reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.config.publication import NewsletterSettings, SenderSettings, ShortPolicy
from digest.curate.choose import Choice, choose
from digest.curate.short import Step, plan_short
from digest.model.feeds import Article
from digest.model.ids import ArticleId, CategorySlug, FeedId, StoryId
from digest.model.issue import Window
from digest.model.stories import Story

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
A, B = CategorySlug("a"), CategorySlug("b")


def newsletter(**more: object) -> NewsletterSettings:
    return NewsletterSettings(slug="n", name="N", sender=SenderSettings(name="N", address="n@x.example"), **more)  # type: ignore[arg-type]


def story(name: str, score: float, *categories: CategorySlug, outlet: str = "") -> Story:
    lead = Article(ArticleId(name), FeedId(1), "u", "t", outlet or name, NOW, NOW)
    return Story(StoryId(name), lead, (), categories, score)


def sections(choice: Choice) -> dict[str, tuple[str, ...]]:
    return {section.category: section.stories for section in choice.sections}


def rule(choice: Choice, name: str) -> list[str]:
    return [reason.rule for reason in choice.reasons[StoryId(name)]]


def test_a_section_holds_its_quota_of_the_best_and_counts_what_it_left_out() -> None:
    ranked = [story(f"s{n}", 9 - n, A) for n in range(5)]
    choice = choose(ranked, newsletter(per_category=2), (A, B))
    assert sections(choice) == {"a": ("s0", "s1")}
    assert choice.sections[0].left_out == 3
    assert rule(choice, "s0") == ["in"]
    assert rule(choice, "s4") == ["quota-category"]


def test_the_issues_quota_starves_no_category() -> None:
    ranked = [*(story(f"s{n}", 9 - n, A) for n in range(5)), story("last", 0.1, B)]
    choice = choose(ranked, newsletter(max_stories=3), (A, B))
    assert sections(choice) == {"a": ("s0", "s1"), "b": ("last",)}
    assert rule(choice, "s2") == ["quota-issue"]


def test_one_outlet_never_fills_an_issue() -> None:
    ranked = [story(f"s{n}", 9 - n, A, outlet="Loud") for n in range(3)] + [story("quiet", 1, A)]
    choice = choose(ranked, newsletter(per_source=2), (A,))
    assert sections(choice) == {"a": ("s0", "s1", "quiet")}
    assert rule(choice, "s2") == ["quota-source"]


def test_another_outlet_goes_before_a_slightly_better_story_of_the_same() -> None:
    ranked = [story("first", 1.0, A, outlet="Loud"), story("second", 0.95, A, outlet="Loud"), story("other", 0.9, A)]
    assert sections(choose(ranked, newsletter(per_category=2), (A,))) == {"a": ("first", "other")}


def test_a_story_may_stand_in_several_sections_and_counts_once() -> None:
    choice = choose([story("both", 2, A, B), story("one", 1, B)], newsletter(max_stories=2), (A, B))
    assert sections(choice) == {"a": ("both",), "b": ("both", "one")}
    assert [s.id for s in choice.stories] == ["both", "one"]


def test_a_thin_section_is_left_out() -> None:
    ranked = [story("x", 3, A), story("y", 2, A), story("z", 1, B)]
    choice = choose(ranked, newsletter(section_minimum=2), (A, B))
    assert sections(choice) == {"a": ("x", "y")}
    assert rule(choice, "z") == ["below-minimum"]
    assert [s.id for s in choice.stories] == ["x", "y"]


def test_stories_without_or_with_other_categories_say_so() -> None:
    choice = choose([story("x", 1), story("y", 1, B)], newsletter(), (A,))
    assert rule(choice, "x") == ["no-category"]
    assert rule(choice, "y") == ["other-category"]


WINDOW = Window(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize(
    ("found", "short", "step"),
    [
        (3, ShortPolicy.SKIP, Step.ENOUGH),
        (2, ShortPolicy.SKIP, Step.SKIP),
        (2, ShortPolicy.FILL, Step.SKIP),
        (2, ShortPolicy.WIDEN, Step.WIDEN),
    ],
)
def test_the_next_step_of_a_short_issue(found: int, short: ShortPolicy, step: Step) -> None:
    assert plan_short(found, newsletter(minimum=3, short=short), WINDOW).step is step


def test_an_issue_is_widened_once() -> None:
    settings = newsletter(minimum=3, short=ShortPolicy.WIDEN, lookback_days=8)
    plan = plan_short(0, settings, WINDOW)
    assert plan.window == Window(datetime(2026, 11, 8, tzinfo=UTC), WINDOW.end)
    assert plan_short(0, settings, plan.window).step is Step.SKIP
