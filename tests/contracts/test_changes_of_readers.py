"""What every ReaderStore does when readers move, describe themselves anew, or are erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from build import NOW, WEEKLY, at, compiled, consent, edition, issue, preferences, subscriber_draft
from digest.errors import StateError
from digest.model.delivery import DeliveryState, SentMail, Settlement
from digest.model.feedback import FeedbackEvent, FeedbackKind
from digest.model.ids import SubscriberId
from digest.model.issue import Issue
from digest.model.people import ChangeOutcome, ConsentKind, ImportCount, Membership, SubscriberState, SuppressionReason
from digest.ports.store import Store

MOVED = consent(ConsentKind.ADDRESS, at=at(3), newsletter=None, changes="address")
ERASED = consent(ConsentKind.ERASED, at=at(5), newsletter=None)


def reading(store: Store, email: str = "ada@example.com") -> SubscriberId:
    reader = store.readers.sign_up(subscriber_draft(email), WEEKLY, preferences(), consent(network="192.0.2.1"))
    store.readers.confirm(reader.id, WEEKLY, consent(ConsentKind.CONFIRMED, at=at(1), network="192.0.2.1"))
    return reader.id


def mailed(store: Store) -> list[str]:
    return [recipient.subscriber.email for recipient in store.readers.recipients(WEEKLY, NOW)]


class TestMembership:
    """What a signed link opens, in one look."""

    def test_it_is_the_reader_with_that_subscription(self, store: Store):
        ada = reading(store)
        store.readers.sign_up(subscriber_draft(), "daily", preferences("security"), consent())
        for newsletter in (WEEKLY, "daily"):
            found = store.readers.membership(ada, newsletter)
            (mine,) = [one for one in store.readers.subscriptions(ada) if one.newsletter == newsletter]
            assert found == Membership(store.readers.get(ada), mine)
        assert store.readers.membership(ada, "monthly") is None
        assert store.readers.membership(SubscriberId(999), WEEKLY) is None

    def test_it_holds_the_change_that_waits(self, store: Store):
        ada = reading(store)
        change = store.readers.ask_change(ada, "ada@new.example", at(2))
        assert store.readers.membership(ada, WEEKLY).change == change
        store.readers.drop_change(ada)
        assert store.readers.membership(ada, WEEKLY).change is None

    def test_whoever_left_is_still_found_and_whoever_was_erased_is_not(self, store: Store):
        ada = reading(store)
        store.readers.leave(ada, WEEKLY, consent(ConsentKind.LEFT, at=at(3)))
        assert store.readers.membership(ada, WEEKLY).subscription.left_at == at(3)
        store.readers.erase(ada, ERASED)
        assert store.readers.membership(ada, WEEKLY) is None

    def test_it_holds_as_many_of_the_latest_mails_as_are_asked_for(self, store: Store):
        ada = reading(store)
        for number in (1, 2, 3):
            sent = issue(id=f"weekly-{number}", slot=date(2026, 11, number))
            deliver_one(store, sent, ada, DeliveryState.SENT)
        deliver_one(store, issue(id="weekly-4", slot=date(2026, 11, 4)), ada, DeliveryState.FAILED)
        deliver_one(store, issue(id="daily-5", slot=date(2026, 11, 5), newsletter="daily"), ada, DeliveryState.SENT)
        latest = (SentMail(f"weekly-{n}", date(2026, 11, n), f"Subject of weekly-{n}") for n in (3, 2))
        assert store.readers.membership(ada, WEEKLY, mails=2).sent == tuple(latest)
        assert store.readers.membership(ada, WEEKLY).sent == ()


def deliver_one(store: Store, draft: Issue, reader: SubscriberId, state: DeliveryState) -> None:
    store.issues.create(draft, NOW)
    store.issues.approve(draft.id, "ed", "hash", compiled(draft.id), 1, NOW)
    store.ledger.add(draft.id, [(reader, edition(issue=draft.id, subject=f"Subject of {draft.id}"))], NOW)
    (claim,) = store.ledger.claim(draft.id, 1, at(1), NOW)
    store.ledger.record([Settlement(claim.delivery.key, claim.lease, state, tried=True)], NOW)


def move(store: Store, reader: SubscriberId, email: str) -> None:
    change = store.readers.ask_change(reader, email, at(2))
    for at_old in (True, False):
        store.readers.agree_change(change, at_old=at_old, event=MOVED)


class TestMoving:
    @pytest.mark.parametrize("old_first", [True, False])
    def test_the_address_changes_when_both_have_confirmed(self, store: Store, old_first: bool):
        ada = reading(store)
        change = store.readers.ask_change(ada, "ada@new.example", at(2))
        assert store.readers.address_change(ada) == change
        for _ in range(2):
            first = store.readers.agree_change(change, at_old=old_first, event=MOVED)
            assert (first, mailed(store)) == (ChangeOutcome.WAITING, ["ada@example.com"])
        assert store.readers.agree_change(change, at_old=not old_first, event=MOVED) is ChangeOutcome.CHANGED
        assert mailed(store) == ["ada@new.example"]
        assert store.readers.by_email("ADA@NEW.example").id == ada
        assert store.readers.by_email("ada@example.com") is None
        assert store.readers.events(ada)[-1] == MOVED
        assert store.readers.agree_change(change, at_old=True, event=MOVED) is ChangeOutcome.GONE

    def test_an_old_list_does_not_bring_the_old_address_back(self, store: Store):
        ada = reading(store)
        move(store, ada, "ada@new.example")
        store.readers.leave(ada, WEEKLY, consent(ConsentKind.LEFT, at=at(5)))
        old = [(subscriber_draft("Ada@Example.com"), WEEKLY, preferences())]
        assert store.readers.import_(old, consent(ConsentKind.IMPORTED, at=at(6))).added == 0
        assert mailed(store) == []

    def test_whoever_moves_back_or_signs_up_with_it_again_has_the_old_address(self, store: Store):
        ada = reading(store)
        move(store, ada, "ada@new.example")
        reading(store, "ada@example.com")
        assert mailed(store) == ["ada@new.example", "ada@example.com"]
        bea = reading(store, "bea@example.com")
        move(store, bea, "bea@new.example")
        move(store, bea, "bea@example.com")
        assert mailed(store) == ["ada@new.example", "ada@example.com", "bea@example.com"]

    def test_a_later_wish_replaces_an_earlier_one(self, store: Store):
        ada = reading(store)
        first = store.readers.ask_change(ada, "one@new.example", at(2))
        second = store.readers.ask_change(ada, "two@new.example", at(3))
        assert first.id != second.id
        assert store.readers.agree_change(first, at_old=True, event=MOVED) is ChangeOutcome.GONE
        assert store.readers.agree_change(first, at_old=False, event=MOVED) is ChangeOutcome.GONE
        assert mailed(store) == ["ada@example.com"]

    def test_a_number_is_never_given_twice(self, store: Store):
        ada = reading(store)
        first = store.readers.ask_change(ada, "one@new.example", at(2))
        assert store.readers.drop_change(ada)
        assert not store.readers.drop_change(ada)
        assert store.readers.ask_change(ada, "two@new.example", at(3)).id > first.id

    def test_an_address_that_somebody_took_meanwhile_stays_theirs(self, store: Store):
        ada = reading(store)
        change = store.readers.ask_change(ada, "bea@example.com", at(2))
        reading(store, "bea@example.com")
        store.readers.agree_change(change, at_old=True, event=MOVED)
        assert store.readers.agree_change(change, at_old=False, event=MOVED) is ChangeOutcome.TAKEN
        assert mailed(store) == ["ada@example.com", "bea@example.com"]
        assert store.readers.address_change(ada) is None


def test_a_reader_describes_themselves_anew_and_keeps_their_address(store: Store):
    ada = reading(store)
    described = consent(ConsentKind.PERSON, at=at(2), newsletter=None, changes="name")
    draft = subscriber_draft("eve@example.com", name="Countess", country="FR", timezone="Europe/Paris", language="fr")
    store.readers.describe(ada, draft, described)
    reader = store.readers.get(ada)
    assert (reader.email, reader.name, reader.country) == ("ada@example.com", "Countess", "FR")
    assert (reader.timezone, reader.language) == ("Europe/Paris", "fr")
    assert store.readers.by_email("ada@example.com") == reader
    assert store.readers.events(ada)[-1] == described
    with pytest.raises(StateError, match="reader 99: is no longer there"):
        store.readers.describe(SubscriberId(99), draft, described)


class TestErasing:
    def test_nothing_of_the_person_is_left_and_the_log_knows_a_number_only(self, store: Store):
        ada = reading(store)
        assert store.readers.erase(ada, ERASED)
        assert not store.readers.erase(ada, ERASED)
        reader = store.readers.get(ada)
        assert (reader.email, reader.name, reader.country, reader.language) == ("", "", "", "")
        assert (reader.state, store.readers.subscriptions(ada)) == (SubscriberState.ERASED, ())
        assert store.readers.by_email("ada@example.com") is None
        assert store.readers.count() == 0
        kinds = [event.kind for event in store.readers.events(ada)]
        assert kinds == [ConsentKind.SIGNED_UP, ConsentKind.CONFIRMED, ConsentKind.ERASED]
        assert {event.network for event in store.readers.events(ada)} == {""}

    def test_nobody_is_not_erased(self, store: Store):
        assert not store.readers.erase(SubscriberId(7), ERASED)

    def test_an_import_does_not_bring_them_back_and_their_own_wish_does(self, store: Store):
        ada = reading(store)
        store.readers.erase(ada, ERASED)
        row = (subscriber_draft("Ada@Example.com"), WEEKLY, preferences())
        assert store.readers.import_([row], consent(ConsentKind.IMPORTED)) == ImportCount(0, 0, 1)
        again = reading(store)
        assert again != ada
        assert mailed(store) == ["ada@example.com"]

    def test_a_bounce_outlives_erasure_and_the_new_wish(self, store: Store):
        ada = reading(store)
        store.readers.suppress("ada@example.com", SuppressionReason.BOUNCE, at(2))
        store.readers.erase(ada, ERASED)
        reading(store)
        assert mailed(store) == []

    def test_a_change_of_address_that_waits_goes_too(self, store: Store):
        ada = reading(store)
        change = store.readers.ask_change(ada, "ada@new.example", at(2))
        store.readers.erase(ada, ERASED)
        assert store.readers.address_change(ada) is None
        assert store.readers.agree_change(change, at_old=True, event=MOVED) is ChangeOutcome.GONE

    def test_what_servers_said_goes_and_what_was_sent_stays(self, store: Store):
        ada, sent = reading(store), issue()
        store.issues.create(sent, NOW)
        store.issues.approve(sent.id, "ed", "hash", compiled(sent.id), 1, NOW)
        store.ledger.add(sent.id, [(ada, edition())], NOW)
        (claim,) = store.ledger.claim(sent.id, 1, at(1), NOW)
        said = "250 accepted for ada@example.com"
        settled = Settlement(claim.delivery.key, claim.lease, DeliveryState.SENT, reply=said)
        store.ledger.record([settled], NOW)
        bounce = FeedbackEvent(sent.id, ada, FeedbackKind.HARD, "5.1.1", "<ada@example.com>: no such user", at(1))
        store.feedback.record(bounce)
        (before,) = store.ledger.of_reader(ada)
        assert before.reply == said
        store.readers.erase(ada, ERASED)
        assert store.ledger.of_reader(ada) == (replace(before, reply=""),)
        assert store.feedback.events(ada) == (replace(bounce, diagnostic=""),)
