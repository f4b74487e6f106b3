"""The stage function: from articles to an issue's stories, sections and verdicts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.config.machine import CurateSettings
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.curate.stage import Curated, Editorial, curate
from digest.model.feeds import Article
from digest.model.ids import ArticleId, CategorySlug, FeedId, StoryId
from digest.model.issue import Section, Window

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
CATEGORIES = (
    CategorySettings(slug="privacy", name="Privacy", keywords=("personal data", "GDPR")),
    CategorySettings(slug="robotics", name="Robotics", keywords=("robot", "humanoid")),
    CategorySettings(slug="sponsored", name="Sponsored Content", choosable=False),
)


def article(name: str, title: str, outlet: str = "Daily Post", hours: float = 1, **more: object) -> Article:
    at = NOW - timedelta(hours=hours)
    values = {"description": "", "feed": FeedId(1), "url": f"https://example.org/{name}", "gathered_at": at} | more
    return Article(id=ArticleId(name), title=title, outlet=outlet, published_at=at, **values)  # type: ignore[arg-type]


def newsletter(**more: object) -> NewsletterSettings:
    values = {"slug": "weekly", "name": "Weekly"} | more
    return NewsletterSettings(sender=SenderSettings(name="W", address="w@example.org"), **values)  # type: ignore[arg-type]


def run(
    *articles: Article,
    newsletter: NewsletterSettings = newsletter(),
    told: frozenset[StoryId] = frozenset(),
    **more: object,
) -> Curated:
    return curate(articles, newsletter, CATEGORIES, told, NOW, CurateSettings(), **more)  # type: ignore[arg-type]


ROBOT = article("a1", "Humanoid robot learns to fold laundry in a day")
ROBOT_TOO = article("a2", "Humanoid robot learns to fold laundry - The Courier", outlet="The Courier", hours=0.5)
PRIVACY = article("a3", "Regulator fines retailer for selling personal data", outlet="Ledger")
NOTHING = article("a4", "Pineapple upside-down cake for beginners", outlet="Kitchen")


def rules(curated: Curated, article: str) -> list[str]:
    return [r.rule for v in curated.verdicts if v.article == article for r in v.reasons]


def test_articles_about_one_event_become_one_story_in_its_category() -> None:
    curated = run(ROBOT, ROBOT_TOO, PRIVACY, NOTHING)
    assert curated.sections == (
        Section(CategorySlug("privacy"), (StoryId("a3"),)),
        Section(CategorySlug("robotics"), (StoryId("a1"),)),
    )
    assert dict(curated.assignments)[ArticleId("a2")] == "a1"


def test_every_article_has_a_verdict_with_reasons() -> None:
    curated = run(ROBOT, ROBOT_TOO, PRIVACY, NOTHING)
    assert [(v.article, v.included) for v in curated.verdicts] == [
        ("a1", True),
        ("a2", True),
        ("a3", True),
        ("a4", False),
    ]
    assert rules(curated, "a2")[0] == "in"
    assert rules(curated, "a4")[0] == "no-category"
    assert [story.id for story in curated.undecided] == ["a4"]


def test_a_story_that_was_told_stays_out_even_when_it_is_pinned() -> None:
    told = frozenset({StoryId("a1")})
    assert rules(run(ROBOT, ROBOT_TOO, told=told), "a2")[0] == "told"
    pinned = Editorial(pins=frozenset({ArticleId("a2")}))
    assert rules(run(ROBOT, ROBOT_TOO, told=told, editorial=pinned), "a2")[0] == "told"


def test_a_story_is_new_when_one_of_its_articles_came_in_the_window() -> None:
    window = Window(NOW - timedelta(minutes=45), NOW)
    curated = run(ROBOT, ROBOT_TOO, PRIVACY, window=window)
    assert [story.id for story in curated.stories] == ["a1"]
    assert rules(curated, "a3")[0] == "not-new"


def test_old_articles_are_no_news_whenever_they_were_gathered() -> None:
    old = article("a9", "Robot wins chess game", hours=46 * 24, gathered_at=NOW)
    assert rules(run(old), "a9")[0] == "too-old"


def test_an_editor_outweighs_the_rules() -> None:
    editorial = Editorial(articles={ArticleId("a4"): (CategorySlug("privacy"),)}, pins=frozenset({ArticleId("a4")}))
    curated = run(ROBOT, NOTHING, editorial=editorial)
    assert [story.id for story in curated.stories] == ["a4", "a1"]
    assert {"in", "editor", "pin"} <= set(rules(curated, "a4"))


def test_the_newsletter_says_which_sections_there_are_and_in_which_order() -> None:
    curated = run(ROBOT, PRIVACY, newsletter=newsletter(categories=("robotics",)))
    assert [section.category for section in curated.sections] == ["robotics"]
    assert rules(curated, "a3")[0] == "other-category"


@pytest.mark.parametrize("articles", [(), (NOTHING,)])
def test_nothing_to_tell_gives_no_section(articles: tuple[Article, ...]) -> None:
    assert run(*articles).sections == ()
