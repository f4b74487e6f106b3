from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from build import NOW, at, feed_source
from digest.config.machine import GatherSettings
from digest.gather.due import just_paused, next_request, next_state
from digest.model.feeds import FeedHealth, FeedState
from digest.ports.outside import FetchRequest, FetchResult, FetchStatus

SETTINGS = GatherSettings(every_minutes=30, pause_after=3)
SOURCE = feed_source()


def result(status: FetchStatus = FetchStatus.OK, **fields: object) -> FetchResult:
    return FetchResult(**({"request": FetchRequest(SOURCE.url), "status": status, "url": SOURCE.url} | fields))  # type: ignore[arg-type]


def after(state: FeedState, *results: FetchResult, jitter: float = 0) -> FeedState:
    for one in results:
        state = next_state(state, one, SETTINGS, NOW, jitter)
    return state


def minutes(state: FeedState) -> float:
    assert state.next_at
    return (state.next_at - NOW) / timedelta(minutes=1)


def test_a_request_carries_what_we_hold_and_goes_where_the_feed_moved() -> None:
    state = FeedState(etag='"a"', last_modified="yesterday", moved_to="https://new.example.com/feed")
    request = next_request(SOURCE, state)
    assert (request.url, request.etag, request.last_modified) == ("https://new.example.com/feed", '"a"', "yesterday")
    assert next_request(SOURCE, FeedState()).url == SOURCE.url


def test_success_keeps_validators_and_comes_back_at_the_interval() -> None:
    state = after(FeedState(error="x", failures=2, failing_since=at(-5)), result(etag='"b"', last_modified="today"))
    assert (state.etag, state.last_modified, state.error, state.failures) == ('"b"', "today", "", 0)
    assert state.health is FeedHealth.OK
    assert minutes(state) == 30
    assert minutes(after(FeedState(), result(), jitter=1.0)) == 33


def test_a_new_answer_without_validators_drops_the_old_ones_and_unchanged_keeps_them() -> None:
    held = FeedState(etag='"a"', last_modified="then")
    assert after(held, result()).etag == ""
    assert after(held, result(FetchStatus.UNCHANGED)).etag == '"a"'


def test_max_age_is_respected_between_the_interval_and_a_day() -> None:
    assert minutes(after(FeedState(), result(max_age=60))) == 30
    assert minutes(after(FeedState(), result(max_age=7200))) == 120
    assert minutes(after(FeedState(), result(max_age=10**8))) == 24 * 60


def test_a_permanent_move_is_remembered_until_the_new_address_fails() -> None:
    moved = after(FeedState(), result(moved_to="https://new.example.com/feed"))
    assert moved.moved_to == "https://new.example.com/feed"
    assert after(moved, result()).moved_to == moved.moved_to
    assert after(moved, result(FetchStatus.FAILED)).moved_to == ""


def test_failures_double_the_rest_and_pause_the_feed_with_its_reason() -> None:
    bad = result(FetchStatus.FAILED, reason="the server said 500")
    once, twice = after(FeedState(), bad), after(FeedState(), bad, bad)
    assert (minutes(once), minutes(twice)) == (60, 120)
    assert (once.failing_since, once.error, once.health) == (NOW, "the server said 500", FeedHealth.FAILING)
    thrice = after(twice, bad)
    assert thrice.health is FeedHealth.PAUSED
    assert minutes(after(FeedState(), bad, jitter=0.5)) == 45


def test_the_operator_is_told_of_a_pause_once() -> None:
    bad = result(FetchStatus.FAILED)
    twice = after(FeedState(), bad, bad)
    thrice = after(twice, bad)
    assert just_paused(twice, thrice)
    assert not just_paused(thrice, after(thrice, bad))
    assert not just_paused(FeedState(), twice)


def test_gone_pauses_at_once_and_success_by_hand_ends_a_pause() -> None:
    gone = after(FeedState(), result(FetchStatus.GONE))
    assert gone.paused_at == NOW
    assert "410" in gone.error
    assert after(gone, result()).paused_at is None


def test_retry_after_is_respected_between_the_interval_and_a_week() -> None:
    def wait(hours: float) -> float:
        return minutes(after(FeedState(), result(FetchStatus.WAIT, retry_at=at(hours))))

    assert (wait(0.01), wait(5), wait(24 * 30)) == (30, 300, 7 * 24 * 60)


@given(st.sampled_from(FetchStatus), st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.integers(1, 100_000))
def test_the_next_visit_always_lies_ahead_and_within_bounds(
    status: FetchStatus, failures: int, jitter: float, every: int
) -> None:
    state = FeedState(failures=failures, failing_since=NOW if failures else None)
    settings = replace_interval(every)
    after_it = next_state(state, result(status), settings, NOW, jitter)
    interval = timedelta(minutes=every)
    assert after_it.next_at is not None
    assert interval / 2 <= after_it.next_at - NOW <= max(interval * 1.1, timedelta(days=1.1))
    assert replace(after_it, next_at=None).checked_at == NOW


def replace_interval(every: int) -> GatherSettings:
    return GatherSettings(every_minutes=every)
