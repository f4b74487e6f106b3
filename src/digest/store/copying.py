"""[I/O] Copies everything from one database into another, empty one, and proves by counts and checksums that it did.

A checksum is of what the rows say, not of how a database spells it: each row becomes its values as this program reads
them, is hashed (BLAKE2b, 128 bits), and the hashes are added up, so that the order of rows does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, text

from digest.errors import OutsideError, StateError
from digest.store.database import Database
from digest.store.migrate import is_current
from digest.store.schema import metadata
from digest.store.statements import BATCH, AnyRow, refresh_estimates

OnRows = Callable[[str, int], None]
"""Told of each table and how many more of its rows are done."""
_ROUND = 1 << 128


@dataclass(frozen=True, slots=True)
class Copied:
    """A table, the rows that were copied, and their checksum on both sides."""

    table: str
    rows: int
    checksum: str
    """32 hexadecimal digits."""


def rows_of(engine: Engine) -> dict[str, int]:
    """How many rows each table has, by its name."""
    with Database(engine).read() as connection:
        return {table.name: _count(connection, table) for table in metadata.sorted_tables}


def copy_database(source: Engine, target: Engine, on_rows: OnRows = lambda table, rows: None) -> tuple[Copied, ...]:
    """Copies all tables in one transaction of each side, and compares what was read with what can be read back.

    Both must be migrated. Raises StateError when they are of different versions or the target is not empty, and
    OutsideError when the two differ afterwards; nothing of the copy is kept then.
    """
    if not is_current(source) or not is_current(target):
        raise StateError("database", "is of another version", "run any command on it with this version first")
    with Database(source).read() as reading, Database(target).write() as writing:
        for table in metadata.sorted_tables:
            if _count(writing, table):
                raise StateError(f"target: table {table.name}", "is not empty", "copy into a new database")
        copied = tuple(_copy(table, reading, writing, on_rows) for table in metadata.sorted_tables)
        refresh_estimates(writing, *metadata.sorted_tables)
    return copied


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _copy(table: Table, reading: Connection, writing: Connection, on_rows: OnRows) -> Copied:
    names = [column.name for column in table.columns]
    read = _Sum()
    for batch in _batches(reading, table):
        writing.execute(insert(table), [dict(zip(names, row, strict=True)) for row in batch])
        read.add(batch)
        on_rows(table.name, len(batch))
    _number_on(writing, table)
    arrived = _Sum()
    for batch in _batches(writing, table):
        arrived.add(batch)
    if arrived != read:
        problem = f"{read.rows:,} rows were read and {arrived.rows:,} arrived, or not as they were"
        raise OutsideError(f"table {table.name}", problem, "keep the old database, and report this")
    return Copied(table.name, read.rows, f"{read.total:032x}")


@dataclass(slots=True)
class _Sum:
    """Rows and their checksum, as far as they were seen."""

    rows: int = 0
    total: int = 0

    def add(self, batch: list[AnyRow]) -> None:
        self.rows += len(batch)
        self.total = (self.total + sum(map(_hash, batch))) % _ROUND


def _batches(connection: Connection, table: Table) -> Iterator[list[AnyRow]]:
    result = connection.execute(select(*table.columns), execution_options={"yield_per": BATCH})
    yield from (list(batch) for batch in result.partitions())


def _hash(row: AnyRow) -> int:
    values: list[Any] = [bytes(value) if isinstance(value, memoryview) else value for value in row]
    return int.from_bytes(hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16).digest())


def _number_on(connection: Connection, table: Table) -> None:
    """New rows of PostgreSQL take numbers after the copied ones, as they do on SQLite by themselves."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    last = connection.scalar(select(func.max(column)))
    if last is not None:
        sequence = {"name": table.name, "column": column.name, "last": last}
        connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)"), sequence)
