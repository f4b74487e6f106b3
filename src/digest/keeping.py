"""The database as a whole: counted and copied. Beside app.py, because it needs what only that may name."""

from __future__ import annotations

from digest.app import address_key_of
from digest.config.load import Loaded
from digest.store import copying
from digest.store.copying import Copied, OnRows
from digest.store.store import open_store


def rows_of(loaded: Loaded) -> dict[str, int]:
    """How many rows each table of the configured database has."""
    store = open_store(loaded.settings.database.url, loaded.root, address_key_of(loaded))
    try:
        return copying.rows_of(store.engine)
    finally:
        store.close()


def copy_database(loaded: Loaded, url: str, on_rows: OnRows) -> tuple[Copied, ...]:
    """Copies the configured database into the empty one at that URL. Raises StateError, ConfigError, OutsideError."""
    key = address_key_of(loaded)
    source, target = open_store(loaded.settings.database.url, loaded.root, key), open_store(url, loaded.root, key)
    try:
        return copying.copy_database(source.engine, target.engine, on_rows)
    finally:
        source.close()
        target.close()
