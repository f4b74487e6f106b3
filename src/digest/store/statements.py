"""[I/O] What every family needs: an insert that may conflict, batches, and estimates after many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Row, Table, text
from sqlalchemy.dialects import postgresql, sqlite

BATCH = 1000
"""Rows per statement: well within the 32,766 parameters that SQLite takes."""
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of whatever columns were asked for."""
_Item = TypeVar("_Item")


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`, in the connection's dialect."""
    postgres = connection.dialect.name == "postgresql"
    return postgresql.insert(table) if postgres else sqlite.insert(table)


def batches(items: Iterable[_Item], size: int = BATCH) -> Iterator[list[_Item]]:
    """Lists of at most `size` items, none of them empty."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def refresh_estimates(connection: Connection, *tables: Table) -> None:
    """After many new rows: until its next round of housekeeping PostgreSQL takes new tables for empty, and sorts all
    of them for every page. SQLite goes by its indexes anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE " + ", ".join(table.name for table in tables)))
