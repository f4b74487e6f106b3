"""What every TidyStore forgets, and what it leaves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from build import NOW, WEEKLY, article, at, consent, feed_source, issue, preferences, subscriber_draft
from digest.model.feedback import FeedbackEvent, FeedbackKind
from digest.model.ids import ArticleId, IssueId, NewsletterSlug, StoryId, SubscriberId
from digest.model.people import ConsentKind, SuppressionReason
from digest.model.stories import Verdict
from digest.ports.store import Store

DAILY = NewsletterSlug("daily")
LATER = at(24)


def asked(store: Store, email: str, hours: float = 0, newsletter: NewsletterSlug = WEEKLY) -> SubscriberId:
    event = consent(at=at(hours), newsletter=newsletter)
    return store.readers.sign_up(subscriber_draft(email), newsletter, preferences(), event).id


def reading(store: Store, email: str = "ada@example.com") -> SubscriberId:
    reader = asked(store, email)
    store.readers.confirm(reader, WEEKLY, consent(ConsentKind.CONFIRMED, at=at(1)))
    return reader


def emails(store: Store) -> list[str]:
    return [reader.email for reader, _ in store.readers.all()]


class TestUnconfirmed:
    def test_strangers_go_and_are_counted_first_in_a_dry_run(self, store: Store):
        reading(store)
        stranger = asked(store, "stranger@example.com")
        store.readers.ask_change(stranger, "other@example.com", NOW)
        asked(store, "new@example.com", hours=48)
        assert store.tidying.forget_unconfirmed(LATER, dry_run=True) == 1
        assert len(emails(store)) == 3
        store.tidying.forget_unconfirmed(LATER)
        assert emails(store) == ["ada@example.com", "new@example.com"]
        assert (store.readers.events(stranger), store.readers.subscriptions(stranger)) == ((), ())
        assert store.tidying.forget_unconfirmed(LATER) == 0

    def test_who_asked_again_lately_stays(self, store: Store):
        asked(store, "slow@example.com")
        slow = asked(store, "slow@example.com", hours=48)
        store.tidying.forget_unconfirmed(LATER)
        assert emails(store) == ["slow@example.com"]
        assert store.readers.confirm(slow, WEEKLY, consent(ConsentKind.CONFIRMED, at=at(49)))

    def test_a_wish_for_a_second_newsletter_goes_and_its_reader_stays(self, store: Store):
        ada = reading(store)
        asked(store, "ada@example.com", newsletter=DAILY)
        assert store.tidying.forget_unconfirmed(LATER) == 1
        assert [one.newsletter for one in store.readers.subscriptions(ada)] == [WEEKLY]

    def test_that_somebody_left_is_not_forgotten_with_their_new_wish(self, store: Store):
        ada = reading(store)
        store.readers.leave(ada, WEEKLY, consent(ConsentKind.LEFT, at=at(2)))
        asked(store, "ada@example.com", hours=3)
        store.tidying.forget_unconfirmed(LATER)
        assert store.readers.subscriptions(ada)[0].left_at == at(2)

    def test_a_number_is_never_given_again(self, store: Store):
        gone = asked(store, "stranger@example.com")
        store.tidying.forget_unconfirmed(LATER)
        assert asked(store, "new@example.com") > gone


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_only_whoever_bounced_long_ago_and_everywhere_is_listed(store: Store, reason: SuppressionReason):
    ada, bea, cleo = (reading(store, f"{name}@example.com") for name in ("ada", "bea", "cleo"))
    store.readers.suppress("ada@example.com", reason, NOW)
    store.readers.suppress("bea@example.com", reason, LATER)
    store.readers.suppress("cleo@example.com", reason, NOW, WEEKLY)
    assert store.tidying.bounced(LATER) == ((ada,) if reason is SuppressionReason.BOUNCE else ())
    assert len({ada, bea, cleo}) == 3


def test_old_bounces_go(store: Store):
    ada = reading(store)
    for hours in (0, 48):
        store.feedback.record(
            FeedbackEvent(IssueId(f"weekly-{hours}"), ada, FeedbackKind.SOFT, "4.2.2", "full", at(hours))
        )
    assert [store.tidying.forget_bounces(LATER, dry_run=dry) for dry in (True, False)] == [1, 1]
    assert [event.issue for event in store.feedback.events(ada)] == ["weekly-48"]


def test_the_log_of_the_erased_goes_when_its_time_is_over(store: Store):
    ada, bea = reading(store), reading(store, "bea@example.com")
    store.readers.erase(ada, consent(ConsentKind.ERASED, at=at(2)))
    assert store.tidying.forget_consent(at(2)) == 0
    assert [store.tidying.forget_consent(LATER, dry_run=dry) for dry in (True, False)] == [3, 3]
    assert (store.readers.events(ada), len(store.readers.events(bea))) == ((), 2)
    assert store.readers.suppressed("ada@example.com")


def test_verdicts_of_old_issues_go(store: Store):
    store.feeds.sync([feed_source("https://a.example/")], NOW)
    store.articles.save([article(1)])
    old, new = issue(), issue(slot=issue().slot + timedelta(days=7))
    for one in (old, new):
        store.issues.create(one, NOW, [Verdict(ArticleId(article(1).id), StoryId("s"), True, (), ())])
    between = old.send_at + timedelta(days=1)
    assert [store.tidying.forget_verdicts(between, dry_run=dry) for dry in (True, False)] == [1, 1]
    assert store.issues.verdict(old.id, ArticleId(article(1).id)) is None
    assert store.issues.verdict(new.id, ArticleId(article(1).id))
    store.tidying.forget_log()
