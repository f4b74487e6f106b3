"""The ticker: ticks at once and again, one at a time, through failures and jumps of the clock."""

from __future__ import annotations

import datetime as clock
import logging
import threading

import apscheduler.schedulers.base as apscheduler_base
import pytest

from digest.schedule import Ticker

PATIENCE = 20.0


class Ticks:
    """Counts ticks; `wait_for` blocks until so many more have come."""

    def __init__(self) -> None:
        self.seen = threading.Semaphore(0)

    def __call__(self) -> None:
        self.seen.release()

    def wait_for(self, number: int) -> None:
        for _ in range(number):
            assert self.seen.acquire(timeout=PATIENCE)


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def ticking():
    """Starts tickers and stops them at the end."""
    started = []

    def start(seconds, on_tick) -> Ticker:
        started.append(Ticker(seconds, on_tick))
        started[-1].start()
        return started[-1]

    yield start
    for ticker in started:
        ticker.stop()


def test_the_first_tick_comes_at_once_and_others_follow(ticking, ticks):
    ticking(3600, first := Ticks())
    first.wait_for(1)
    ticking(0.02, ticks)
    ticks.wait_for(3)


def test_a_tick_that_fails_is_logged_and_the_next_one_comes(ticking, ticks, caplog):
    def fail():
        ticks()
        raise RuntimeError("a bug")

    with caplog.at_level(logging.ERROR):
        ticking(0.02, fail)
        ticks.wait_for(3)
    assert "a tick failed" in caplog.text
    assert "a bug" in caplog.text


def test_ticks_never_overlap_and_one_that_is_late_is_no_warning(ticking, ticks, caplog):
    busy = threading.Lock()
    overlapped = []

    def slow():
        if not busy.acquire(blocking=False):
            overlapped.append(True)
            return
        threading.Event().wait(0.1)
        busy.release()
        ticks()

    ticking(0.02, slow)
    ticks.wait_for(3)
    assert not overlapped
    assert not caplog.records


def test_stop_waits_for_the_tick_under_way_and_may_be_called_twice(ticking):
    begun, ended = threading.Event(), []

    def slow():
        begun.set()
        threading.Event().wait(0.05)
        ended.append(True)

    ticker = ticking(3600, slow)
    assert begun.wait(PATIENCE)
    ticker.stop()
    ticker.stop()
    assert ended == [True]


@pytest.mark.parametrize("jump", [clock.timedelta(hours=-2), clock.timedelta(hours=2), clock.timedelta(days=400),
                                  clock.timedelta(days=-400)])  # fmt: skip
def test_ticks_go_on_when_the_clock_is_set(ticking, ticks, monkeypatch, jump):
    """APScheduler's own interval would stand still until the old time comes again, or count 400 days of ticks."""

    class Shifted(clock.datetime):
        by = clock.timedelta()

        @classmethod
        def now(cls, tz=None):
            return clock.datetime.now(tz) + cls.by

    monkeypatch.setattr(apscheduler_base, "datetime", Shifted)
    ticking(0.02, ticks)
    ticks.wait_for(2)
    Shifted.by = jump
    ticks.wait_for(5)
