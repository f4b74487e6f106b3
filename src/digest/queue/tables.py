"""[I/O] The tables of Procrastinate, brought to the version that is installed; and whether they are.

The package brings a schema for new databases and steps for old ones. Which steps a database has seen is remembered in
a table beside them, so that an upgrade runs those that are missing, once, whoever comes first.
"""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text

from digest.errors import ConfigError
from digest.store.database import Database

_LOCK = 0x71756575
"""Any number, always the same: PostgreSQL's advisory lock of whoever makes these tables."""
_REMEMBERED = "CREATE TABLE IF NOT EXISTS queue_step (name varchar PRIMARY KEY)"


def prepare_queue(engine: Engine) -> None:
    """Makes the tables, or brings them up to date. Raises ConfigError when the database is not PostgreSQL."""
    if engine.dialect.name != "postgresql":
        remedy = 'set database.url to postgresql://..., or leave queue.backend at "inline"'
        raise ConfigError("[queue] backend", "procrastinate needs PostgreSQL", remedy)
    if not missing_steps(engine):
        return
    with Database(engine).write() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text(_REMEMBERED))
        missing = sorted(_steps().keys() - _seen(connection))
        is_new = connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None
        for statements in [SchemaManager.get_schema()] if is_new else [_steps()[name].read_text() for name in missing]:
            connection.connection.driver_connection.execute(statements)  # type: ignore[union-attr]  # psycopg's own
        if missing:
            remember = text("INSERT INTO queue_step (name) VALUES (:name)")
            connection.execute(remember, [{"name": name} for name in missing])


def missing_steps(engine: Engine) -> tuple[str, ...]:
    """The steps that the database has not seen, in order."""
    with Database(engine).read() as connection:
        there = connection.scalar(text("SELECT to_regclass('queue_step')")) is not None
        return tuple(sorted(_steps().keys() - (_seen(connection) if there else set())))


def _seen(connection: Connection) -> set[str]:
    return set(connection.scalars(text("SELECT name FROM queue_step")))


def _steps() -> dict[str, Path]:
    return {path.name: path for path in Path(SchemaManager.get_migrations_path()).glob("*.sql")}
