"""A disk that is full and a database that is locked while an issue is sent: claiming stops, nothing is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from counting_sink import Sink
from databases import ADDRESS_KEY, empty_tables
from digest.errors import OutsideError
from digest.model.delivery import DeliveryState, Message, Outcome
from digest.pipeline.reporting import delivery_lines
from digest.store.store import SqlStore, open_store
from fakes import FakeTransport
from send_ground import Clock, Ground, ground
from senders import FAILED, GOOD, Errand, Senders, senders

READERS = 600


@pytest.fixture(scope="module")
def ready() -> Iterator[Senders]:
    with senders() as started:
        yield started


def copies(at: Ground, sink: Sink, state: DeliveryState | None = None) -> list[int]:
    """How often the server accepted the mails that are listed under that state."""
    return [sink.accepted[line.message_id] for line in delivery_lines(at.press, at.issue, state, at.clock())]


@pytest.mark.parametrize("room", [0, 30_000, 200_000])
def test_a_disk_that_is_full_in_mid_send_stops_it_and_loses_nobody(
    sqlite_store: SqlStore, tmp_path: Path, sink: Sink, ready: Senders, room: int
):
    """`room`: bytes that the write-ahead log may still grow."""
    sent = ground(sqlite_store, READERS)
    sent.freeze()
    file = tmp_path / "only.sqlite3"
    log = file.with_name(f"{file.name}-wal").stat().st_size
    errand = Errand(f"sqlite:///{file}", sink.port, sent.issue.id, largest_file=log + room)
    ready.start(errand)
    assert ready.wait() == FAILED
    assert sink.total < READERS
    with closing(sqlite3.connect(file)) as connection:
        assert [checked for (checked,) in connection.execute("PRAGMA integrity_check")] == ["ok"]
    ready.start(Errand(f"sqlite:///{file}", sink.port, sent.issue.id, hours=1))
    assert ready.wait() == GOOD
    assert sent.counts() == {DeliveryState.SENT: READERS}
    everybody, listed = copies(sent, sink), copies(sent, sink, DeliveryState.UNCERTAIN)
    assert min(everybody) == 1
    assert sum(everybody) - READERS == sum(listed) - len(listed)


@pytest.mark.postgres
def test_connections_to_the_database_that_break_in_mid_send_are_made_anew(postgres_url: str, tmp_path: Path):
    empty_tables(postgres_url)
    store = open_store(postgres_url, tmp_path, ADDRESS_KEY)
    sent = ground(store, 100)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"

    def cut(_: object) -> None:
        with psycopg.connect(postgres_url) as connection:
            connection.execute(f"{others} AND pid <> pg_backend_pid()")

    assert sent.send(on_outcome=cut).finished
    assert (len(sent.mailed()), len(set(sent.mailed()))) == (100, 100)
    store.close()


class Pipelined(FakeTransport):
    """Takes all mails before it answers for the first."""

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        yield from list(super().send(messages, now))


class TestLocked:
    """Somebody else holds the database for longer than we wait."""

    @pytest.fixture
    def six(self, sqlite_store: SqlStore) -> Ground:
        return ground(sqlite_store, 6)

    def test_while_recording_what_was_sent_stays_claimed_and_is_uncertain_later(
        self, six: Ground, sqlite_store: SqlStore, tmp_path: Path
    ):
        other = sqlite3.connect(tmp_path / "only.sqlite3", isolation_level=None)
        impatient(sqlite_store)
        first = True

        def lock(_: object) -> None:
            nonlocal first
            if first:
                other.execute("BEGIN IMMEDIATE")
            first = False

        with pytest.raises(OutsideError, match="locked"):
            six.send(on_outcome=lock)
        other.execute("ROLLBACK")
        other.close()
        assert (six.counts(), len(six.mailed())) == ({DeliveryState.CLAIMED: 6}, 6)
        six.clock.pass_(hours=1)
        assert six.send().finished
        assert len(list(delivery_lines(six.press, six.issue, DeliveryState.UNCERTAIN, six.clock()))) == 6

    def test_for_a_moment_stops_it_and_what_was_answered_is_written_in_the_end(
        self, six: Ground, sqlite_store: SqlStore, tmp_path: Path
    ):
        other = sqlite3.connect(tmp_path / "only.sqlite3", isolation_level=None)
        impatient(sqlite_store)
        six.clock = Clock(moment=Clock.moment * 300)
        six.transport = Pipelined()
        seen = 0

        def lock(_: object) -> None:
            nonlocal seen
            seen += 1
            if seen in {2, 6}:
                other.execute("BEGIN IMMEDIATE" if seen == 2 else "ROLLBACK")

        with pytest.raises(OutsideError, match="locked"):
            six.send(on_outcome=lock)
        other.close()
        assert six.counts() == {DeliveryState.SENT: 6}


def impatient(store: SqlStore) -> None:
    """Has the store wait for a lock hardly at all."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
