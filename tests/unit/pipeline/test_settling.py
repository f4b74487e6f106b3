"""What a delivery becomes by what the mail server said, and when a server has had enough of us."""

from __future__ import annotations

from datetime import timedelta

import pytest

import build
from build import NOW, at, outcome
from digest.config.machine import DeliverSettings
from digest.model.delivery import Delivery, DeliveryKey, DeliveryState, OutcomeKind
from digest.model.ids import EditionId, IssueId, SubscriberId
from digest.pipeline.settling import MOST_DOUBTS, Breaker, given_back, settle, skipped
from digest.ports.ledger import Claim

SETTINGS = DeliverSettings(lease_seconds=900, give_up_hours=48)
KEY = DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(1))


def claim(before: DeliveryState = DeliveryState.PENDING, **fields: object) -> Claim:
    held = Delivery(KEY, EditionId("e"), DeliveryState.CLAIMED, **fields)  # type: ignore[arg-type]
    return Claim(held, build.edition(), None, "", 7, before)


def minutes(kind: OutcomeKind, attempts: int) -> float | None:
    """How long after the attempt the next one comes."""
    next_at = settle(claim(attempts=attempts, tried_at=NOW), outcome(kind=kind), SETTINGS, NOW).next_at
    return (next_at - NOW) / timedelta(minutes=1) if next_at else None


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (OutcomeKind.ACCEPTED, DeliveryState.SENT),
        (OutcomeKind.REFUSED, DeliveryState.FAILED),
        (OutcomeKind.DEFERRED, DeliveryState.DEFERRED),
        (OutcomeKind.BLOCKED, DeliveryState.DEFERRED),
        (OutcomeKind.UNCERTAIN, DeliveryState.UNCERTAIN),
    ],
)
def test_an_outcome_becomes_a_state_under_the_lease_of_its_claim(kind: OutcomeKind, state: DeliveryState):
    settled = settle(claim(), outcome(kind=kind, reply="said"), SETTINGS, NOW)
    assert (settled.key, settled.lease, settled.state, settled.reply, settled.tried) == (KEY, 7, state, "said", True)
    assert (settled.next_at is None) == (state in {DeliveryState.SENT, DeliveryState.FAILED})


@pytest.mark.parametrize("kind", [OutcomeKind.DEFERRED, OutcomeKind.BLOCKED])
def test_a_deferred_mail_is_tried_after_five_minutes_then_ever_later_up_to_an_hour(kind: OutcomeKind):
    assert [minutes(kind, attempts) for attempts in range(7)] == [5, 10, 20, 40, 60, 60, 60]


def test_a_server_that_names_a_later_time_is_obeyed():
    told = outcome(kind=OutcomeKind.DEFERRED, retry_at=at(3))
    assert settle(claim(), told, SETTINGS, NOW).next_at == at(3)


@pytest.mark.parametrize("kind", [OutcomeKind.DEFERRED, OutcomeKind.BLOCKED])
@pytest.mark.parametrize(("hours", "state"), [(46.9, DeliveryState.DEFERRED), (47.1, DeliveryState.FAILED)])
def test_a_mail_is_given_up_when_its_next_attempt_would_come_too_late(
    kind: OutcomeKind, hours: float, state: DeliveryState
):
    settled = settle(claim(attempts=9, tried_at=at(-hours)), outcome(kind=kind), SETTINGS, NOW)
    assert (settled.state, settled.reason) == (state, "given up after 48 hours" * (state is DeliveryState.FAILED))


def test_a_mail_in_doubt_is_sent_again_after_a_lease_and_at_most_twice():
    assert [minutes(OutcomeKind.UNCERTAIN, attempts) for attempts in range(MOST_DOUBTS)] == [15, 15, None]


def test_what_was_not_begun_is_as_it_was_before():
    back = given_back(claim(DeliveryState.UNCERTAIN, attempts=1, reply="no answer was recorded"), at(1))
    assert (back.state, back.next_at, back.reply, back.tried) == (
        DeliveryState.UNCERTAIN, at(1), "no answer was recorded", False,
    )  # fmt: skip


def test_who_is_gone_is_skipped_for_good():
    settled = skipped(claim(), "left")
    assert (settled.state, settled.reason, settled.next_at, settled.tried) == (
        DeliveryState.SKIPPED, "left", None, False,
    )  # fmt: skip


def test_what_we_withhold_ourselves_is_no_attempt():
    until = settle(claim(), outcome(kind=OutcomeKind.WITHHELD, retry_at=at(1)), SETTINGS, NOW)
    assert (until.state, until.next_at, until.tried) == (DeliveryState.PENDING, at(1), False)
    for_good = settle(claim(), outcome(kind=OutcomeKind.WITHHELD, reply="a rehearsal"), SETTINGS, NOW)
    assert (for_good.state, for_good.reason, for_good.tried) == (DeliveryState.SKIPPED, "a rehearsal", False)


def trips(breaker: Breaker, story: str) -> list[bool]:
    """What it says of blocked (b), refused (r), withheld (w) and accepted (.) mails."""
    kinds = {"b": OutcomeKind.BLOCKED, "r": OutcomeKind.REFUSED, "w": OutcomeKind.WITHHELD, ".": OutcomeKind.ACCEPTED}
    return [breaker.trips(outcome(kind=kinds[c])) for c in story]


def test_so_many_refusals_in_a_row_trip_the_breaker():
    assert trips(Breaker(3), "bb.bbb") == [False] * 5 + [True]


def test_what_was_not_begun_says_nothing_about_the_server():
    assert trips(Breaker(3), "bwbwb") == [False] * 4 + [True]


def test_most_of_a_hundred_trip_it_though_some_get_through():
    assert not any(trips(Breaker(10), "bb." * 33))
    assert trips(Breaker(10), "bb." * 33 + ".b")[-1]


def test_a_server_that_knows_nobody_trips_it_and_a_list_with_many_dead_addresses_does_not():
    assert trips(Breaker(10), "r" * 100) == [False] * 99 + [True]
    assert not any(trips(Breaker(10), "rrr." * 100))


@pytest.mark.parametrize(
    ("story", "sent", "stops"),
    [("b", 0, True), ("bbbb", 5, False), ("bbbb.", 1, True), ("r", 0, False), ("r" * 9, 0, False), ("r" * 10, 0, True),
     ("r" * 8 + "..", 2, False), ("w", 0, False)],
)  # fmt: skip
def test_a_short_list_is_judged_at_its_end(story: str, sent: int, stops: bool):
    breaker = Breaker(10)
    assert not any(trips(breaker, story))
    assert breaker.has_met_mostly_trouble(sent) is stops


def test_a_few_refusals_among_many_do_not():
    assert not any(trips(Breaker(10), "b....." * 100))
