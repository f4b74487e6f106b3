"""[I/O] JobQueue on Procrastinate, in the PostgreSQL of the rows that the jobs are about; decides nothing.

A job is deferred on the connection of a transaction, and so is there if and only if the rows are. Jobs that end are
deleted, well or not: what is to be done again is due again by the tables.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from sqlalchemy import Connection, Engine, text

from digest.errors import DigestError, OutsideError
from digest.model.jobs import Backlog, Job, QueueName, Waiting, Work
from digest.queue.tables import missing_steps
from digest.store.database import Database

log = logging.getLogger(__name__)
_SPEAKS = 3
"""A worker speaks so often in the time after which it counts as gone."""
_A_MOMENT = 0.1
_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_LIVELY = 2.0
"""Seconds after which a worker looks for jobs even if no word of one came."""
_UNFINISHED = 75
"""Exit status (EX_TEMPFAIL) of a worker whose job did not end in time."""
_WAITING = text("""
    SELECT queue_name, count(*) FILTER (WHERE since <= now()), count(*) FILTER (WHERE since > now()),
           greatest(now() - min(since), interval '0')
    FROM (
        SELECT queue_name, greatest(scheduled_at, max(event.at)) AS since
        FROM procrastinate_jobs AS job LEFT JOIN procrastinate_events AS event ON event.job_id = job.id
        WHERE status = 'todo' GROUP BY job.id
    ) AS waiting GROUP BY queue_name
""")
"""A job has been due since it was deferred or given back, or since the time that it was to wait for."""
_WORKED_ON = text("""
    WITH heard_of AS (
        SELECT id FROM procrastinate_workers WHERE last_heartbeat >= now() - make_interval(secs => :lost)
    )
    SELECT count(*), count(*) FILTER (WHERE worker_id IS NULL OR worker_id NOT IN (SELECT id FROM heard_of)),
           (SELECT count(*) FROM heard_of)
    FROM procrastinate_jobs WHERE status = 'doing'
""")
Follow = list[tuple[Job, float]]
Do = Callable[[Job], Follow]
"""Does a job, and gives those that follow, each with the seconds until then."""


class ProcrastinateQueue:
    """Jobs in the tables of Procrastinate, which `prepare_queue` made."""

    def __init__(self, engine: Engine, lost_seconds: float = 30.0) -> None:
        """`lost_seconds`: a worker that was not heard of for so long is gone."""
        self._lost_seconds = lost_seconds
        self._database = Database(engine)
        self._url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def defer(self, job: Job, seconds: float = 0) -> bool:
        """Lets it wait, in a transaction of its own; False when one of its name waits already."""
        with self._database.write() as connection:
            return defer_within(connection, job, seconds)

    def recover(self) -> int:
        """Puts back what workers had begun who were not heard of since; where another waits, that one does."""
        with _translated():
            return asyncio.run(self._recover())

    def waiting(self) -> int:
        """How many wait or are being done."""
        counted = text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
        with self._database.read() as connection:
            return int(connection.scalar(counted) or 0)

    def missing(self) -> tuple[str, ...]:
        """What the tables lack to be of the version that is installed; none when all is well."""
        return missing_steps(self._database.engine)

    def backlog(self) -> Backlog:
        """What waits in which queue and since when, what is being done, and how many workers there are."""
        lost = {"lost": self._lost_seconds}
        with self._database.read() as connection:
            queues = {QueueName(name): Waiting(*counts) for name, *counts in connection.execute(_WAITING)}
            doing, stuck, workers = connection.execute(_WORKED_ON, lost).one()
        return Backlog({name: queues.get(name, Waiting()) for name in QueueName}, doing, stuck, workers)

    def work(self, queues: tuple[QueueName, ...], do: Do, stopping: Callable[[], bool], stop_seconds: float) -> None:
        """Takes jobs and does them, one after the other, until it is `stopping`.

        What is under way then has so many seconds to end, after which the whole process does, as if it were killed.
        Raises OutsideError when the database cannot be used.
        """
        app = self._app()
        for work in Work:
            app.task(name=work)(_doing(self, work, do))
        with _translated():
            asyncio.run(_until_stopping(app, queues, stopping, stop_seconds, self._lost_seconds))

    async def _recover(self) -> int:
        put_back = 0
        async with self._app().open_async() as app:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._lost_seconds):
                try:
                    await app.job_manager.retry_job(job, retry_at=_AT_ONCE)
                    put_back += 1
                except (ConnectorException, UniqueViolation) as error:  # taken by another, or one waits
                    log.debug("job %s is dropped: %s", job.id, error.__cause__ or error)
                    with suppress(ConnectorException):
                        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        return put_back

    def _app(self) -> App:
        return App(connector=PsycopgConnector(conninfo=self._url, min_size=1, max_size=4))


def defer_within(connection: Connection, job: Job, seconds: float = 0) -> bool:
    """Lets the job wait if the connection's transaction is kept; False when one of its name waits already."""
    deferrer = _deferring().configure_task(
        job.work, queue=job.queue, lock=job.lock, queueing_lock=job.name, priority=job.priority,
        schedule_in={"seconds": seconds} if seconds else None,
        connection=connection.connection.driver_connection,
    )  # fmt: skip
    part = connection.begin_nested()
    try:
        deferrer.defer(ids=list(job.ids))
    except AlreadyEnqueued:
        part.rollback()
        return False
    part.commit()
    return True


@cache
def _deferring() -> App:
    """Writes jobs on other people's connections only, so that it is never opened."""
    return App(connector=SyncPsycopgConnector())


def _doing(queue: ProcrastinateQueue, work: Work, do: Do) -> Callable[..., None]:
    def done(ids: list[str]) -> None:
        """Does it; a failure is logged, and what it was about is due again at the next tick."""
        job = Job(work, tuple(ids))
        try:
            for following, seconds in do(job):
                queue.defer(following, seconds)
        except DigestError as error:
            log.error("%s failed: %s", job.name, error)

    return done


async def _until_stopping(
    app: App, queues: tuple[QueueName, ...], stopping: Callable[[], bool], stop_seconds: float, lost_seconds: float
) -> None:
    asyncio.get_running_loop().set_exception_handler(_unless_taken)
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[queue.value for queue in queues],
                name=f"worker-{os.getpid()}",
                install_signal_handlers=False,
                delete_jobs="always",
                fetch_job_polling_interval=_LIVELY,
                stalled_worker_timeout=lost_seconds,
                update_heartbeat_interval=lost_seconds / _SPEAKS,
            )
        )
        while not stopping() and not working.done():
            await asyncio.wait({working}, timeout=_A_MOMENT)
        working.cancel()  # it fetches no more, and ends when its job has
        done, _ = await asyncio.wait({working}, timeout=stop_seconds)
        if not done:
            log.error("a job did not end within %g seconds; what it had claimed is found by its lease", stop_seconds)
            os._exit(_UNFINISHED)
        with suppress(asyncio.CancelledError):
            await working


def _unless_taken(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A job that was thought lost, and was given to another, cannot be finished by the first: that is no fault."""
    if isinstance(context.get("exception"), ConnectorException):
        log.info("a job was given to another worker meanwhile, or the database is away")
    else:
        loop.default_exception_handler(context)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ConnectorException as error:
        problem = str(error.__cause__ or error).strip().partition("\n")[0]
        raise OutsideError("the queue", problem, "check database.url, then: digest doctor") from error
