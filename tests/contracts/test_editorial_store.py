"""What every EditorialStore does, and what IssueStore keeps of an issue's verdicts."""

from __future__ import annotations

from datetime import date

import pytest

from build import NOW, article, at, feed_source, issue, slugs
from digest.model.ids import ArticleId, FeedId, StoryId
from digest.model.stories import Correction, Reason, Verdict
from digest.ports.content import Decided, Pool
from digest.ports.store import Store


@pytest.fixture(autouse=True)
def _articles(store: Store):
    store.feeds.sync([feed_source("https://a.example/"), feed_source("https://b.example/")], NOW)
    store.articles.save(article(n, gathered_at=at(n), outlet=f"Outlet {n}") for n in range(5))


def verdict(number: int, *categories: str, included: bool = True, rule: str = "in") -> Verdict:
    of = article(number).id
    return Verdict(of, StoryId(of), included, (Reason(rule, "Größe “x”"), Reason("empty")), slugs(*categories))


def test_verdicts_come_back_exactly_as_they_were_saved_with_their_issue(store: Store):
    told, out = verdict(1, "privacy", "security"), verdict(2, included=False)
    assert store.issues.create(issue(), NOW, [told, out])
    assert store.issues.verdict(issue().id, told.article) == told
    assert store.issues.verdict(issue().id, out.article) == out
    assert store.issues.verdict(issue().id, article(3).id) is None
    assert store.issues.verdict(issue("daily").id, told.article) is None


def test_an_issue_that_is_there_keeps_its_verdicts(store: Store):
    store.issues.create(issue(), NOW, [verdict(1)])
    assert not store.issues.create(issue(), NOW, [verdict(1, rule="other"), verdict(2)])
    assert store.issues.verdict(issue().id, article(1).id) == verdict(1)
    assert store.issues.verdict(issue().id, article(2).id) is None


def test_thousands_of_verdicts_are_saved_at_once(store: Store):
    store.articles.save(article(n) for n in range(10, 2510))
    store.issues.create(issue(), NOW, (verdict(n) for n in range(10, 2510)))
    assert store.issues.verdict(issue().id, article(2509).id) == verdict(2509)


def test_a_correction_takes_the_place_of_the_one_before(store: Store):
    of = store.articles.get(article(1).id)
    store.editorial.correct(of.id, slugs("privacy"), "ed", at(1))
    store.editorial.correct(of.id, slugs("security", "privacy"), "eve", at(2))
    assert store.editorial.corrections() == (Correction(of, slugs("security", "privacy"), at(2), "eve"),)


def test_corrections_are_newest_first_and_none_fits_is_one_too(store: Store):
    for number, hour in ((1, 2), (2, 3), (3, 1)):
        store.editorial.correct(article(number).id, (), "ed", at(hour))
    assert [c.article.id for c in store.editorial.corrections()] == [article(n).id for n in (2, 1, 3)]
    assert [(c.article.id, c.categories) for c in store.editorial.corrections(limit=1)] == [(article(2).id, ())]


def test_an_article_that_is_not_there_cannot_be_corrected(store: Store):
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.editorial.correct(ArticleId("none"), (), "ed", NOW)


def test_articles_are_listed_newest_first_with_the_newest_issues_verdict(store: Store):
    store.issues.create(issue(slot=date(2026, 11, 24)), NOW, [verdict(4, "privacy"), verdict(3)])
    store.issues.create(issue(slot=date(2026, 11, 17)), NOW, [verdict(4, rule="older"), verdict(2, "robotics")])
    store.editorial.correct(article(2).id, slugs("privacy"), "ed", NOW)
    listed = store.editorial.decided()
    assert [d.article.id for d in listed] == [article(n).id for n in (4, 3, 2, 1, 0)]
    saved = store.articles.get(article(4).id)
    assert listed[0] == Decided(saved, issue().id, verdict(4, "privacy"), None)
    assert (listed[2].issue, listed[2].corrected) == ("weekly-2026-11-17", slugs("privacy"))
    assert (listed[3].issue, listed[3].verdict, listed[3].corrected) == (None, None, None)
    assert len(store.editorial.decided(limit=2)) == 2


