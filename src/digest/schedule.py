"""Ticks: calls what it is given every so many seconds, in a thread of its own, and decides nothing.

APScheduler with its memory store does no more than that here: what is due follows from the tables, so that a tick
that is late, lost or doubled does no harm. A clock that is set forward or back costs at most one interval.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

log = logging.getLogger(__name__)
_JOB = "tick"


class Ticker:
    """Calls `on_tick` at once and then every `seconds`, never twice at the same time."""

    def __init__(self, seconds: float, on_tick: Callable[[], None]) -> None:
        self._on_tick = on_tick
        self._scheduler = _Steady(seconds)
        self._scheduler.add_job(
            self._tick, _Every(seconds), id=_JOB, max_instances=1, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        """Begins ticking and returns at once."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stops ticking and waits for the tick under way. A second call does nothing."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _tick(self) -> None:
        try:
            self._on_tick()
        except Exception:
            log.exception("a tick failed; the next one tries again")


class _Every(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """At once, then an interval from now. APScheduler's own counts every interval that a jump of the clock skipped."""

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """APScheduler asks."""
        return now + self._interval if previous_fire_time else now


class _Steady(BackgroundScheduler):  # type: ignore[misc]  # APScheduler 3 has no types
    """A scheduler that does not wait for the old time to come again when the clock is set back."""

    def __init__(self, seconds: float) -> None:
        quiet = logging.getLogger(f"{__name__}.apscheduler")
        quiet.setLevel(logging.ERROR)  # a tick that is still at work when the next is due is no news
        super().__init__(timezone="UTC", logger=quiet)
        self._seconds = seconds

    def _process_jobs(self) -> float | None:
        wait: float | None = super()._process_jobs()
        if wait is None or wait <= self._seconds:
            return wait
        self.reschedule_job(_JOB, trigger=_Every(self._seconds))
        return 0.0
