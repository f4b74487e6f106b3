"""Fixtures for all tests: a store, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from browsers import NO_BROWSER
from counting_sink import Sink, counting_sink
from databases import ADDRESS_KEY, NO_POSTGRES, empty_tables, postgres_database, postgres_server
from digest.store.store import SqlStore, open_store
from npm import NO_NPM
from real_servers import NEEDS_ROOT, NO_SERVERS

settings.register_profile("sample", deadline=None, max_examples=50)
settings.register_profile("soak", deadline=None, max_examples=300)
settings.load_profile("soak" if os.environ.get("DIGEST_SOAK") == "1" else "sample")

NO_SOAK = "full counts: run by make soak"
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.hookimpl(optionalhook=True)  # without xdist nobody asks
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for a browser or for other processes."""
    return 1 + (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves full counts to `make soak`."""
    if os.environ.get("DIGEST_SOAK") != "1":
        for item in items:
            if item.get_closest_marker("soak"):
                item.add_marker(pytest.mark.skip(reason=NO_SOAK))


@pytest.fixture(scope="session")
def worker() -> str:
    """A name that no other worker of the run has."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The run's PostgreSQL server."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url(postgres: str, worker: str) -> Iterator[str]:
    """The worker's own database, migrated."""
    with postgres_database(postgres, f"tables_{worker}", migrated=True) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    folder = tmp_path_factory.mktemp("template")
    open_store("sqlite:///template.sqlite3", folder, ADDRESS_KEY).close()
    return folder / "template.sqlite3"


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database with empty tables; the test runs on each kind."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        empty_tables(url)
        return url
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "store.sqlite3")
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture(params=BOTH)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path, worker: str) -> Iterator[str]:
    """A database without tables; the test runs on each kind."""
    if request.param == "postgres":
        with postgres_database(request.getfixturevalue("postgres"), f"bare_{worker}", migrated=False) as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store; the test runs on SQLite and on PostgreSQL."""
    opened = open_store(database_url, tmp_path, ADDRESS_KEY)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store on SQLite, for tests that are about something else."""
    shutil.copy(sqlite_template, tmp_path / "only.sqlite3")
    opened = open_store("sqlite:///only.sqlite3", tmp_path, ADDRESS_KEY)
    yield opened
    opened.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that takes everything and counts."""
    with counting_sink() as listening:
        yield listening


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says loudly which tests did not run because something is missing on this machine."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for missing in (NO_POSTGRES, NO_BROWSER, NO_NPM, NO_SERVERS, NEEDS_ROOT):
        if any(missing in reason for reason in skipped):
            terminalreporter.write_sep("!", missing, red=True, bold=True)
