"""Lists page by page: every row once, in order, whatever the size of a page."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from build import NOW, WEEKLY, article, at, consent, feed_source, issue, preferences, subscriber_draft
from digest.model.ids import NewsletterSlug
from digest.model.issue import IssueState
from digest.ports.store import Store

DAILY = NewsletterSlug("daily")


def paged(ask, key, size):
    """All rows, and how many pages they took."""
    found, after = [], None
    for pages in count():
        page = ask(after, size)
        if not page:
            return found, pages
        assert len(page) <= size
        found += page
        after = key(page[-1])
    raise AssertionError


@pytest.mark.parametrize("size", [1, 2, 100])
def test_articles_come_latest_gathered_first(store: Store, size: int):
    store.feeds.sync([feed_source("https://a.example/")], NOW)
    hours = {1: 0, 2: 5, 3: 5, 4: 2}
    store.articles.save(article(number, gathered_at=at(hour)) for number, hour in hours.items())
    rows, _ = paged(store.articles.page, lambda one: (one.gathered_at, one.id), size)
    assert [one.gathered_at for one in rows] == [at(5), at(5), at(2), at(0)]
    assert [one.id for one in rows[:2]] == sorted(one.id for one in rows[:2])
    assert len({one.id for one in rows}) == 4


@pytest.mark.parametrize("size", [1, 2, 100])
def test_issues_come_latest_slot_first(store: Store, size: int):
    slot = issue().slot
    made = [issue(), issue(slot=slot + timedelta(days=7)), issue("daily"), issue("daily", slot - timedelta(days=1))]
    for one in made:
        store.issues.create(one, NOW)
    store.issues.advance(made[0].id, IssueState.CANCELLED, NOW)

    def ids(newsletter=None, state=None):
        rows, _ = paged(
            lambda after, limit: store.issues.page(newsletter, state, after, limit),
            lambda one: (one.slot, one.id),
            size,
        )
        return [one.id for one in rows]

    assert ids() == [made[1].id, made[2].id, made[0].id, made[3].id]
    assert ids(DAILY) == [made[2].id, made[3].id]
    assert ids(state=IssueState.CANCELLED) == [made[0].id]
    assert ids(WEEKLY, IssueState.DRAFT) == [made[1].id]
    assert [one.id for one in store.issues.all()] == ids()


@pytest.mark.parametrize("size", [1, 2, 100])
def test_subscriptions_come_by_subscriber_and_newsletter(store: Store, size: int):
    for email, newsletter in (("ada", WEEKLY), ("bea", WEEKLY), ("ada", DAILY), ("bea", DAILY), ("cleo", WEEKLY)):
        event = consent(newsletter=newsletter)
        reader = store.readers.sign_up(subscriber_draft(f"{email}@example.com"), newsletter, preferences(), event)
    store.readers.leave(reader.id, WEEKLY, consent())

    def keys(newsletter=None):
        rows, _ = paged(
            lambda after, limit: store.readers.each_subscription(newsletter, after, limit),
            lambda one: (one.subscriber, one.newsletter),
            size,
        )
        return [(one.subscriber, one.newsletter) for one in rows]

    assert keys() == [(1, DAILY), (1, WEEKLY), (2, DAILY), (2, WEEKLY), (reader.id, WEEKLY)]
    assert keys(DAILY) == [(1, DAILY), (2, DAILY)]
