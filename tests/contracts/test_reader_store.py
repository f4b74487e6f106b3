"""What every ReaderStore does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from build import NOW, WEEKLY, at, consent, preferences, slugs, subscriber_draft
from digest.errors import StateError
from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.issue import Cadence
from digest.model.people import ConsentKind, ImportCount, Preferences, Subscriber, SubscriberState, SuppressionReason
from digest.ports.readers import ReaderFilter
from digest.ports.store import Store

DAILY = NewsletterSlug("daily")
CONFIRMED = consent(ConsentKind.CONFIRMED, at=at(1))
LEFT = consent(ConsentKind.LEFT, at=at(2), source="one-click")
IMPORTED = consent(ConsentKind.IMPORTED, source="import readers.csv", newsletter=None)


def sign_up(store: Store, email: str = "ada@example.com", newsletter: NewsletterSlug = WEEKLY) -> Subscriber:
    return store.readers.sign_up(subscriber_draft(email), newsletter, preferences(), consent(newsletter=newsletter))


def reading(store: Store, email: str = "ada@example.com") -> SubscriberId:
    subscriber = sign_up(store, email)
    store.readers.confirm(subscriber.id, WEEKLY, CONFIRMED)
    return subscriber.id


def mailed(store: Store, newsletter: NewsletterSlug = WEEKLY) -> list[str]:
    return [recipient.subscriber.email for recipient in store.readers.recipients(newsletter, NOW)]


def import_(store: Store, *emails: str, newsletter: NewsletterSlug = WEEKLY) -> int:
    rows = [(subscriber_draft(email), newsletter, preferences()) for email in emails]
    return store.readers.import_(iter(rows), IMPORTED).added


class TestSigningUp:
    def test_a_new_reader_is_unconfirmed_and_not_mailed(self, store: Store):
        ada = sign_up(store)
        assert ada == Subscriber(
            SubscriberId(1), "ada@example.com", "Ada", "GB", "Europe/London", "en",
            SubscriberState.UNCONFIRMED, NOW,
        )  # fmt: skip
        (subscription,) = store.readers.subscriptions(ada.id)
        assert (subscription.preferences, subscription.since) == (preferences(), NOW)
        assert (subscription.left_at, subscription.confirmed_at) == (None, None)
        assert mailed(store) == []

    def test_confirming_makes_a_recipient_once(self, store: Store):
        ada = sign_up(store)
        assert store.readers.confirm(ada.id, WEEKLY, CONFIRMED)
        assert not store.readers.confirm(ada.id, WEEKLY, consent(ConsentKind.CONFIRMED, at=at(9)))
        (recipient,) = store.readers.recipients(WEEKLY, NOW)
        assert recipient.preferences == preferences()
        assert recipient.subscriber == store.readers.get(ada.id)
        assert (recipient.subscriber.state, recipient.subscriber.confirmed_at) == (SubscriberState.CONFIRMED, at(1))

    def test_confirming_what_nobody_asked_for_does_nothing(self, store: Store):
        ada = sign_up(store)
        assert not store.readers.confirm(ada.id, DAILY, CONFIRMED)
        assert not store.readers.confirm(SubscriberId(99), WEEKLY, CONFIRMED)
        assert store.readers.get(ada.id).state is SubscriberState.UNCONFIRMED

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("Ada@Example.com", "ada@example.COM"),
            ("ada@bücher.example", "ADA@xn--bcher-kva.example"),
            ("jose\u0301@example.com", "jos\u00e9@example.com"),
        ],
    )
    def test_two_spellings_of_an_address_are_one_reader(self, store: Store, first: str, second: str):
        ada = sign_up(store, first)
        assert sign_up(store, second).id == ada.id
        assert store.readers.by_email(second).id == store.readers.by_email(first).id == ada.id
        assert store.readers.count() == 1

    def test_the_unconfirmed_take_new_wishes_and_the_confirmed_do_not(self, store: Store):
        ada = sign_up(store)
        wish = subscriber_draft(name="Countess", country="FR")
        wanted = preferences("robotics", cadence=Cadence.DAILY)
        assert store.readers.sign_up(wish, WEEKLY, wanted, consent()).name == "Countess"
        assert store.readers.subscriptions(ada.id)[0].preferences == wanted
        store.readers.confirm(ada.id, WEEKLY, CONFIRMED)
        known = store.readers.sign_up(subscriber_draft(name="Eve"), WEEKLY, preferences("security"), consent())
        assert (known.name, known.state) == ("Countess", SubscriberState.CONFIRMED)
        assert store.readers.subscriptions(ada.id)[0].preferences == wanted
        assert mailed(store) == ["ada@example.com"]

    def test_a_second_newsletter_waits_for_its_own_confirmation(self, store: Store):
        ada = reading(store)
        sign_up(store, newsletter=DAILY)
        assert (mailed(store), mailed(store, DAILY)) == (["ada@example.com"], [])
        assert store.readers.confirm(ada, DAILY, CONFIRMED)
        assert mailed(store, DAILY) == ["ada@example.com"]
        assert store.readers.get(ada).confirmed_at == at(1)


class TestLeaving:
    def test_leaving_is_stamped_and_happens_once(self, store: Store):
        ada = reading(store)
        assert store.readers.leave(ada, WEEKLY, LEFT)
        assert not store.readers.leave(ada, WEEKLY, consent(ConsentKind.LEFT, at=at(9)))
        assert not store.readers.leave(ada, DAILY, LEFT)
        assert store.readers.subscriptions(ada)[0].left_at == at(2)
        assert mailed(store) == []

    def test_leaving_one_newsletter_leaves_the_others(self, store: Store):
        ada = reading(store)
        sign_up(store, newsletter=DAILY)
        store.readers.confirm(ada, DAILY, CONFIRMED)
        store.readers.leave(ada, WEEKLY, LEFT)
        assert (mailed(store), mailed(store, DAILY)) == ([], ["ada@example.com"])

    def test_an_old_confirmation_link_does_not_bring_back_who_left(self, store: Store):
        ada = reading(store)
        store.readers.leave(ada, WEEKLY, LEFT)
        assert not store.readers.confirm(ada, WEEKLY, CONFIRMED)
        assert mailed(store) == []

    def test_whoever_signs_up_again_stays_gone_until_they_confirm(self, store: Store):
        ada = reading(store)
        store.readers.leave(ada, WEEKLY, LEFT)
        store.readers.sign_up(subscriber_draft(), WEEKLY, preferences("robotics"), consent(at=at(3)))
        assert mailed(store) == []
        assert store.readers.subscriptions(ada)[0].left_at == at(2)
        assert store.readers.confirm(ada, WEEKLY, consent(ConsentKind.CONFIRMED, at=at(4)))
        (back,) = store.readers.subscriptions(ada)
        assert (back.left_at, back.since, back.preferences) == (None, at(4), preferences("robotics"))
        assert mailed(store) == ["ada@example.com"]


def test_the_log_holds_every_event_that_changed_something_in_order(store: Store):
    ada = reading(store)
    chosen = consent(ConsentKind.PREFERENCES, at=at(2))
    store.readers.set_preferences(ada, WEEKLY, preferences("robotics"), chosen)
    store.readers.leave(ada, WEEKLY, LEFT)
    store.readers.leave(ada, WEEKLY, LEFT)
    store.readers.confirm(ada, WEEKLY, CONFIRMED)
    assert store.readers.events(ada) == (consent(), CONFIRMED, chosen, LEFT)


@pytest.mark.parametrize(
    "chosen",
    [
        preferences("security", "privacy", cadence=Cadence.MONTHLY, day=7, hour=0, paused_until=NOW.date()),
        preferences("security", "privacy", cadences=(("security", Cadence.DAILY),), more=frozenset({"privacy"})),
        Preferences(frozenset()),
    ],
)
def test_preferences_are_kept_exactly(store: Store, chosen: Preferences):
    ada = reading(store)
    store.readers.set_preferences(ada, WEEKLY, chosen, consent(ConsentKind.PREFERENCES))
    assert store.readers.subscriptions(ada)[0].preferences == chosen


def test_preferences_for_a_newsletter_that_nobody_subscribed_to_are_refused(store: Store):
    ada = reading(store)
    with pytest.raises(StateError, match="no subscription to daily"):
        store.readers.set_preferences(ada, DAILY, preferences(), consent())
    assert len(store.readers.events(ada)) == 2


@pytest.mark.parametrize(("days", "paused"), [(-1, False), (0, False), (1, True)])
def test_a_pause_ends_on_its_day(store: Store, days: int, paused: bool):
    ada = reading(store)
    until = NOW.date() + timedelta(days=days)
    store.readers.set_preferences(ada, WEEKLY, preferences(paused_until=until), consent())
    assert mailed(store) == ([] if paused else ["ada@example.com"])


class TestSuppression:
    def test_a_suppressed_address_is_never_a_recipient_in_any_spelling(self, store: Store):
        reading(store)
        reading(store, "bea@example.com")
        store.readers.suppress("ADA@example.com", SuppressionReason.BOUNCE, NOW)
        assert mailed(store) == ["bea@example.com"]

    def test_a_complaint_may_stop_one_newsletter_only(self, store: Store):
        ada = reading(store)
        sign_up(store, newsletter=DAILY)
        store.readers.confirm(ada, DAILY, CONFIRMED)
        store.readers.suppress("ada@example.com", SuppressionReason.COMPLAINT, NOW, WEEKLY)
        assert (mailed(store), mailed(store, DAILY)) == ([], ["ada@example.com"])

    def test_the_list_holds_the_first_reason_of_each(self, store: Store):
        store.readers.suppress("b@example.com", SuppressionReason.BOUNCE, at(1))
        store.readers.suppress("a@example.com", SuppressionReason.OPERATOR, NOW)
        store.readers.suppress("B@example.com", SuppressionReason.COMPLAINT, at(2))
        listed = store.readers.suppressions()
        assert {(one.reason, one.at) for one in listed} == {
            (SuppressionReason.OPERATOR, NOW),
            (SuppressionReason.BOUNCE, at(1)),
        }
        assert [one.key for one in listed] == sorted(one.key for one in listed)

    def test_the_list_names_addresses_only_of_readers(self, store: Store):
        reading(store, "Ada@example.com")
        store.readers.suppress("ADA@example.com", SuppressionReason.BOUNCE, NOW)
        store.readers.suppress("b@example.com", SuppressionReason.BOUNCE, NOW)
        assert {one.email for one in store.readers.suppressions()} == {"Ada@example.com", ""}

    def test_it_comes_in_pages(self, store: Store):
        for number in range(3):
            store.readers.suppress(f"r{number}@example.com", SuppressionReason.BOUNCE, NOW)
            store.readers.suppress(f"r{number}@example.com", SuppressionReason.COMPLAINT, NOW, WEEKLY)
        pages, after = [], None
        while page := store.readers.suppressions(after, limit=4):
            pages.append(page)
            after = page[-1]
        assert [len(page) for page in pages] == [4, 2]
        assert sum(pages, ()) == store.readers.suppressions()

    def test_one_address_is_told_by_any_spelling_and_let_go_by_address_or_key(self, store: Store):
        store.readers.suppress("b\u00fccher@b\u00fccher.example", SuppressionReason.BOUNCE, NOW)
        store.readers.suppress("b\u00fccher@b\u00fccher.example", SuppressionReason.COMPLAINT, at(1), WEEKLY)
        everything, weekly = store.readers.suppressed("BU\u0308CHER@xn--bcher-kva.example")
        assert (everything.newsletter, weekly.newsletter) == (None, WEEKLY)
        assert not store.readers.unsuppress("other@example.com")
        assert store.readers.unsuppress("b\u00fccher@b\u00fccher.example")
        assert store.readers.unsuppress(weekly.key, WEEKLY)
        assert not store.readers.unsuppress(weekly.key, WEEKLY)
        assert store.readers.suppressed("b\u00fccher@b\u00fccher.example") == ()

    def test_signing_up_again_does_not_lift_it(self, store: Store):
        store.readers.suppress("ada@example.com", SuppressionReason.BOUNCE, NOW)
        reading(store)
        assert mailed(store) == []


class TestImporting:
    def test_the_imported_are_confirmed_and_each_has_the_event(self, store: Store):
        assert import_(store, "a@example.com", "b@example.com") == 2
        assert mailed(store) == ["a@example.com", "b@example.com"]
        reader = store.readers.by_email("a@example.com")
        assert (reader.created_at, reader.confirmed_at) == (NOW, NOW)
        assert store.readers.events(reader.id) == (consent(ConsentKind.IMPORTED, source=IMPORTED.source),)

    def test_a_second_import_of_the_same_list_changes_nothing(self, store: Store):
        import_(store, "a@example.com", "b@example.com")
        before = store.readers.all()
        assert import_(store, "A@EXAMPLE.COM", "b@example.com") == 0
        assert store.readers.all() == before
        assert len(store.readers.events(before[0][0].id)) == 1

    def test_it_never_re_activates_anyone(self, store: Store):
        left, waiting = reading(store), sign_up(store, "waiting@example.com").id
        store.readers.leave(left, WEEKLY, LEFT)
        store.readers.suppress("bounced@example.com", SuppressionReason.BOUNCE, NOW)
        store.readers.suppress("angry@example.com", SuppressionReason.COMPLAINT, NOW, WEEKLY)
        everybody = ["ADA@example.com", "waiting@example.com", "Bounced@example.com", "angry@example.com"]
        assert import_(store, *everybody) == 0
        assert mailed(store) == []
        assert store.readers.get(waiting).state is SubscriberState.UNCONFIRMED
        assert import_(store, "angry@example.com", newsletter=DAILY) == 1

    def test_several_newsletters_of_a_new_address_all_count_also_far_apart(self, store: Store):
        many = [(subscriber_draft(f"r{n}@example.com"), WEEKLY, preferences()) for n in range(5200)]
        first, again = many[0], (subscriber_draft("R0@example.com"), DAILY, preferences("robotics"))
        assert store.readers.import_([*many, again, first], IMPORTED) == ImportCount(5200, 5201, 0)
        reader = store.readers.by_email("r0@example.com")
        assert [s.newsletter for s in store.readers.subscriptions(reader.id)] == [DAILY, WEEKLY]
        assert [event.newsletter for event in store.readers.events(reader.id)] == [WEEKLY, DAILY]

    def test_an_import_that_breaks_off_leaves_nothing(self, store: Store):
        def rows():
            for number in range(1500):
                yield subscriber_draft(f"r{number}@example.com"), WEEKLY, preferences()
            raise ValueError("row 1501")

        with pytest.raises(ValueError, match="row 1501"):
            store.readers.import_(rows(), IMPORTED)
        assert store.readers.count() == 0


class TestListing:
    def test_pages_by_id_hold_each_reader_once_with_all_subscriptions(self, store: Store):
        import_(store, *[f"r{number}@example.com" for number in range(5)])
        import_(store, "r5@example.com", newsletter=DAILY)
        pages, after = [], None
        while page := store.readers.all(after=after, limit=2):
            pages.append([(reader.email, [s.newsletter for s in theirs]) for reader, theirs in page])
            after = page[-1][0].id
        assert [len(page) for page in pages] == [2, 2, 2]
        assert [email for page in pages for email, _ in page] == [f"r{number}@example.com" for number in range(6)]
        assert pages[2][1] == ("r5@example.com", [DAILY])

    def test_recipients_come_in_pages_by_id(self, store: Store):
        import_(store, *[f"r{number}@example.com" for number in range(5)])
        store.readers.leave(SubscriberId(2), WEEKLY, LEFT)
        ids, after = [], None
        while page := store.readers.recipients(WEEKLY, NOW, after, limit=2):
            ids.append([r.subscriber.id for r in page])
            after = page[-1].subscriber.id
        assert ids == [[1, 3], [4, 5]]

    def test_a_newsletter_lists_those_who_have_not_left(self, store: Store):
        ada = reading(store)
        sign_up(store, "bea@example.com")
        sign_up(store, "cleo@example.com", DAILY)
        store.readers.leave(ada, WEEKLY, LEFT)
        of_weekly = ReaderFilter(WEEKLY)
        assert [reader.email for reader, _ in store.readers.all(of_weekly)] == ["bea@example.com"]
        assert (store.readers.count(of_weekly), store.readers.count()) == (1, 3)

    @pytest.mark.parametrize(
        ("search", "found"),
        [("ÉMILE", ["Émile"]), ("100%", ["100%_sure"]), ("_", ["100%_sure"]), ("EXAMPLE.com", ["Émile", "100%_sure"])],
    )
    def test_a_search_finds_part_of_address_or_name_whatever_its_case(
        self, store: Store, search: str, found: list[str]
    ):
        for number, name in enumerate(["Émile", "100%_sure"]):
            draft = subscriber_draft(f"r{number}@Example.com", name=name)
            store.readers.sign_up(draft, WEEKLY, preferences(), consent())
        assert [reader.name for reader, _ in store.readers.all(ReaderFilter(search=search))] == found
        assert store.readers.count(ReaderFilter(search=search)) == len(found)

    def test_who_is_not_there_is_none_and_empty(self, store: Store):
        nobody = SubscriberId(7)
        assert store.readers.get(nobody) is None
        assert store.readers.by_email("nobody@example.com") is None
        assert (store.readers.subscriptions(nobody), store.readers.events(nobody)) == ((), ())
        assert store.readers.all() == ()


def test_categories_are_kept_as_a_set(store: Store):
    ada = reading(store)
    assert store.readers.subscriptions(ada)[0].preferences.categories == frozenset(slugs("security", "privacy"))