def test_what_nobody_found_a_category_for_is_found(store: Store):
    store.issues.create(issue(), NOW, [verdict(1), verdict(2), verdict(3, "privacy")])
    store.editorial.correct(article(2).id, (), "ed", NOW)
    assert [d.article.id for d in store.editorial.decided(abstained=True)] == [article(1).id]


@pytest.mark.parametrize(
    ("search", "found"), [("TITLE 3", [3]), ("outlet 2", [2]), ("%", []), ("title", [4, 3, 2, 1, 0])]
)
def test_the_listing_is_searched_by_title_and_outlet(store: Store, search: str, found: list[int]):
    assert [d.article.id for d in store.editorial.decided(search)] == [article(n).id for n in found]


def test_an_article_is_found_by_its_canonical_url_whatever_its_id(store: Store):
    moved = article(9, id=ArticleId("0123456789abcdef"))
    store.articles.save([moved])
    assert store.articles.with_url(moved.url) == moved
    assert store.articles.with_url("https://news.example.com/none") is None


def test_articles_are_counted_by_feed(store: Store):
    store.articles.save([article(20, feed=FeedId(2))])
    assert store.articles.count_by_feed() == {FeedId(1): 5, FeedId(2): 1}


def test_a_pin_stays_until_it_is_taken_away(store: Store):
    one, two = article(1).id, article(2).id
    for _ in range(2):
        store.editorial.pin(one, "ada", NOW)
    store.editorial.pin(two, "ada", NOW)
    assert store.editorial.pins() == {one, two}
    assert store.editorial.unpin(one)
    assert not store.editorial.unpin(one)
    assert store.editorial.pins() == {two}


def pooled(store: Store, **fields: object) -> list[int]:
    numbers = {article(n).id: n for n in range(5)}
    return [
        numbers[one.article.id] for one in store.editorial.pool(Pool(**({"issue": issue().id, "since": NOW} | fields)))
    ]


def test_the_pool_has_what_is_not_told_newest_first_with_this_issues_verdict(store: Store):
    store.issues.create(issue(), NOW, [verdict(1, "privacy", included=False), verdict(2)])
    store.issues.create(issue("daily"), NOW, [verdict(1, rule="other")])
    assert pooled(store) == [4, 3, 2, 1, 0]
    assert pooled(store, since=at(1), told=frozenset({StoryId(article(2).id)})) == [4, 3, 1]
    found = store.editorial.pool(Pool(issue().id, NOW, limit=2, skip=2))
    assert [one.verdict for one in found] == [verdict(2), verdict(1, "privacy", included=False)]
    assert store.editorial.pool(Pool(issue().id, NOW, limit=1))[0].verdict is None


def test_an_article_of_a_story_that_is_told_is_not_in_the_pool_though_it_came_later(store: Store):
    story = StoryId(article(2).id)
    store.articles.assign([(article(4).id, story)])
    assert pooled(store, told=frozenset({story})) == [3, 1, 0]


def test_the_pool_is_searched_by_words_outlet_and_category(store: Store):
    store.issues.create(issue(), NOW, [verdict(1, "privacy"), verdict(2, "privacy"), verdict(3, "private")])
    store.editorial.correct(article(2).id, slugs("security"), "ed", NOW)
    assert pooled(store, search="DESCRIPTION 3") == [3]
    assert pooled(store, search="%") == []
    assert pooled(store, outlet="Outlet 4") == [4]
    assert pooled(store, category=slugs("privacy")[0]) == [1]
    assert pooled(store, category=slugs("security")[0]) == [2]
    assert store.editorial.outlets(at(3)) == ("Outlet 3", "Outlet 4")


def test_the_pool_knows_the_topics_of_a_feed_before_the_rules_have_looked(store: Store):
    store.articles.save([article(7, hints=slugs("robotics"), gathered_at=at(9))])
    found = store.editorial.pool(Pool(issue().id, NOW, category=slugs("robotics")[0]))
    assert [one.article.id for one in found] == [article(7).id]
