"""[I/O] Opens the database of a URL, and gives transactions: `read` sees one state, `write` is durable when it ends.

SQLite runs in WAL mode with full durability, and writes zeros over what is deleted. sqlite3's own transaction
control is switched off, so that a write takes the lock at once (BEGIN IMMEDIATE): an upgrade from read to write would
fail in spite of busy_timeout.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError as SqliteError
from time import monotonic, sleep

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from digest.errors import ConfigError, OutsideError
from digest.model.jobs import Job

Defer = Callable[[Connection, Job], object]
"""Lets a job wait for a worker: it is there if the connection's transaction is kept, and not without."""
_BUSY_SECONDS = 30
_LOG_SECONDS = 1
"""How long the log waits for readers to be emptied."""
_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
_PLACE = "[database] url"


def open_engine(url: str, root: Path) -> Engine:
    """The engine for `sqlite:///PATH` (relative to `root`; its folder is made) or `postgresql://USER@HOST/NAME`.

    Raises ConfigError when the URL is neither, OutsideError when the folder cannot be made.
    """
    parsed = _parse(url)
    if parsed.drivername in _POSTGRESQL:
        parsed = parsed.set(drivername="postgresql+psycopg")
        # psycopg parses a statement of 10,000 parameters far more slowly than it sends 1,000 rows in its pipeline
        return create_engine(parsed, pool_pre_ping=True, use_insertmanyvalues=False, hide_parameters=True)
    path = root / (parsed.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(str(path.parent), f"cannot be made ({error.strerror})", "choose another folder") from error
    engine = create_engine(
        parsed.set(drivername="sqlite+pysqlite", database=str(path)),
        connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True,
    )  # fmt: skip
    event.listen(engine, "do_connect", lambda *_: _keep_to_ourselves(path))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _keep_to_ourselves(path: Path) -> None:
    """A new file is for its owner alone, whatever the umask; SQLite gives its log the same mode. An old one stays."""
    with suppress(OSError):  # it is there, or SQLite says why it cannot be
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(_PLACE, "is no database URL", "write one like sqlite:///var/digest.sqlite3") from error
    if parsed.drivername not in _POSTGRESQL | _SQLITE:
        raise ConfigError(_PLACE, f"{parsed.drivername} is not supported", "use sqlite:/// or postgresql://")
    if parsed.drivername in _SQLITE and parsed.database in {None, "", ":memory:"}:
        raise ConfigError(_PLACE, "names no file", "write one like sqlite:///var/digest.sqlite3")
    return parsed


def _prepare(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    _log_ahead(connection)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _log_ahead(connection: SqliteConnection) -> None:
    """Several may open a new file together, and each changes its journal; SQLite does not wait for a lock there."""
    until = monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except SqliteError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    """By the driver itself: through SQLAlchemy it would cost more than a whole query of a page."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, SqliteConnection)
    driver.execute("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")


class Database:
    """Transactions on one engine. A failure of the database itself is an OutsideError; nothing of it was kept."""

    def __init__(self, engine: Engine, defer: Defer = lambda connection, job: None) -> None:
        """`defer`: called for work that follows from rows, in their transaction; nobody waits for it without."""
        self.engine = engine
        self.defer = defer
        self._reading = engine.execution_options(reading=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database and writes nothing."""
        with _translated(self.engine.url), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, keep: bool = True) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back when the block raises, or always without `keep`."""
        with _translated(self.engine.url), self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            if not keep:
                transaction.rollback()

    def forget_log(self) -> bool:
        """Empties SQLite's write-ahead log, which still holds what was there before; False: a reader kept it busy.

        The next call, or the last process that closes the database, does it then. PostgreSQL looks after its own.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {_LOG_SECONDS * 1000}")
            (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
            return not busy


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, SqliteError) as error:
        if isinstance(error, DatabaseError) and type(error) not in {DatabaseError, OperationalError}:
            raise  # a broken constraint or statement is a bug of ours
        problem = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        remedy = "check that it can be reached and written"
        raise OutsideError(f"database {url.render_as_string()}", problem, remedy) from error
