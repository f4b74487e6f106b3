"""Sending an issue: from the freeze to the last outcome, whatever readers and mail servers do meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from build import NOW, WEEKLY, consent, preferences
from digest.deliver.outcome import Phase, Reply
from digest.errors import OutsideError, StateError
from digest.model.delivery import Delivery, DeliveryState, Message, Outcome
from digest.model.feedback import FeedbackKind
from digest.model.ids import SubscriberId
from digest.model.issue import IssueState
from digest.model.people import ConsentKind, SubscriberState, SuppressionReason
from digest.pipeline.reporting import delivery_lines
from digest.pipeline.sending import IN_DOUBT
from digest.pipeline.steering import cancel_issue, pause_issue, resume_issue
from digest.store.store import SqlStore
from digest.tasks import send_issue
from fakes import FakeTransport
from send_ground import BLOCKED, LATER, LOST, NO_SUCH, Ground, ground

FIRST = "reader0@example.com"


@pytest.fixture
def six(sqlite_store: SqlStore) -> Ground:
    """Six readers of privacy and security."""
    return ground(sqlite_store)


def of(at: Ground, reader: SubscriberId) -> Delivery:
    (one,) = at.press.store.ledger.deliveries(at.issue.id, after=SubscriberId(reader - 1), limit=1)
    return one


def state_of(at: Ground) -> IssueState:
    return at.press.issue(at.issue.id).state


def test_everybody_is_mailed_once_and_the_issue_is_sent(six: Ground):
    assert six.send().finished
    assert sorted(six.mailed()) == [f"reader{n}@example.com" for n in range(6)]
    assert (six.counts(), state_of(six)) == ({DeliveryState.SENT: 6}, IssueState.SENT)
    with pytest.raises(StateError, match="is sent"):
        six.send()


def test_a_freeze_that_is_told_to_stop_leaves_nothing_and_is_done_anew(six: Ground):
    stopped = six.send(stopping=lambda: True)
    assert (stopped.finished, stopped.counts, state_of(six)) == (False, {}, IssueState.APPROVED)
    assert six.press.store.ledger.waves(six.issue.id) == ()
    assert six.send().finished
    assert six.counts() == {DeliveryState.SENT: 6}


class TestBetweenFreezeAndClaim:
    """What readers do after the recipients were written down."""

    @pytest.fixture(autouse=True)
    def frozen(self, six: Ground) -> None:
        six.freeze()

    def skipped(self, six: Ground) -> str:
        """Why the first reader got no mail, when all the others did."""
        six.send()
        assert len(six.mailed()) == 5
        assert FIRST not in six.mailed()
        one = of(six, six.readers[0])
        assert one.state is DeliveryState.SKIPPED
        return one.reason

    def test_who_is_suppressed_is_skipped(self, six: Ground):
        six.press.store.readers.suppress(FIRST, SuppressionReason.COMPLAINT, NOW)
        assert self.skipped(six) == "suppressed"

    def test_who_leaves_is_skipped(self, six: Ground):
        six.press.store.readers.leave(six.readers[0], WEEKLY, consent(ConsentKind.LEFT))
        assert self.skipped(six) == "left"

    def test_who_pauses_is_skipped(self, six: Ground):
        resting = preferences(paused_until=NOW.date() + timedelta(days=7))
        six.press.store.readers.set_preferences(six.readers[0], WEEKLY, resting, consent())
        assert self.skipped(six) == "paused"

    def test_who_was_erased_is_skipped(self, six: Ground, sqlite_store: SqlStore):
        erased = f"UPDATE subscriber SET state = '{SubscriberState.ERASED}' WHERE id = {six.readers[0]}"
        with sqlite_store.engine.begin() as connection:
            connection.exec_driver_sql(erased)
        assert self.skipped(six) == "erased"

    def test_who_dropped_every_category_is_skipped(self, six: Ground):
        six.press.store.readers.set_preferences(six.readers[0], WEEKLY, preferences("robotics"), consent())
        assert self.skipped(six) == "nothing left of their categories"

    def test_who_changed_the_address_is_mailed_at_the_new_one(self, six: Ground, sqlite_store: SqlStore):
        with sqlite_store.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE subscriber SET email = 'new@example.com' WHERE id = {six.readers[0]}")
        six.send()
        assert ("new@example.com" in six.mailed(), FIRST in six.mailed(), len(six.mailed())) == (True, False, 6)

    def test_who_dropped_a_category_gets_what_is_left_and_the_ledger_says_so(self, six: Ground):
        ledger = six.press.store.ledger
        frozen = ledger.edition(six.issue.id, of(six, six.readers[0]).edition)
        six.press.store.readers.set_preferences(six.readers[0], WEEKLY, preferences("security"), consent())
        six.send()
        sent = ledger.edition(six.issue.id, of(six, six.readers[0]).edition)
        assert (sent.categories, frozen.categories) == (("security",), ("privacy", "security"))
        assert set(sent.stories) < set(frozen.stories)
        assert "Regulator tells hospitals" not in text_of(six, FIRST)
        assert "Regulator tells hospitals" in text_of(six, "reader1@example.com")

    def test_who_added_a_category_gets_the_frozen_edition(self, six: Ground):
        frozen = of(six, six.readers[0]).edition
        more = preferences("privacy", "security", "robotics")
        six.press.store.readers.set_preferences(six.readers[0], WEEKLY, more, consent())
        six.send()
        assert (of(six, six.readers[0]).edition, of(six, six.readers[0]).state) == (frozen, DeliveryState.SENT)


def test_an_edition_composed_anew_tells_no_story_that_the_frozen_one_did_not(six: Ground):
    """Such as one that had to go for the sake of its size, and would fit now."""
    six.freeze()
    ledger = six.press.store.ledger
    (claim,) = ledger.claim(six.issue.id, 1, six.clock() + timedelta(hours=1), six.clock())
    whole = ledger.edition(six.issue.id, claim.delivery.edition)
    less = replace(whole, id="less", stories=whole.stories[:2])
    ledger.change_editions(six.issue.id, [(claim, less)], NOW)
    reader = claim.delivery.key.subscriber
    six.press.store.readers.set_preferences(reader, WEEKLY, preferences("security"), consent())
    six.clock.pass_(hours=2)
    six.send()
    sent = ledger.edition(six.issue.id, of(six, reader).edition)
    assert set(sent.stories) <= set(less.stories)


def text_of(at: Ground, recipient: str) -> str:
    (message,) = [m for m in at.transport.taken if m.recipient == recipient]
    return b"".join(message.segments).replace(b"=\r\n", b"").decode()


class TestDeferred:
    def test_a_deferred_reader_is_tried_later_and_the_issue_waits(self, six: Ground):
        six.transport.replies = {FIRST: LATER}
        sent = six.send()
        assert (sent.counts[DeliveryState.DEFERRED], sent.finished, state_of(six)) == (1, False, IssueState.SENDING)
        assert not six.send().finished
        six.transport.replies = {}
        six.clock.pass_(minutes=6)
        assert six.send().finished
        assert (sorted(set(six.mailed())), len(six.mailed())) == (sorted(six.mailed()), 6)

    def test_is_given_up_after_two_days_and_the_issue_is_sent(self, six: Ground):
        six.transport.replies = {FIRST: LATER}
        for _ in range(60):
            if six.send().finished:
                break
            six.clock.pass_(hours=1)
        one = of(six, six.readers[0])
        assert (one.state, one.reason, one.reply) == (
            DeliveryState.FAILED, "given up after 48 hours", "450 4.2.0 later",
        )  # fmt: skip
        assert (timedelta(hours=46) < one.at - one.tried_at <= timedelta(hours=48), state_of(six)) == (
            True, IssueState.SENT,
        )  # fmt: skip

    def test_a_refused_reader_is_never_tried_again(self, six: Ground):
        six.transport.replies = {FIRST: NO_SUCH}
        assert six.send().finished
        assert (of(six, six.readers[0]).state, of(six, six.readers[0]).attempts) == (DeliveryState.FAILED, 1)

    def test_a_reader_whose_mailbox_is_said_not_to_exist_is_mailed_no_more(self, six: Ground):
        six.transport.replies = {FIRST: NO_SUCH, "reader1@example.com": (Phase.RCPT, Reply(550, ("User unknown",)))}
        six.send()
        (first, second) = (six.press.store.readers.suppressed(f"reader{n}@example.com") for n in (0, 1))
        assert [one.reason for one in (*first, *second)] == [SuppressionReason.BOUNCE] * 2
        assert [event.kind for event in six.press.store.feedback.events(six.readers[0])] == [FeedbackKind.HARD]

    @pytest.mark.parametrize("said", ["5.2.2 over quota", "5.4.6 loops back to myself", "no, thanks"])
    def test_what_else_a_server_refuses_for_is_counted_as_a_bounce_is(self, six: Ground, said: str):
        six.transport.replies = {FIRST: (Phase.RCPT, Reply(552, (said,)))}
        six.send()
        assert six.press.store.readers.suppressions() == ()
        assert len(six.press.store.feedback.events(six.readers[0])) == 1

    def test_a_server_that_knows_nobody_costs_nobody_their_mails(self, sqlite_store: SqlStore):
        many = ground(sqlite_store, 150)
        many.transport.replies = {f"reader{n}@example.com": NO_SUCH for n in range(150)}
        assert "5.1.1" in many.send().blocked
        assert (state_of(many), many.counts()[DeliveryState.FAILED]) == (IssueState.PAUSED, 100)
        assert many.press.store.readers.suppressions() == ()

    def test_an_address_that_cannot_be_mailed_fails_alone(self, six: Ground, sqlite_store: SqlStore):
        bad = f"UPDATE subscriber SET email = 'a@b@' || char(10) || 'c' WHERE id = {six.readers[0]}"
        with sqlite_store.engine.begin() as connection:
            connection.exec_driver_sql(bad)
        six.send()
        assert six.counts() == {DeliveryState.SENT: 5, DeliveryState.FAILED: 1}


class TestInDoubt:
    def test_a_lost_answer_is_resent_under_the_same_message_id_and_stays_listed(self, six: Ground):
        six.transport.replies = {FIRST: LOST}
        assert not six.send().finished
        (before,) = delivery_lines(six.press, six.issue, DeliveryState.UNCERTAIN, six.clock())
        six.transport.replies = {}
        six.clock.pass_(minutes=31)
        assert six.send().finished
        (after,) = delivery_lines(six.press, six.issue, DeliveryState.UNCERTAIN, six.clock())
        assert (before.state, after.state, after.attempts) == (DeliveryState.UNCERTAIN, DeliveryState.SENT, 2)
        assert before.message_id == after.message_id
        assert f"Message-ID: {after.message_id}" in text_of(six, FIRST)

    def test_a_key_that_was_added_meanwhile_changes_no_message_id(self, six: Ground):
        """`web.secret_key_file` holds the newest first; what was begun under an older one goes on under it."""
        six.transport.replies = {FIRST: LOST}
        six.send()
        (before,) = delivery_lines(six.press, six.issue, DeliveryState.UNCERTAIN, six.clock())
        six.press = replace(six.press, secret="n" * 32, old_secrets=(six.press.secret,))
        six.transport.replies = {}
        six.clock.pass_(minutes=31)
        assert six.send().finished
        (after,) = delivery_lines(six.press, six.issue, DeliveryState.UNCERTAIN, six.clock())
        assert before.message_id == after.message_id
        assert f"Message-ID: {after.message_id}" in text_of(six, FIRST)

    def test_a_sender_does_not_take_up_what_it_still_has_under_way_itself(self, six: Ground):
        """A server that takes longer over a mail than its lease, and then accepts it: nobody has two."""
        server = Dawdling(six)
        assert six.send(server).finished
        assert sorted(message.recipient for message in server.taken) == [f"reader{n}@example.com" for n in range(6)]
        assert six.counts() == {DeliveryState.SENT: 6}

    def test_under_hold_it_is_never_sent_again_and_the_issue_is_sent(self, sqlite_store: SqlStore):
        six = ground(sqlite_store, uncertain="hold")
        six.transport.replies = {FIRST: LOST}
        assert six.send().finished
        assert (state_of(six), len(six.mailed())) == (IssueState.SENT, 5)
        (one,) = delivery_lines(six.press, six.issue, DeliveryState.UNCERTAIN, six.clock())
        assert one.state is DeliveryState.UNCERTAIN

    def test_a_server_that_always_loses_its_answer_gets_three_copies_at_most(self, six: Ground):
        tries = 0

        def count(outcome: Outcome) -> None:
            nonlocal tries
            tries += outcome.key.subscriber == six.readers[0]

        six.transport.replies = {FIRST: LOST}
        for _ in range(10):
            if six.send(on_outcome=count).finished:
                break
            six.clock.pass_(hours=1)
        assert (tries, state_of(six)) == (3, IssueState.SENT)


class Dawdling(FakeTransport):
    """Takes two mails; the first is answered for when its lease is long over, and only then comes the second's turn."""

    def __init__(self, at: Ground) -> None:
        super().__init__()
        self._at = at

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        waiting = iter(messages)
        first = next(waiting)
        self._at.clock.pass_(hours=1)
        yield from super().send([first, *waiting], now)


