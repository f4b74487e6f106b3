"""What every LedgerStore does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from build import NOW, WEEKLY, at, chunk, compiled, consent, edition, issue, preferences, subscriber_draft
from digest.errors import StateError
from digest.model.delivery import DeliveryKey, DeliveryState, Settlement
from digest.model.edition import Edition
from digest.model.ids import EditionId, IssueId, NewsletterSlug, SubscriberId
from digest.model.issue import IssueState
from digest.model.people import ConsentKind, SubscriberState, SuppressionReason
from digest.ports.ledger import Chunk, Claim
from digest.ports.store import Store
from digest.store.store import SqlStore

ISSUE = issue().id
LEASE = at(1)
IMPORTED = consent(ConsentKind.IMPORTED)
Rows = list[tuple[SubscriberId, Edition]]


@pytest.fixture
def readers(store: Store) -> list[SubscriberId]:
    """Six readers of the approved issue."""
    store.issues.create(issue(), NOW)
    store.issues.approve(ISSUE, "ed", "hash", compiled(ISSUE), 1, NOW)
    return add_readers(store, 6)


def add_readers(store: Store, number: int) -> list[SubscriberId]:
    rows = [(subscriber_draft(f"r{n}@example.com"), WEEKLY, preferences()) for n in range(number)]
    store.readers.import_(rows, IMPORTED)
    return [reader.id for reader, _ in store.readers.all(limit=number)]


def rows_for(readers: Sequence[SubscriberId]) -> Rows:
    """Every third has an edition of their own."""
    return [(reader, edition(f"own{reader}" if reader % 3 == 0 else "shared")) for reader in readers]


def freeze(store: Store, readers: Sequence[SubscriberId]) -> int:
    rows = rows_for(readers)
    assert store.ledger.freeze([chunk(rows[:4]), chunk(rows[4:])], ISSUE, NOW)
    return sum(store.ledger.counts(ISSUE).values())


def claim(store: Store, limit: int = 100, now_hours: float = 0, **only: Sequence[SubscriberId]) -> tuple[Claim, ...]:
    return store.ledger.claim(ISSUE, limit, at(now_hours + 1), at(now_hours), **only)


def settled(
    of: Claim, state: DeliveryState = DeliveryState.SENT, next_at: datetime | None = None, **fields: Any
) -> Settlement:
    return Settlement(of.delivery.key, of.lease, state, next_at, **({"tried": True} | fields))


def record(store: Store, claims: Sequence[Claim], state: DeliveryState = DeliveryState.SENT, **fields: Any) -> None:
    store.ledger.record([settled(one, state, **fields) for one in claims], NOW)


def ids(claims: Sequence[Claim]) -> list[int]:
    return [one.delivery.key.subscriber for one in claims]


def states(store: Store) -> dict[int, str]:
    return {d.key.subscriber: str(d.state) for d in store.ledger.deliveries(ISSUE)}


class TestFreezing:
    def test_everybody_gets_a_pending_delivery_and_the_issue_is_locked(self, store: Store, readers: list[SubscriberId]):
        assert freeze(store, readers) == 6
        assert store.ledger.counts(ISSUE) == {DeliveryState.PENDING: 6}
        locked = store.issues.get(ISSUE)
        assert (locked.state, locked.frozen_at, locked.version) == (IssueState.LOCKED, NOW, 3)

    def test_an_edition_is_kept_once_and_exactly(self, store: Store, readers: list[SubscriberId]):
        long = edition("long", keys=tuple(f"teaser:{n:04}:privacy" for n in range(200)), subject="Ä “b” 🙂", values=())
        store.ledger.freeze([chunk([(reader, long) for reader in readers])], ISSUE, NOW)
        assert store.ledger.editions(ISSUE) == (long,)
        assert store.ledger.edition(ISSUE, long.id) == long
        assert store.ledger.edition(ISSUE, EditionId("none")) is None

    def test_a_second_call_reads_no_recipients_and_changes_nothing(self, store: Store, readers: list[SubscriberId]):
        def never() -> Iterator[Chunk]:
            raise AssertionError("asked for recipients again")
            yield chunk([])

        freeze(store, readers)
        claim(store, limit=2)
        before = store.ledger.deliveries(ISSUE), store.issues.get(ISSUE)
        assert store.ledger.freeze(never(), ISSUE, at(1))
        assert (store.ledger.deliveries(ISSUE), store.issues.get(ISSUE)) == before

    def test_after_a_crash_half_way_nothing_is_visible_and_a_second_call_finishes(
        self, store: Store, readers: list[SubscriberId]
    ):
        def crashing() -> Iterator[Chunk]:
            yield chunk(rows_for(readers[:4]))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.ledger.freeze(crashing(), ISSUE, NOW)
        assert (store.ledger.counts(ISSUE), store.ledger.deliveries(ISSUE)) == ({}, ())
        assert (store.ledger.editions(ISSUE), claim(store)) == ((), ())
        assert store.issues.get(ISSUE).state is IssueState.APPROVED
        assert freeze(store, readers) == 6
        assert sorted(ids(claim(store))) == readers

    def test_a_second_call_after_a_crash_takes_what_readers_chose_meanwhile(
        self, store: Store, readers: list[SubscriberId]
    ):
        def crashing() -> Iterator[Chunk]:
            yield chunk([(readers[0], edition("old"))])
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.ledger.freeze(crashing(), ISSUE, NOW)
        store.ledger.freeze([chunk([(readers[0], edition("new"))])], ISSUE, NOW)
        assert [d.edition for d in store.ledger.deliveries(ISSUE)] == ["new"]
        assert store.ledger.editions(ISSUE) == (edition("new"),)

    def test_only_an_approved_issue_can_be_frozen(self, store: Store):
        store.issues.create(issue(), NOW)
        with pytest.raises(StateError, match="is draft, not approved"):
            store.ledger.freeze([], ISSUE, NOW)
        with pytest.raises(StateError, match="does not exist"):
            store.ledger.freeze([], IssueId("none"), NOW)

    def test_an_edit_between_two_chunks_stops_it(self, store: Store, readers: list[SubscriberId]):
        def edited_meanwhile() -> Iterator[Chunk]:
            yield chunk(rows_for(readers[:4]))
            store.issues.advance(ISSUE, IssueState.DRAFT, NOW)
            yield chunk(rows_for(readers[4:]))

        with pytest.raises(StateError, match="is draft"):
            store.ledger.freeze(edited_meanwhile(), ISSUE, NOW)
        assert store.issues.get(ISSUE).frozen_at is None

    def test_an_edit_after_the_last_chunk_stops_it_too(self, store: Store, readers: list[SubscriberId]):
        def edited_at_the_end() -> Iterator[Chunk]:
            yield chunk(rows_for(readers))
            store.issues.advance(ISSUE, IssueState.DRAFT, NOW)

        with pytest.raises(StateError, match="is draft"):
            store.ledger.freeze(edited_at_the_end(), ISSUE, NOW)
        assert store.ledger.counts(ISSUE) == {}

    def test_an_issue_for_nobody_is_locked_with_no_deliveries(self, store: Store, readers: list[SubscriberId]):
        assert store.ledger.freeze([], ISSUE, NOW)
        assert store.issues.get(ISSUE).state is IssueState.LOCKED

    def test_a_turn_is_kept_by_chunks_and_lost_by_a_minute_without(self, store: Store, readers: list[SubscriberId]):
        rows = [(reader, edition()) for reader in readers]

        def seconds(number: float) -> datetime:
            return NOW + timedelta(seconds=number)

        def slow() -> Iterator[Chunk]:
            yield replace(chunk(rows[:3]), at=seconds(50))
            assert not store.ledger.freeze([chunk(rows)], ISSUE, seconds(100))
            assert store.ledger.freeze([chunk(rows)], ISSUE, seconds(111))
            yield replace(chunk(rows[3:]), at=seconds(112))

        assert not store.ledger.freeze(slow(), ISSUE, NOW)
        assert store.ledger.counts(ISSUE) == {DeliveryState.PENDING: 6}

    def test_two_at_once_freeze_everybody_once(self, store: Store, readers: list[SubscriberId]):
        rows = rows_for(readers)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _: store.ledger.freeze([chunk(rows)], ISSUE, NOW), range(2)))
        assert True in answers  # the other was told to come again, or that it is done
        assert states(store) == dict.fromkeys(readers, "pending")


class TestSingleDeliveries:
    def test_one_reader_of_an_approved_issue_is_claimed_without_locking_it(
        self, store: Store, readers: list[SubscriberId]
    ):
        assert store.ledger.add(ISSUE, rows_for(readers[:1]), NOW) == 1
        assert store.issues.get(ISSUE).state is IssueState.APPROVED
        assert ids(claim(store)) == readers[:1]

    def test_the_same_reader_again_is_not_added_and_not_sent_again(self, store: Store, readers: list[SubscriberId]):
        store.ledger.add(ISSUE, rows_for(readers[:1]), NOW)
        record(store, claim(store))
        assert store.ledger.add(ISSUE, rows_for(readers[:2]), NOW) == 1
        assert states(store) == {readers[0]: "sent", readers[1]: "pending"}

    def test_the_freeze_leaves_them_as_they_are(self, store: Store, readers: list[SubscriberId]):
        store.ledger.add(ISSUE, [(readers[0], edition("first"))], NOW)
        record(store, claim(store))
        assert freeze(store, readers) == 6
        assert store.ledger.counts(ISSUE) == {DeliveryState.SENT: 1, DeliveryState.PENDING: 5}
        assert store.ledger.deliveries(ISSUE)[0].edition == "first"

    def test_what_a_broken_freeze_left_can_be_added(self, store: Store, readers: list[SubscriberId]):
        def crashing() -> Iterator[Chunk]:
            yield chunk(rows_for(readers))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.ledger.freeze(crashing(), ISSUE, NOW)
        assert store.ledger.add(ISSUE, rows_for(readers[:1]), NOW) == 1
        assert ids(claim(store)) == readers[:1]

    def test_a_draft_and_a_locked_issue_refuse_them(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        with pytest.raises(StateError, match="is locked"):
            store.ledger.add(ISSUE, rows_for(readers[:1]), NOW)


class TestClaiming:
    def test_a_claim_holds_the_delivery_and_the_reader_as_they_are_now(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        store.readers.set_preferences(readers[0], WEEKLY, preferences("robotics"), consent())
        (one,) = claim(store, limit=1)
        assert one.delivery.key == DeliveryKey(ISSUE, readers[0])
        assert (one.delivery.state, one.delivery.edition, one.delivery.at) == (DeliveryState.CLAIMED, "shared", NOW)
        assert one.recipient.subscriber == store.readers.get(readers[0])
        assert (one.recipient.preferences, one.gone) == (preferences("robotics"), "")

    def test_no_delivery_is_claimed_twice_and_all_are_claimed(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        taken = [ids(claim(store, limit=4)) for _ in range(3)]
        assert [len(some) for some in taken] == [4, 2, 0]
        assert sorted(reader for some in taken for reader in some) == readers

    def test_only_some_readers_may_be_asked_for(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        assert ids(claim(store, only=readers[2:4])) == readers[2:4]

    def test_an_expired_lease_can_be_claimed_again_and_a_running_one_not(
        self, store: Store, readers: list[SubscriberId]
    ):
        freeze(store, readers)
        claim(store, limit=6)
        assert claim(store, now_hours=0.9) == ()
        again = claim(store, now_hours=1)
        assert sorted(ids(again)) == readers
        assert {(one.before, one.lease) for one in again} == {(DeliveryState.UNCERTAIN, 2)}
        assert claim(store, now_hours=1.5) == ()

    def test_a_deferred_delivery_is_due_at_its_time_after_those_never_tried(
        self, store: Store, readers: list[SubscriberId]
    ):
        freeze(store, readers)
        (one,) = claim(store, limit=1)
        (first,) = ids([one])
        record(store, [one], DeliveryState.DEFERRED, next_at=at(0.5), reply="450 later")
        (deferred,) = store.ledger.deliveries(ISSUE, DeliveryState.DEFERRED)
        assert (deferred.next_at, deferred.reply, deferred.attempts) == (at(0.5), "450 later", 1)
        assert first not in ids(claim(store, limit=3, now_hours=0.4))
        again = claim(store, now_hours=0.5)
        assert ids(again)[-1] == first
        assert again[-1].delivery.attempts == 1

    @pytest.mark.parametrize("stopped", [IssueState.PAUSED, IssueState.CANCELLED])
    def test_a_stopped_issue_gives_no_claims(self, store: Store, readers: list[SubscriberId], stopped: IssueState):
        freeze(store, readers)
        store.issues.advance(ISSUE, IssueState.SENDING, NOW)
        store.issues.advance(ISSUE, stopped, NOW)
        assert claim(store) == ()

    def test_a_paused_issue_goes_on_where_it_stopped(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        for state in (IssueState.SENDING, IssueState.PAUSED, IssueState.SENDING):
            store.issues.advance(ISSUE, state, NOW)
        assert len(claim(store)) == 6

    def test_a_clock_that_went_back_does_not_hide_who_is_pending(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        assert len(claim(store, now_hours=-1000)) == 6

    def test_an_issue_that_does_not_exist_gives_no_claims(self, store: Store, readers: list[SubscriberId]):
        assert store.ledger.claim(issue("daily").id, 5, LEASE, NOW) == ()

    def test_a_new_address_is_the_one_that_is_mailed(self, store: SqlStore, readers: list[SubscriberId]):
        freeze(store, readers)
        with store.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE subscriber SET email = 'new@example.com' WHERE id = {readers[0]}")
        (one,) = claim(store, only=readers[:1])
        assert one.recipient.subscriber.email == "new@example.com"

    def test_claims_at_the_same_time_never_share_a_delivery(self, store: Store, readers: list[SubscriberId]):
        everybody = add_readers(store, 200)
        store.ledger.freeze([chunk(rows_for(everybody))], ISSUE, NOW)

        def take(_: int) -> list[int]:
            taken: list[int] = []
            while some := ids(claim(store, limit=7)):
                taken += some
            return taken

        with ThreadPoolExecutor(4) as pool:
            taken = Counter(reader for some in pool.map(take, range(4)) for reader in some)
        assert taken == Counter(everybody)


class TestWhoIsGone:
    """Between the freeze and the claim."""

    @pytest.fixture
    def reader(self, store: Store, readers: list[SubscriberId]) -> SubscriberId:
        freeze(store, readers)
        return readers[0]

    def why(self, store: Store, reader: SubscriberId) -> str:
        (one,) = claim(store, only=[reader])
        assert (one.recipient is None) == bool(one.gone)
        return one.gone

    def test_who_left(self, store: Store, reader: SubscriberId):
        store.readers.leave(reader, WEEKLY, consent(ConsentKind.LEFT))
        assert self.why(store, reader) == "left"

    def test_who_left_another_newsletter_is_there(self, store: Store, reader: SubscriberId):
        store.readers.leave(reader, NewsletterSlug("daily"), consent(ConsentKind.LEFT))
        assert self.why(store, reader) == ""

    @pytest.mark.parametrize("newsletter", [None, WEEKLY])
    def test_who_is_suppressed(self, store: Store, reader: SubscriberId, newsletter: NewsletterSlug | None):
        store.readers.suppress("R0@example.com", SuppressionReason.BOUNCE, NOW, newsletter)
        assert self.why(store, reader) == "suppressed"

    def test_who_is_suppressed_for_another_newsletter_is_there(self, store: Store, reader: SubscriberId):
        store.readers.suppress("r0@example.com", SuppressionReason.COMPLAINT, NOW, NewsletterSlug("daily"))
        assert self.why(store, reader) == ""

    @pytest.mark.parametrize(("days", "why"), [(0, ""), (1, "paused")])
    def test_who_pauses(self, store: Store, reader: SubscriberId, days: int, why: str):
        until = NOW.date() + timedelta(days=days)
        store.readers.set_preferences(reader, WEEKLY, preferences(paused_until=until), consent())
        assert self.why(store, reader) == why

    def test_who_was_erased(self, store: SqlStore, reader: SubscriberId):
        set_state(store, reader, SubscriberState.ERASED)
        assert self.why(store, reader) == "erased"

    def test_who_is_no_longer_confirmed(self, store: SqlStore, reader: SubscriberId):
        set_state(store, reader, SubscriberState.UNCONFIRMED)
        assert self.why(store, reader) == "unconfirmed"

    def test_the_gone_are_skipped_with_the_reason(self, store: Store, reader: SubscriberId):
        store.readers.leave(reader, WEEKLY, consent(ConsentKind.LEFT))
        (one,) = claim(store, only=[reader])
        store.ledger.record([settled(one, DeliveryState.SKIPPED, reason="left", tried=False)], at(0.5))
        (skipped,) = store.ledger.deliveries(ISSUE, DeliveryState.SKIPPED)
        assert (skipped.key.subscriber, skipped.reason, skipped.at) == (reader, "left", at(0.5))
        assert (skipped.attempts, skipped.tried_at) == (0, None)
        assert reader not in ids(claim(store, now_hours=48))


def set_state(store: SqlStore, reader: SubscriberId, state: SubscriberState) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE subscriber SET state = '{state}' WHERE id = {reader}")


class TestRecording:
    @pytest.mark.parametrize(
        ("state", "next_at"),
        [
            (DeliveryState.SENT, None),
            (DeliveryState.DEFERRED, at(2)),
            (DeliveryState.FAILED, None),
            (DeliveryState.UNCERTAIN, at(2)),
            (DeliveryState.UNCERTAIN, None),
        ],
    )
    def test_an_attempt_is_written_with_what_the_server_said(
        self, store: Store, readers: list[SubscriberId], state: DeliveryState, next_at: datetime | None
    ):
        freeze(store, readers)
        (one,) = claim(store, only=readers[:1])
        store.ledger.record([settled(one, state, next_at, reply="reply")], at(0.5))
        (kept,) = store.ledger.deliveries(ISSUE, state)
        assert (kept.attempts, kept.reply, kept.at, kept.tried_at) == (1, "reply", at(0.5), at(0.5))
        assert kept.next_at == (next_at if state is DeliveryState.DEFERRED else None)
        assert kept.doubt_at == (at(0.5) if state is DeliveryState.UNCERTAIN else None)
        again = claim(store, only=readers[:1], now_hours=3)
        assert [one.delivery.tried_at for one in again] == [at(0.5)] * bool(next_at)

    def test_what_is_final_is_never_claimed_again(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        kinds = [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN] * 2
        store.ledger.record(map(settled, claim(store), kinds), NOW)
        assert claim(store, now_hours=10_000) == ()
        assert store.ledger.next_at(ISSUE) is None

    def test_a_delivery_that_was_settled_takes_no_other_word(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        claims = claim(store, only=readers[:1])
        record(store, claims)
        record(store, claims, DeliveryState.FAILED)
        assert store.ledger.counts(ISSUE) == {DeliveryState.SENT: 1, DeliveryState.PENDING: 5}

    def test_what_is_given_back_untried_is_as_it_was(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        (one,) = claim(store, only=readers[:1])
        store.ledger.record([settled(one, DeliveryState.PENDING, NOW, tried=False)], NOW)
        assert store.ledger.counts(ISSUE) == {DeliveryState.PENDING: 6}
        (again,) = claim(store, only=readers[:1])
        assert (again.delivery.attempts, again.delivery.tried_at, again.lease) == (0, None, 2)

    def test_a_claim_first_writes_what_came_of_the_last(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        sent, again = claim(store, limit=2)
        came = [settled(sent, DeliveryState.SENT), settled(again, DeliveryState.PENDING, NOW, tried=False)]
        taken = store.ledger.claim(ISSUE, 100, LEASE, NOW, settled=came)
        assert sorted(ids(taken)) == readers[1:]
        assert store.ledger.counts(ISSUE) == {DeliveryState.SENT: 1, DeliveryState.CLAIMED: 5}

    def test_an_answer_that_comes_with_the_next_claim_is_in_time(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        (one,) = claim(store, limit=1)
        late = [settled(one, DeliveryState.SENT)]
        taken = store.ledger.claim(ISSUE, 100, at(9), at(8), settled=late)  # its lease has ended
        assert sorted(ids(taken)) == readers[1:]
        assert store.ledger.counts(ISSUE) == {DeliveryState.SENT: 1, DeliveryState.CLAIMED: 5}

    def test_nothing_to_record_is_fine(self, store: Store):
        store.ledger.record([], NOW)
        store.ledger.change_editions(ISSUE, [], NOW)

    def test_two_issues_may_be_settled_together(self, store: Store, readers: list[SubscriberId]):
        other = issue("daily")
        store.issues.create(other, NOW)
        store.issues.approve(other.id, "ed", "hash", compiled(other.id), 1, NOW)
        store.ledger.freeze([chunk([(readers[0], replace(edition(), issue=other.id))])], other.id, NOW)
        freeze(store, readers)
        record(store, [*claim(store)[:1], *store.ledger.claim(other.id, 5, LEASE, NOW)])
        assert store.ledger.counts(other.id) == {DeliveryState.SENT: 1}
        assert store.ledger.counts(ISSUE) == {DeliveryState.SENT: 1, DeliveryState.CLAIMED: 5}

    def test_a_claimed_delivery_can_be_given_another_edition(self, store: Store, readers: list[SubscriberId]):
        freeze(store, readers)
        stale = claim(store, only=readers[:1])
        (held,) = claim(store, only=readers[:1], now_hours=2)
        store.ledger.change_editions(ISSUE, [(held, edition("less"))], NOW)
        store.ledger.change_editions(ISSUE, [(stale[0], edition("older"))], NOW)
        assert store.ledger.deliveries(ISSUE, DeliveryState.CLAIMED)[0].edition == "less"
        assert store.ledger.edition(ISSUE, EditionId("less")) == edition("less")


class TestDoubt:
    """A claim that nobody answered for."""

    @pytest.fixture
    def lost(self, store: Store, readers: list[SubscriberId]) -> Claim:
        """Claimed until an hour later, and nothing came of it."""
        freeze(store, readers)
        return claim(store, only=readers[:1])[0]

    def test_becomes_uncertain_when_its_lease_ends_and_not_before(self, store: Store, lost: Claim):
        assert store.ledger.expire(ISSUE, at(0.9)) == 0
        assert store.ledger.expire(ISSUE, at(1)) == 1
        (one,) = store.ledger.deliveries(ISSUE, DeliveryState.UNCERTAIN)
        assert (one.reply, one.attempts, one.at, one.doubt_at) == ("no answer was recorded", 1, at(1), at(1))
        assert store.ledger.expire(ISSUE, at(2)) == 0

    def test_is_claimed_again_only_where_it_is_to_be_resent(self, store: Store, lost: Claim):
        reader = lost.delivery.key.subscriber
        held = store.ledger.claim(ISSUE, 9, at(3), at(2), [reader], resend=False)
        assert (held, store.ledger.counts(ISSUE)[DeliveryState.UNCERTAIN]) == ((), 1)
        (again,) = store.ledger.claim(ISSUE, 9, at(3), at(2), [reader])
        assert (again.before, again.lease, again.delivery.doubt_at) == (DeliveryState.UNCERTAIN, 2, at(2))

    def test_is_resent_before_anybody_new_is_tried(self, store: Store, lost: Claim):
        assert ids(claim(store, limit=1, now_hours=2)) == [lost.delivery.key.subscriber]

    def test_a_late_answer_settles_it_while_nobody_has_claimed_it_again(self, store: Store, lost: Claim):
        store.ledger.expire(ISSUE, at(1))
        record(store, [lost])
        assert store.ledger.counts(ISSUE)[DeliveryState.SENT] == 1

    @pytest.mark.parametrize("settled_first", [False, True])
    def test_a_late_answer_changes_nothing_once_it_was_claimed_again(
        self, store: Store, lost: Claim, settled_first: bool
    ):
        again = claim(store, only=[lost.delivery.key.subscriber], now_hours=1)
        if settled_first:
            record(store, again, DeliveryState.UNCERTAIN, next_at=at(3))
        record(store, [lost], DeliveryState.FAILED)
        assert DeliveryState.FAILED not in store.ledger.counts(ISSUE)
        record(store, again)
        assert store.ledger.counts(ISSUE)[DeliveryState.SENT] == 1

    def test_it_stays_listed_whatever_became_of_it(self, store: Store, lost: Claim):
        assert store.ledger.deliveries(ISSUE, doubted=True) == ()
        record(store, claim(store, only=[lost.delivery.key.subscriber], now_hours=1))
        (one,) = store.ledger.deliveries(ISSUE, doubted=True)
        assert (one.key, one.state, one.doubt_at) == (lost.delivery.key, DeliveryState.SENT, at(1))

    def test_an_issue_waits_for_its_claims_and_for_those_it_will_resend(self, store: Store, lost: Claim):
        record(store, claim(store))
        assert store.ledger.next_at(ISSUE) == at(1)
        store.ledger.expire(ISSUE, at(2))
        assert store.ledger.next_at(ISSUE) < NOW
        assert store.ledger.next_at(ISSUE, resend=False) is None


def test_withdrawing_skips_whoever_waits_and_nobody_else(store: Store, readers: list[SubscriberId]):
    freeze(store, readers)
    claims = claim(store, limit=3)
    record(store, claims[:1])
    record(store, claims[1:2], DeliveryState.DEFERRED, next_at=at(1))
    assert store.ledger.withdraw(ISSUE, "cancelled", at(1)) == 4
    assert store.ledger.counts(ISSUE) == {DeliveryState.SENT: 1, DeliveryState.CLAIMED: 1, DeliveryState.SKIPPED: 4}
    assert {one.reason for one in store.ledger.deliveries(ISSUE, DeliveryState.SKIPPED)} == {"cancelled"}


def test_deliveries_come_in_pages_by_reader_and_by_state(store: Store, readers: list[SubscriberId]):
    freeze(store, readers)
    claim(store, only=readers[:3])
    pages, after = [], None
    while page := store.ledger.deliveries(ISSUE, after=after, limit=4):
        pages.append([d.key.subscriber for d in page])
        after = page[-1].key.subscriber
    assert pages == [readers[:4], readers[4:]]
    pending = store.ledger.deliveries(ISSUE, DeliveryState.PENDING)
    assert [d.key.subscriber for d in pending] == readers[3:]


def test_deliveries_are_counted_by_domain_and_state_and_how_many_of_them_lately(store, readers):
    rows = [(subscriber_draft(f"x{n}@Elsewhere.example"), WEEKLY, preferences()) for n in range(2)]
    store.readers.import_(rows, IMPORTED)
    freeze(store, [reader.id for reader, _ in store.readers.all(limit=8)])
    assert store.ledger.by_domain(ISSUE, at(1)) == {
        ("example.com", DeliveryState.PENDING): (6, 0),
        ("elsewhere.example", DeliveryState.PENDING): (2, 0),
    }
    for hours in (0.5, 2):
        (claimed,) = claim(store, 1, hours)
        store.ledger.record([Settlement(claimed.delivery.key, claimed.lease, DeliveryState.SENT)], at(hours))
    found = store.ledger.by_domain(ISSUE, at(1))
    assert found["example.com", DeliveryState.SENT] == (2, 1)
    assert store.ledger.by_domain(IssueId("weekly-2020-01-01"), NOW) == {}
