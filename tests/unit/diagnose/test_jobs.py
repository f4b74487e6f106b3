"""What is said of the queue: nobody works, something waits too long, something is stuck, or all is well."""

from __future__ import annotations

from datetime import timedelta

from digest.diagnose.jobs import check_backlog
from digest.model.checks import Check, Standing
from digest.model.jobs import Backlog, QueueName, Waiting

LOST = timedelta(seconds=30)


def look(waiting: Waiting = Waiting(), queue: QueueName = QueueName.DELIVER, **more: int) -> list[Check]:
    queues = dict.fromkeys(QueueName, Waiting()) | {queue: waiting}
    found = list(check_backlog(Backlog(queues, **more), LOST))
    assert all(check.remedy for check in found if check.standing is not Standing.OK)
    return found


def waiting(minutes: float, number: int = 3) -> Waiting:
    return Waiting(due=number, age=timedelta(minutes=minutes))


def test_all_is_well_where_workers_keep_up():
    (check,) = look(waiting(1), workers=2, doing=2)
    assert (check.standing, check.detail) == (Standing.OK, "2 workers, 3 jobs due, 2 being done; newest tables")


def test_without_workers_what_waits_is_a_problem_and_an_empty_queue_none():
    (check,) = look(waiting(90, 1))
    assert check.standing is Standing.PROBLEM
    assert check.detail == "no worker is there, and 1 job wait, the oldest for 90 minutes"
    (check,) = look(Waiting(later=4))
    assert check.standing is Standing.ADVICE


def test_a_queue_that_nobody_takes_from_names_the_workers_that_it_wants():
    (check,) = look(waiting(11), QueueName.COMPOSE, workers=1)
    assert check.standing is Standing.PROBLEM
    assert check.detail == "3 jobs of compose wait, the oldest for 11 minutes"
    assert "--queues compose" in check.remedy


def test_jobs_of_workers_that_are_gone_are_a_problem_until_somebody_ticks():
    (check,) = look(workers=1, doing=3, stuck=2)
    assert check.standing is Standing.PROBLEM
    assert check.detail.startswith("2 jobs were begun by workers that have not been heard of for 30 seconds")
    assert {check.standing for check in look(waiting(1), doing=1, stuck=1)} == {Standing.PROBLEM}