class Away(FakeTransport):
    """Takes some mails; then the server cannot be used any more."""

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        for number, outcome in enumerate(super().send(messages, now)):
            yield outcome
            self.down = number == 2


def test_a_server_that_goes_away_leaves_the_rest_waiting_untried(six: Ground):
    with pytest.raises(OutsideError, match="cannot connect"):
        six.send(Away())
    assert six.counts() == {DeliveryState.SENT: 3, DeliveryState.PENDING: 3}
    assert all(one.attempts == 0 for one in six.press.store.ledger.deliveries(six.issue.id, DeliveryState.PENDING))
    assert six.send().finished
    assert len(six.mailed()) == 3


class TestBlocked:
    """The mail server takes nothing because of who we are."""

    @pytest.fixture
    def many(self, sqlite_store: SqlStore) -> Ground:
        blocked = ground(sqlite_store, 40, deliver={"pause_after_blocked": 5})
        blocked.transport.replies = {f"reader{n}@example.com": BLOCKED for n in range(10, 40)}
        return blocked

    def test_pauses_the_issue_at_once_and_says_why(self, many: Ground):
        sent = many.send()
        paused = many.press.issue(many.issue.id)
        assert paused.state is IssueState.PAUSED
        assert "5.7.1 your mail is not wanted here" in paused.note
        assert sent.blocked
        assert sent.counts == {DeliveryState.SENT: 10, DeliveryState.DEFERRED: 5, DeliveryState.PENDING: 25}

    def test_suppresses_nobody_and_goes_on_when_resumed(self, many: Ground):
        many.send()
        assert many.press.store.readers.suppressions() == ()
        many.transport.replies = {}
        many.clock.pass_(hours=1)
        with pytest.raises(StateError, match="digest issue resume"):
            many.send()
        resume_issue(many.press, many.issue.id, "", many.clock())
        assert many.send().finished
        assert (len(set(many.mailed())), len(many.mailed())) == (40, 40)

    def test_tells_the_operator(self, many: Ground, caplog: pytest.LogCaptureFixture):
        with caplog.at_level(logging.ERROR, "digest.tasks"):
            send_issue(many.press, many.issue, many.transport, many.clock)
        assert "takes nothing from us" in caplog.text

    def test_a_list_too_short_for_a_row_is_paused_when_all_are_refused(self, sqlite_store: SqlStore):
        """Nine readers never make ten in a row: they would be tried for two days, and the issue would count as sent."""
        nine = ground(sqlite_store, 9)
        nine.transport.replies = {f"reader{n}@example.com": BLOCKED for n in range(9)}
        assert "not wanted here" in nine.send().blocked
        assert state_of(nine) is IssueState.PAUSED

    def test_a_few_at_the_end_of_a_list_pause_nothing(self, sqlite_store: SqlStore):
        nine = ground(sqlite_store, 9)
        nine.transport.replies = {f"reader{n}@example.com": BLOCKED for n in range(5, 9)}
        assert not nine.send().blocked
        assert (state_of(nine), nine.counts()[DeliveryState.DEFERRED]) == (IssueState.SENDING, 4)


