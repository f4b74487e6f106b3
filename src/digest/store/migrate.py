"""[I/O] Brings a database to the newest version of its tables, by the versions in migrations/ (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from digest.errors import StateError
from digest.store.addresses import AddressKeys
from digest.store.database import Database

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x64696765
"""Any number, always the same: PostgreSQL's advisory lock of whoever migrates."""


def migrate(engine: Engine, keys: AddressKeys) -> None:
    """Runs what is missing in one transaction; of several processes at once one does it, the others wait.

    Raises StateError when the database was made by a newer version of the program.
    """
    if is_current(engine):
        return
    with Database(engine).write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        missing = versions_of(connection) - {version.revision for version in _scripts().walk_revisions()}
        if missing:
            raise StateError("database", f"has the unknown version {missing.pop()}", "install a newer Digest Press")
        config = _config()
        config.attributes.update(connection=connection, keys=keys)
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the tables that this version of the program expects."""
    with Database(engine).read() as connection:
        return versions_of(connection) == {newest()}


def newest() -> str:
    """The version that the last file's name begins with: every start asks, and loading them all takes longer."""
    return max(file.name for file in (_FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]


def versions_of(connection: Connection) -> set[str]:
    """What the database says of itself; empty when it is new."""
    return set(MigrationContext.configure(connection).get_current_heads())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
