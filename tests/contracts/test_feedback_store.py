"""What every FeedbackStore does."""

from __future__ import annotations

from datetime import datetime

import pytest

from build import NOW, WEEKLY, at, consent, preferences, subscriber_draft
from digest.model.feedback import FeedbackEvent, FeedbackKind, Suppression
from digest.model.ids import IssueId, SubscriberId
from digest.model.people import ConsentKind, SuppressionReason
from digest.ports.store import Store

ADA = Suppression("Ada@example.com", SuppressionReason.BOUNCE)


@pytest.fixture
def ada(store: Store) -> SubscriberId:
    subscriber = store.readers.sign_up(subscriber_draft("ada@example.com"), WEEKLY, preferences(), consent())
    store.readers.confirm(subscriber.id, WEEKLY, consent(ConsentKind.CONFIRMED))
    return subscriber.id


def came_back(
    ada: SubscriberId, kind: FeedbackKind, issue: str = "weekly-2026-11-24", when: datetime = NOW
) -> FeedbackEvent:
    return FeedbackEvent(IssueId(issue), ada, kind, "4.2.2", "452 4.2.2 full", when)


def mailed(store: Store) -> list[str]:
    return [recipient.subscriber.email for recipient in store.readers.recipients(WEEKLY, at(5))]


def test_an_event_comes_back_as_it_was_recorded(store: Store, ada: SubscriberId):
    event = came_back(ada, FeedbackKind.SOFT)
    assert store.feedback.record(event)
    assert store.feedback.events() == store.feedback.events(ada) == (event,)
    assert store.feedback.events(SubscriberId(99)) == ()


def test_events_are_listed_newest_first_and_only_so_many(store: Store, ada: SubscriberId):
    older, newer = (came_back(ada, FeedbackKind.SOFT, f"weekly-{hour}", at(hour)) for hour in (1, 2))
    assert store.feedback.record(older)
    assert store.feedback.record(newer)
    assert store.feedback.events() == (newer, older)
    assert store.feedback.events(limit=1) == (newer,)


def test_the_same_feedback_about_a_delivery_counts_once(store: Store, ada: SubscriberId):
    assert store.feedback.record(came_back(ada, FeedbackKind.SOFT))
    assert not store.feedback.record(came_back(ada, FeedbackKind.SOFT, when=at(3)), ADA)
    assert len(store.feedback.events(ada)) == 1
    assert mailed(store) == ["ada@example.com"], "feedback that was known suppresses nobody"


def test_a_suppression_is_written_with_its_event(store: Store, ada: SubscriberId):
    assert store.feedback.record(came_back(ada, FeedbackKind.HARD), ADA)
    (found,) = store.readers.suppressions()
    assert (found.email, found.reason, found.at) == ("ada@example.com", SuppressionReason.BOUNCE, NOW)
    assert mailed(store) == []


def test_a_suppression_may_be_for_one_newsletter_and_its_first_reason_stays(store: Store, ada: SubscriberId):
    store.readers.suppress("ada@example.com", SuppressionReason.OPERATOR, NOW, WEEKLY)
    complained = Suppression("ada@example.com", SuppressionReason.COMPLAINT, WEEKLY)
    assert store.feedback.record(came_back(ada, FeedbackKind.COMPLAINT, when=at(1)), complained)
    (found,) = store.readers.suppressions()
    assert (found.newsletter, found.reason, found.at) == (WEEKLY, SuppressionReason.OPERATOR, NOW)


def test_what_came_back_of_an_issue_is_counted_by_kind(store: Store, ada: SubscriberId):
    for issue, kind in (
        ("weekly-1", FeedbackKind.POLICY),
        ("weekly-1", FeedbackKind.SOFT),
        ("weekly-2", FeedbackKind.POLICY),
    ):
        store.feedback.record(came_back(ada, kind, issue))
    assert store.feedback.count_about(IssueId("weekly-1"), FeedbackKind.POLICY) == 1
    assert store.feedback.count_about(IssueId("weekly-3"), FeedbackKind.POLICY) == 0
