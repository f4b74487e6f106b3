"""The queue of jobs: whether somebody works, whether something waits for too long, whether something is stuck. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from digest.model.checks import Check, advice, good, problem
from digest.model.jobs import Backlog

_NAME = "queue"
_TOO_LONG = timedelta(minutes=10)
"""Jobs that have waited for longer need more workers, or others."""


def check_backlog(found: Backlog, lost: timedelta) -> Iterator[Check]:
    """What to do about it. `lost`: the time after which a worker that was not heard of is gone."""
    if found.stuck:
        detail = f"{_jobs(found.stuck)} were begun by workers that have not been heard of for {lost.seconds} seconds"
        yield problem(_NAME, detail, "start digest run or digest worker: the next tick gives them to another worker")
    if not found.workers:
        yield from _without_workers(found)
        return
    late = {name: one.age for name, one in found.queues.items() if one.due and one.age > _TOO_LONG}
    for name, age in late.items():
        detail = f"{_jobs(found.queues[name].due)} of {name} wait, the oldest for {_minutes(age)}"
        yield problem(_NAME, detail, f"start workers that take them: digest worker --queues {name}")
    if not late and not found.stuck:
        yield good(_NAME, f"{found.workers} workers, {_jobs(found.due)} due, {found.doing} being done; newest tables")


def _without_workers(found: Backlog) -> Iterator[Check]:
    oldest = max((one.age for one in found.queues.values()), default=timedelta())
    remedy = "start one, on this machine or another: digest worker"
    if found.due:
        yield problem(
            _NAME, f"no worker is there, and {_jobs(found.due)} wait, the oldest for {_minutes(oldest)}", remedy
        )
    else:
        yield advice(_NAME, "no worker is there; nothing waits", remedy)


def _jobs(number: int) -> str:
    return f"{number:,} job{'' if number == 1 else 's'}"


def _minutes(age: timedelta) -> str:
    return f"{int(age.total_seconds() // 60):,} minutes" if age >= timedelta(minutes=2) else f"{age.seconds} seconds"
