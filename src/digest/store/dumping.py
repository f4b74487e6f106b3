"""[I/O] One file that holds a whole database, and back: SQLite's online backup, PostgreSQL's pg_dump and pg_restore.

A dump is of one moment, whatever is written meanwhile, and nobody waits for it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text

from digest.errors import OutsideError, StateError

_PATIENCE = 6 * 3600.0
"""Seconds; a dump of 100 million rows takes its time."""


def dump(engine: Engine, target: Path) -> dict[str, int]:
    """Writes the database into that new file. Gives how many rows each table has in it."""
    return _dump_sqlite(engine, target) if engine.dialect.name == "sqlite" else _dump_postgresql(engine, target)


def _dump_sqlite(engine: Engine, target: Path) -> dict[str, int]:
    """Page by page, while others read and write; a page that changes meanwhile is copied again."""
    with closing(sqlite3.connect(file_of(engine.url))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=1000, sleep=0.001)
        copy.execute("PRAGMA journal_mode = DELETE")
    return look_into(target)


def look_into(file: Path) -> dict[str, int]:
    """How many rows each table of a SQLite file has. Raises StateError when the file is damaged."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                raise StateError(str(file), f"is damaged: {found}", "use another backup")
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            ours = sorted(name for name in names if not name.startswith("sqlite_"))
            return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in ours}  # noqa: S608
    except sqlite3.Error as error:
        raise StateError(str(file), f"is no sound SQLite database: {error}", "use another backup") from error


def _dump_postgresql(engine: Engine, target: Path) -> dict[str, int]:
    """The rows are counted in the very snapshot that is dumped."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        counted = count_postgresql(connection)
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")
        _run("pg_dump", engine.url, *options)
    return counted


def count_postgresql(connection: Connection) -> dict[str, int]:
    """How many rows each table of the schema has, in the transaction of that connection."""
    names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"))
    return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names.all()}  # noqa: S608


def load_sqlite(file: Path, url: URL) -> None:
    """Puts the file in the place of the database, in one step. Nobody may have it open."""
    target = file_of(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(file, draft)
    draft.chmod(0o600)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    for suffix in ("-wal", "-shm"):  # of the old file: they would be played into the new one
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    draft.replace(target)


def load_postgresql(file: Path, url: URL) -> None:
    """Replaces all tables by those of the dump, in one transaction."""
    options = ("--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run("pg_restore", url, *options, str(file))


def file_of(url: URL) -> Path:
    """The file of a SQLite database."""
    return Path(url.database or "")


def _run(program: str, url: URL, *options: str) -> None:
    """The password goes by the environment: command lines can be read by everybody on the machine."""
    found = shutil.which(program)
    if found is None:
        raise OutsideError(program, "is not installed", "install the client programs of your PostgreSQL version")
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    surroundings: Mapping[str, str] = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    command = [found, f"--dbname={plain.render_as_string(hide_password=False)}", *options]
    done = subprocess.run(  # noqa: S603 - our own options
        command, env=surroundings, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise OutsideError(program, said, "it must be of the server's version or newer, and may connect as we do")
