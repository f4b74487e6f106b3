"""Writes down what is due as jobs: the tables say what is. Any number of processes may do so at any time.

Called at every tick by schedulers and workers alike: a job that was lost is due again by the tables, and so comes back;
one that waits already is left alone; one that a dead worker had taken is put back for another.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from digest.model.jobs import Job, Work, prepare, send
from digest.pipeline.planning import StepKind
from digest.pipeline.press import Press
from digest.ports.jobs import JobQueue
from digest.tasks import due_steps

log = logging.getLogger(__name__)
_TOGETHER = 25
"""Feeds that one job asks."""
_LENT = timedelta(minutes=5)
"""Feeds whose job did not record them within this time are due again."""


def defer_due(press: Press, queue: JobQueue, now: datetime, *, mailboxes: bool) -> int:
    """Puts back what dead workers had, and defers what is due and does not wait yet. Gives how many jobs are new.

    `mailboxes`: whether there are any that mail comes back to.
    """
    put_back = queue.recover()
    if put_back:
        log.warning("%d jobs of workers that are gone wait again", put_back)
    deferred = sum(map(queue.defer, due_jobs(press, now, mailboxes=mailboxes)))
    return deferred + ask_feeds(press, now)


def due_jobs(press: Press, now: datetime, *, mailboxes: bool) -> list[Job]:
    """What is due, the earlier slot first, but for feeds."""
    found = [Job(Work.ERRANDS), Job(Work.TEND)]
    if mailboxes:
        found.append(Job(Work.HEAR))
    for step in due_steps(press, now):
        job = send(step.issue) if step.kind is StepKind.SEND else prepare(step.newsletter)
        if job not in found:
            found.append(job)
    return found


def ask_feeds(press: Press, now: datetime) -> int:
    """Hands the feeds that are due out to jobs, some to each; gives how many jobs."""
    due = [feed.id for feed in press.store.feeds.due(now) if not feed.source.pushed]
    chunks = [due[first : first + _TOGETHER] for first in range(0, len(due), _TOGETHER)]
    return sum(bool(press.store.feeds.lend(chunk, now, now + _LENT)) for chunk in chunks)
