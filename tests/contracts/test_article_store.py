"""What every ArticleStore does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from build import NOW, article, at, feed_source, picture, slugs
from digest.model.ids import ArticleId, FeedId, StoryId
from digest.model.issue import Window
from digest.ports.content import SaveCount
from digest.ports.store import Store


@pytest.fixture(autouse=True)
def _feeds(store: Store):
    store.feeds.sync([feed_source("https://a.example/"), feed_source("https://b.example/")], NOW)


def test_an_article_comes_back_exactly_as_it_was_saved(store: Store):
    full = article(
        title="Straße, “quotes” & 日本語 🙂",
        published_at=at(-1.234567),
        tags=("One, two", "ärger"),
        hints=slugs("privacy", "security"),
        picture=picture(),
        weight=0.1,
        author="A. Author",
        language="de",
        story=StoryId("abc"),
    )
    assert store.articles.save([full]) == SaveCount(1, 0, 0)
    assert store.articles.get(full.id) == full
    assert store.articles.get(full.id).gathered_at.utcoffset() == at(0).utcoffset()
    assert store.articles.get(ArticleId("0")) is None


def test_saving_twice_changes_nothing(store: Store):
    both = [article(1), article(2)]
    assert store.articles.save(both) == SaveCount(2, 0, 0)
    assert store.articles.save(both) == SaveCount(0, 0, 2)
    assert store.articles.count() == 2


def test_a_known_id_takes_new_words_and_picture_and_keeps_its_first_times_and_story(store: Store):
    first = article(1)
    store.articles.save([first])
    store.articles.assign([(first.id, StoryId("story"))])
    later = article(
        1,
        title="New",
        text="New",
        description="New",
        picture=picture(),
        gathered_at=at(5),
        published_at=at(5),
        weight=9,
    )
    assert store.articles.save([later]) == SaveCount(0, 1, 0)
    words = {"title": "New", "text": "New", "description": "New", "picture": picture(), "story": "story"}
    assert store.articles.get(first.id) == replace(first, **words)


def test_a_known_guid_of_the_same_feed_under_another_url_is_the_same_article(store: Store):
    first = article(1, guid="tag:1")
    store.articles.save([first])
    moved = article(2, guid="tag:1", title="Moved")
    assert store.articles.save([moved]) == SaveCount(0, 1, 0)
    assert store.articles.get(moved.id) is None
    assert store.articles.get(first.id).title == "Moved"


def test_the_same_guid_in_two_feeds_and_no_guid_at_all_are_different_articles(store: Store):
    other_feed = article(2, guid="tag:1", feed=FeedId(2))
    articles = [article(1, guid="tag:1"), other_feed, article(3, guid=""), article(4, guid="")]
    assert store.articles.save(articles) == SaveCount(4, 0, 0)


def test_one_article_twice_in_one_batch_is_saved_once(store: Store):
    same_guid = [article(1, guid="g"), article(2, guid="g", title="Again"), article(1, guid="g")]
    assert store.articles.save(same_guid) == SaveCount(1, 0, 2)
    assert store.articles.get(article(1).id).title == "Title 1"


def test_thousands_are_saved_known_and_assigned_at_once(store: Store):
    many = [article(number) for number in range(2500)]
    assert store.articles.save(iter(many)).new == 2500
    assert store.articles.known([a.id for a in many]) == {a.id for a in many}
    store.articles.assign((a.id, StoryId("s")) for a in many)
    assert {a.story for a in store.articles.gathered_in(Window(at(-2), NOW))} == {"s"}


def test_known_says_which_ids_are_there(store: Store):
    store.articles.save([article(1)])
    assert store.articles.known([article(1).id, article(2).id]) == {article(1).id}
    assert store.articles.known([]) == frozenset()


def test_a_window_includes_its_start_and_not_its_end_and_is_in_order(store: Store):
    hours = {1: 3, 2: 1, 3: 2, 4: 0, 5: 1}
    store.articles.save(article(number, gathered_at=at(hour)) for number, hour in hours.items())
    found = store.articles.gathered_in(Window(at(1), at(3)))
    assert [(a.gathered_at, a.id) for a in found] == sorted((at(hours[n]), article(n).id) for n in (2, 3, 5))


def test_an_article_of_no_feed_is_refused(store: Store):
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.articles.save([article(feed=FeedId(99))])
