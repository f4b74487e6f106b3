"""How the database is opened, and what a transaction promises."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from build import NOW, at, feed_source
from databases import ADDRESS_KEY
from digest.errors import ConfigError, OutsideError
from digest.model.feeds import FeedState
from digest.store.database import Database, open_engine
from digest.store.schema import feeds
from digest.store.store import SqlStore, open_store


def test_a_relative_path_begins_at_the_root_and_its_folder_is_made(tmp_path: Path):
    open_store("sqlite:///var/lib/digest.sqlite3", tmp_path, ADDRESS_KEY).close()
    assert (tmp_path / "var/lib/digest.sqlite3").is_file()


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path):
    open_store(f"sqlite:///{tmp_path}/a.sqlite3", Path("/nowhere"), ADDRESS_KEY).close()
    assert (tmp_path / "a.sqlite3").is_file()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_psycopg_3(scheme: str):
    engine = open_engine(f"{scheme}://me@db.invalid/digest", Path())
    assert (engine.dialect.name, engine.driver) == ("postgresql", "psycopg")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("var/digest.sqlite3", "is no database URL"),
        ("mysql://me@localhost/digest", "mysql is not supported"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_another_url_is_refused_with_the_key_and_what_to_write(url: str, problem: str):
    with pytest.raises(ConfigError, match=problem) as caught:
        open_engine(url, Path())
    assert caught.value.place == "[database] url"
    assert caught.value.remedy


def test_one_that_opens_a_new_file_waits_for_another_that_makes_it(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None, check_same_thread=False)) as first:
        first.execute("BEGIN EXCLUSIVE")
        made = threading.Timer(0.2, first.execute, ("COMMIT",))
        made.start()
        engine = open_engine("sqlite:///a.sqlite3", tmp_path)
        with engine.connect() as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        engine.dispose()
        made.join()


def test_sqlite_is_durable_and_checks_foreign_keys(tmp_path: Path):
    engine = open_engine("sqlite:///a.sqlite3", tmp_path)
    with engine.connect() as connection:
        found = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    engine.dispose()
    assert found == ["wal", 2, 1]


def test_a_new_file_is_its_owners_alone_and_an_old_one_keeps_its_mode(tmp_path: Path):
    """It holds every reader's address; its log and index take its mode."""
    (tmp_path / "old.sqlite3").touch()
    (tmp_path / "old.sqlite3").chmod(0o640)
    before = os.umask(0o022)
    try:
        stores = [open_store(f"sqlite:///{name}.sqlite3", tmp_path, ADDRESS_KEY) for name in ("new", "old")]
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir() if "sqlite3" in file.name}
    finally:
        os.umask(before)
    for store in stores:
        store.close()
    kinds = ("", "-wal", "-shm")
    assert {name: oct(mode) for name, mode in modes.items()} == {
        f"{name}.sqlite3{kind}": oct(mode) for name, mode in (("new", 0o600), ("old", 0o640)) for kind in kinds
    }


def test_a_file_that_is_no_database_is_named(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be looked at" * 40)
    with pytest.raises(OutsideError, match=r"notes\.txt: file is not a database"):
        open_store("sqlite:///notes.txt", tmp_path, ADDRESS_KEY)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError, match=f"{tmp_path}/file/sub: cannot be made"):
        open_store("sqlite:///file/sub/a.sqlite3", tmp_path, ADDRESS_KEY)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path):
    with pytest.raises(OutsideError) as caught:
        open_store(f"postgresql://me:secret@/digest?host={tmp_path}", tmp_path, ADDRESS_KEY)
    assert "secret" not in str(caught.value)
    assert "me:***@" in caught.value.place


def test_a_naive_time_is_a_bug_and_says_so(store: SqlStore):
    with pytest.raises(Exception, match="has no time zone"):
        store.feeds.add(feed_source(), datetime(2026, 11, 24))  # noqa: DTZ001


def test_times_come_back_in_utc_to_the_microsecond(store: SqlStore):
    feed = store.feeds.add(feed_source(), NOW)
    elsewhere = datetime.fromisoformat("2026-11-24T09:00:00.123456+05:30")
    store.feeds.record(feed.id, FeedState(next_at=elsewhere))
    (kept,) = store.feeds.all()
    assert kept.state.next_at == elsewhere
    assert kept.state.next_at.utcoffset() == NOW.utcoffset()


def test_a_transaction_that_raises_leaves_nothing(store: SqlStore):
    with pytest.raises(KeyboardInterrupt), Database(store.engine).write() as connection:
        connection.execute(text("INSERT INTO suppression VALUES ('a', '', 'bounce', '2026-11-24 09:00:00')"))
        raise KeyboardInterrupt
    assert store.readers.suppressions() == ()


def test_two_threads_that_read_and_then_write_wait_for_each_other(store: SqlStore):
    """On SQLite a transaction that began with a read could not be upgraded: "database is locked" at once."""
    database, met, failures = Database(store.engine), threading.Barrier(2), []
    store.feeds.add(feed_source(), NOW)

    def count_up() -> None:
        met.wait()
        try:
            for _ in range(20):
                with database.write() as connection:
                    seen = connection.scalar(select(feeds.c.failures).with_for_update())
                    connection.execute(update(feeds).values(failures=seen + 1))
        except OutsideError as error:
            failures.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.feeds.all()[0].state.failures == 40


def test_a_reader_sees_one_state_while_another_writes(sqlite_store: SqlStore):
    with Database(sqlite_store.engine).read() as connection:
        before = connection.scalar(text("SELECT count(*) FROM feed"))
        sqlite_store.feeds.add(feed_source(), at(0))
        assert connection.scalar(text("SELECT count(*) FROM feed")) == before == 0
    assert len(sqlite_store.feeds.all()) == 1
