"""What the JobQueue does, and that jobs are there if and only if the rows are that they are about."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import press as small
from build import NOW, WEEKLY, at, feed_source
from databases import ADDRESS_KEY, empty_tables, postgres_database
from digest.errors import ConfigError, StateError
from digest.model.errands import ErrandKind
from digest.model.issue import IssueState
from digest.model.jobs import Backlog, Job, QueueName, Waiting, Work, ask, prepare, send
from digest.pipeline.approving import approve_issue
from digest.queue.procrastinate import ProcrastinateQueue, defer_within
from digest.queue.tables import missing_steps, prepare_queue
from digest.store.database import Database
from digest.store.store import SqlStore, open_store
from send_ground import ground, press_on

pytestmark = pytest.mark.postgres
EVERY = tuple(QueueName)
A, B, C = (feed_source(f"https://{name}.example/feed") for name in "abc")


@pytest.fixture(scope="module")
def url(postgres: str, worker: str) -> Iterator[str]:
    with postgres_database(postgres, f"queue_{worker}", migrated=True) as made:
        store = open_store(made, Path(), ADDRESS_KEY)
        prepare_queue(store.engine)
        store.close()
        yield made


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = open_store(url, Path(), ADDRESS_KEY, defer_within)
    with opened.engine.begin() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers"))
    empty_tables(url)
    yield opened
    opened.close()


@pytest.fixture
def queue(store: SqlStore) -> ProcrastinateQueue:
    return ProcrastinateQueue(store.engine)


def names(store: SqlStore, status: str = "todo") -> list[str]:
    with store.engine.connect() as connection:
        wanted = text(
            "SELECT queueing_lock FROM procrastinate_jobs WHERE status = CAST(:s AS procrastinate_job_status)"
        )
        return sorted(connection.scalars(wanted, {"s": status}))


def work_off(queue: ProcrastinateQueue, number: int = 1, queues: tuple[QueueName, ...] = EVERY,
             follow: dict[str, list[tuple[Job, float]]] | None = None) -> list[Job]:  # fmt: skip
    """Does jobs until there were so many."""
    done: list[Job] = []

    def do(job: Job) -> list[tuple[Job, float]]:
        done.append(job)
        return (follow or {}).pop(job.name, [])

    over = threading.Event()
    timer = threading.Timer(20, over.set)
    timer.start()
    queue.work(queues, do, lambda: len(done) >= number or over.is_set(), 10)
    timer.cancel()
    return done


def test_two_jobs_of_one_name_that_wait_are_one(queue, store):
    assert queue.defer(prepare(WEEKLY))
    assert not queue.defer(prepare(WEEKLY))
    assert queue.defer(Job(Work.TEND))
    assert names(store) == ["prepare:weekly", "tend"]
    assert queue.waiting() == 2


def test_a_job_that_is_there_already_does_not_spoil_the_transaction_that_wanted_it(queue, store):
    queue.defer(Job(Work.TEND))
    with Database(store.engine).write() as connection:
        assert not defer_within(connection, Job(Work.TEND))
        assert defer_within(connection, Job(Work.HEAR))
    assert names(store) == ["hear", "tend"]


def test_a_job_goes_with_the_transaction_that_did_not_keep_its_rows(store):
    with suppress(ZeroDivisionError), Database(store.engine).write() as connection:
        defer_within(connection, Job(Work.TEND))
        raise ZeroDivisionError
    assert names(store) == []


def test_a_worker_does_what_its_queues_hold_and_nothing_else(queue, store):
    for job in (Job(Work.TEND), send(WEEKLY), Job(Work.ERRANDS)):
        queue.defer(job)
    assert work_off(queue, 2, (QueueName.DELIVER,)) == [Job(Work.ERRANDS), send(WEEKLY)]  # somebody waits for the first
    assert names(store) == ["tend"]
    assert names(store, "doing") == names(store, "failed") == []


def test_what_follows_from_a_job_waits_as_long_as_it_says(queue, store):
    queue.defer(Job(Work.TEND))
    follow = {"tend": [(Job(Work.HEAR), 0.0), (Job(Work.ERRANDS), 600.0)]}
    assert work_off(queue, 2, follow=follow) == [Job(Work.TEND), Job(Work.HEAR)]
    assert names(store) == ["errands"]


@pytest.mark.parametrize("trouble", [StateError("this", "cannot be done"), ZeroDivisionError()], ids=["ours", "any"])
def test_a_job_that_fails_is_gone_and_the_worker_goes_on(queue, store, trouble):
    def do(job: Job) -> list[tuple[Job, float]]:
        done.append(job)
        if job.work is Work.TEND:
            raise trouble
        return []

    done: list[Job] = []
    queue.defer(Job(Work.TEND))
    queue.defer(Job(Work.HEAR))
    queue.work(EVERY, do, lambda: len(done) == 2, 10)
    assert queue.waiting() == 0


def test_jobs_of_workers_that_are_gone_wait_again(queue, store):
    for job in (Job(Work.TEND), Job(Work.HEAR)):
        queue.defer(job)
    with store.engine.begin() as connection:
        dead = connection.scalar(text(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        ))  # fmt: skip
        alive = connection.scalar(text("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id"))
        take = text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE queueing_lock = :name")
        connection.execute(take, [{"worker": dead, "name": "tend"}, {"worker": alive, "name": "hear"}])
    assert queue.recover() == 1
    assert names(store) == ["tend"]
    assert names(store, "doing") == ["hear"]
    assert queue.recover() == 0


def test_the_backlog_says_what_waits_where_since_when_and_who_works(queue, store):
    assert queue.backlog() == Backlog(dict.fromkeys(QueueName, Waiting()))
    for job in (send(WEEKLY), Job(Work.ERRANDS), Job(Work.TEND), Job(Work.HEAR)):
        queue.defer(job)
    queue.defer(prepare(WEEKLY), 600)
    with store.engine.begin() as connection:
        beat = text(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - CAST(:ago AS interval)) RETURNING id"
        )
        workers = {name: connection.scalar(beat, {"ago": ago}) for name, ago in (("tend", "1 s"), ("hear", "1 hour"))}
        take = text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE queueing_lock = :name")
        connection.execute(take, [{"worker": worker, "name": name} for name, worker in workers.items()])
        connection.execute(text(
            "UPDATE procrastinate_events SET at = now() - interval '90 seconds'"
            " WHERE job_id = (SELECT id FROM procrastinate_jobs WHERE queueing_lock = 'errands')"
        ))  # fmt: skip
    found = queue.backlog()
    assert {name: (one.due, one.later) for name, one in found.queues.items()} == {
        QueueName.GATHER: (0, 0), QueueName.COMPOSE: (0, 1), QueueName.DELIVER: (2, 0),
    }  # fmt: skip
    assert 90 <= found.queues[QueueName.DELIVER].age.total_seconds() < 600
    assert found.queues[QueueName.COMPOSE].age == timedelta()
    assert (found.due, found.doing, found.stuck, found.workers) == (2, 2, 1, 1)


def test_where_another_of_its_name_waits_already_that_one_takes_the_place_of_the_lost_one(queue, store):
    queue.defer(send(WEEKLY))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    queue.defer(send(WEEKLY))
    assert queue.recover() == 0
    assert (names(store), names(store, "doing")) == (["send:weekly:0"], [])


def test_feeds_are_lent_once_each_with_the_job_that_asks_them(store):
    feeds = [feed.id for feed in store.feeds.sync([A, B, C], NOW)]
    assert store.feeds.lend(feeds[:2], NOW, at(1)) == tuple(feeds[:2])
    assert store.feeds.lend(feeds, NOW, at(1)) == (feeds[2],)
    assert store.feeds.lend(feeds, NOW, at(1)) == ()
    assert names(store) == sorted(job.name for job in (ask(tuple(feeds[:2])), ask((feeds[2],))))


def test_an_errand_comes_with_its_job(store):
    store.errands.add(ErrandKind.LINK, {"email": "ada@example.org"}, NOW)
    store.errands.add(ErrandKind.LINK, {"email": "bob@example.org"}, NOW)
    assert names(store) == ["errands"]


def test_an_issue_that_is_approved_after_its_hour_or_resumed_comes_with_its_job(store):
    press = press_on(store)
    draft = small.issue()
    store.issues.create(draft, draft.send_at)
    early = draft.send_at.replace(year=draft.send_at.year - 1)
    approve_issue(press, draft, "ed", early)
    assert names(store) == []
    store.issues.advance(draft.id, IssueState.DRAFT, early)
    approve_issue(press, press.issue(draft.id), "ed", draft.send_at)
    assert names(store) == [send(draft.id).name]


def test_a_large_wave_is_shared_out_when_it_is_frozen(store, monkeypatch):
    monkeypatch.setattr("digest.model.jobs.READERS_A_SHARE", 2)
    frozen = ground(store, 5)
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
    frozen.freeze()
    assert names(store) == [send(frozen.issue.id, share).name for share in (1, 2)]


def test_the_tables_are_made_once_and_brought_up_to_date(postgres, worker):
    with postgres_database(postgres, f"steps_{worker}", migrated=False) as made:
        store = open_store(made, Path(), ADDRESS_KEY)
        assert len(missing_steps(store.engine)) > 30
        prepare_queue(store.engine)
        assert missing_steps(store.engine) == ()
        prepare_queue(store.engine)
        last = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
        with store.engine.begin() as connection:
            connection.execute(text("DELETE FROM queue_step WHERE name = :name"), {"name": last})
        assert missing_steps(store.engine) == (last,)
        store.close()


def test_sqlite_cannot_hold_the_queue(sqlite_store):
    with pytest.raises(ConfigError, match=r"needs PostgreSQL.*database.url"):
        prepare_queue(sqlite_store.engine)