class TestSteering:
    @pytest.fixture
    def many(self, sqlite_store: SqlStore) -> Ground:
        return ground(sqlite_store, 600)

    def test_a_pause_is_noticed_within_a_claim_and_resuming_goes_on(self, many: Ground):
        seen = 0

        def pause_in_the_middle(_: Outcome) -> None:
            nonlocal seen
            seen += 1
            if seen == 100:
                pause_issue(many.press, many.issue.id, "wrong headline", many.clock())

        many.send(on_outcome=pause_in_the_middle)
        assert (state_of(many), many.press.issue(many.issue.id).note) == (IssueState.PAUSED, "wrong headline")
        assert 100 <= len(many.mailed()) <= 100 + 128
        assert DeliveryState.CLAIMED not in many.counts()
        resume_issue(many.press, many.issue.id, "", many.clock())
        many.send()
        assert (len(set(many.mailed())), len(many.mailed()), state_of(many)) == (600, 600, IssueState.SENT)

    def test_a_cancelled_issue_skips_whoever_waits(self, many: Ground):
        def cancel_at_once(_: Outcome) -> None:
            if state_of(many) is IssueState.SENDING:
                cancel_issue(many.press, many.issue.id, "", many.clock())

        many.send(on_outcome=cancel_at_once)
        sent = len(many.mailed())
        assert many.counts() == {DeliveryState.SENT: sent, DeliveryState.SKIPPED: 600 - sent}
        assert (sent <= 128, state_of(many)) == (True, IssueState.CANCELLED)

    def test_only_what_is_being_sent_can_be_paused_and_only_what_is_paused_resumed(self, six: Ground):
        with pytest.raises(StateError):
            pause_issue(six.press, six.issue.id, "", NOW)
        with pytest.raises(StateError):
            resume_issue(six.press, six.issue.id, "", NOW)

    def test_never_more_than_so_many_are_in_doubt_at_once(self, many: Ground):
        claimed: list[int] = []
        many.send(on_outcome=lambda _: claimed.append(many.counts().get(DeliveryState.CLAIMED, 0)))
        assert 128 <= max(claimed) <= IN_DOUBT


class Slow(FakeTransport):
    """Takes a minute for each mail."""

    clock: object

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        for outcome in super().send(messages, now):
            self.clock.pass_(minutes=1)
            yield outcome


def test_a_server_slower_than_the_lease_gets_each_mail_once(sqlite_store: SqlStore):
    slow = ground(sqlite_store, 60)
    slow.transport = Slow()
    slow.transport.clock = slow.clock
    assert slow.send().finished
    assert (len(slow.mailed()), len(set(slow.mailed()))) == (60, 60)
    assert list(delivery_lines(slow.press, slow.issue, DeliveryState.UNCERTAIN, slow.clock())) == []
