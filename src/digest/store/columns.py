"""Types of columns: aware UTC times and words of an enum; knows nothing of any table."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer
from sqlalchemy.types import TypeDecorator

RowId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the type is spelled INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: takes aware times only, gives aware UTC, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC; SQLite keeps its clock face. Raises ValueError when it is naive."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC; PostgreSQL gives it in the zone of the session."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def word_of(kind: type[StrEnum]) -> Enum:
    """One of the enum's words, kept as text, so that a new word needs no migration."""
    return Enum(kind, native_enum=False, length=20, values_callable=lambda words: [word.value for word in words])
