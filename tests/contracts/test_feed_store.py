"""What every FeedStore does."""

from __future__ import annotations

from build import NOW, at, feed_source, slugs
from digest.model.feeds import FeedHealth, FeedState
from digest.ports.store import Store

A, B = feed_source("https://a.example/feed"), feed_source("https://b.example/feed", title="", weight=0.5)


def test_configured_feeds_are_saved_in_their_order(store: Store):
    synced = store.feeds.sync([A, B], NOW)
    assert [feed.source for feed in synced] == [A, B]
    assert [feed.id for feed in synced] == [1, 2]
    assert synced == store.feeds.all()
    assert synced[0].state == FeedState()


def test_no_feeds_at_all_is_fine(store: Store):
    assert store.feeds.sync([], NOW) == ()


def test_a_feed_keeps_id_and_state_when_its_configuration_changes(store: Store):
    store.feeds.sync([A, B], NOW)
    state = FeedState("etag", "yesterday", at(0), at(1), at(-5), 3, at(0), "503", "https://new.example/")
    store.feeds.record(store.feeds.all()[0].id, state)
    changed = feed_source(A.url, title="New title", categories=slugs("robotics", "ethics"), weight=2.0, language="de")
    first, _ = store.feeds.sync([changed, B], at(1))
    assert (first.id, first.source, first.state) == (1, changed, state)
    assert first.state.health is FeedHealth.PAUSED


def test_a_feed_that_is_no_longer_configured_is_retired_and_comes_back_with_its_state(store: Store):
    store.feeds.sync([A, B], NOW)
    store.feeds.record(store.feeds.all()[0].id, FeedState(etag="kept"))
    assert [feed.source.url for feed in store.feeds.sync([B], NOW)] == [B.url]
    assert [feed.state.etag for feed in store.feeds.sync([A, B], NOW)] == ["kept", ""]


def test_a_feed_added_by_hand_stays_whatever_the_configuration_says(store: Store):
    added = store.feeds.add(A, NOW)
    assert store.feeds.sync([], NOW) == (added,)
    store.feeds.sync([A], NOW)
    assert store.feeds.sync([], NOW) == (added,)


def test_adding_the_same_url_again_gives_the_feed_that_is_there(store: Store):
    first = store.feeds.add(A, NOW)
    assert store.feeds.add(feed_source(A.url, title="Other"), NOW) == first


def test_of_two_configured_feeds_with_one_url_the_first_counts(store: Store):
    (only,) = store.feeds.sync([A, feed_source(A.url, title="Second")], NOW)
    assert only.source == A


def test_a_feed_is_due_when_it_was_never_fetched_or_its_time_has_come(store: Store):
    store.feeds.sync([A, B, feed_source("https://c.example/"), feed_source("https://d.example/")], NOW)
    now_due, later, paused, _ = (feed.id for feed in store.feeds.all())
    store.feeds.record(now_due, FeedState(next_at=NOW))
    store.feeds.record(later, FeedState(next_at=at(1)))
    store.feeds.record(paused, FeedState(paused_at=at(-1)))
    assert [feed.id for feed in store.feeds.due(NOW)] == [1, 4]
    assert [feed.id for feed in store.feeds.due(at(1))] == [1, 2, 4]


def test_a_title_found_in_the_feed_fills_an_empty_one_and_survives_the_next_sync(store: Store):
    store.feeds.sync([A, B], NOW)
    for feed in store.feeds.all():
        store.feeds.record(feed.id, FeedState(), "Found")
    assert [feed.source.title for feed in store.feeds.all()] == ["Example News", "Found"]
    assert [feed.source.title for feed in store.feeds.sync([A, B], NOW)] == ["Example News", "Found"]
