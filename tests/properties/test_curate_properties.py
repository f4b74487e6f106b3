"""What holds for any articles: curation neither loses, repeats nor depends on order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config.machine import CurateSettings
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.curate.stage import curate
from digest.curate.stories import Piece, group
from digest.curate.titles import same_title, title_form
from digest.model.feeds import Article
from digest.model.ids import ArticleId, CategorySlug, FeedId, StoryId

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
WORDS = ["robot", "privacy", "court", "learns", "ruling", "bank", "fines", "gripper", "data", "new", "12", "13"]
CATEGORIES = tuple(CategorySettings(slug=name, name=name.title()) for name in ("robot", "privacy", "court"))

titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)
times = st.integers(0, 24 * 60).map(lambda hours: NOW - timedelta(hours=hours))


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    made = []
    for n in range(draw(st.integers(0, 14))):
        at = draw(times)
        known = draw(st.sampled_from([None, None, StoryId("old")]))
        hints = tuple(draw(st.sets(st.sampled_from([CategorySlug("court")]))))
        identity, outlet, title, text = ArticleId(f"a{n}"), draw(st.sampled_from("PQR")), draw(titles), draw(titles)
        url = f"https://x.example/{n}"
        made.append(Article(identity, FeedId(1), url, title, outlet, at, NOW, text=text, hints=hints, story=known))
    return made


@given(st.data(), articles())
@settings(max_examples=60, deadline=None)
def test_the_order_of_articles_makes_no_difference(data: st.DataObject, some: list[Article]) -> None:
    newsletter = NewsletterSettings(slug="n", name="N", sender=SenderSettings(name="N", address="n@x.example"))
    shuffled = data.draw(st.permutations(some))
    one, other = (curate(a, newsletter, CATEGORIES, frozenset(), NOW, CurateSettings()) for a in (some, shuffled))
    assert one == other


@given(articles(), st.integers(1, 4), st.integers(1, 4), st.integers(1, 8), st.sets(st.sampled_from(["old", "a0"])))
@settings(max_examples=60, deadline=None)
def test_quotas_hold_and_every_article_is_accounted_for(
    some: list[Article], per_category: int, per_source: int, most: int, told: set[str]
) -> None:
    newsletter = NewsletterSettings(
        slug="n", name="N", sender=SenderSettings(name="N", address="n@x.example"), per_category=per_category,
        per_source=per_source, max_stories=most,
    )  # fmt: skip
    before = frozenset(map(StoryId, told))
    curated = curate(some, newsletter, CATEGORIES, before, NOW, CurateSettings())
    included = {verdict.story for verdict in curated.verdicts if verdict.included}
    assert [verdict.article for verdict in curated.verdicts] == sorted(article.id for article in some)
    assert all(verdict.reasons for verdict in curated.verdicts)
    assert {story.id for story in curated.stories} == included == {s for c in curated.sections for s in c.stories}
    assert not included & before
    assert len(curated.stories) <= most
    assert all(0 < len(section.stories) <= per_category for section in curated.sections)
    outlets = [story.lead.outlet for story in curated.stories]
    assert all(outlets.count(outlet) <= per_source for outlet in outlets)
    assert [story.score for story in curated.stories] == sorted((s.score for s in curated.stories), reverse=True)


@given(st.lists(titles, max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_story_holds_the_article_that_founded_it(some: list[str]) -> None:
    stories = group([Piece(f"p{n}", title) for n, title in enumerate(some)])
    assert all(stories[story] == story for story in stories.values())


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_titles_are_the_same_both_ways_and_any_text_is_a_title(one: str, other: str) -> None:
    first, second = title_form(one), title_form(other)
    assert same_title(first, second) == same_title(second, first)
    assert same_title(first, first) or not first.words
