"""Tables of what is asked for on pages; see schema for the others."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from digest.model.errands import ErrandKind
from digest.store.api_schema import metadata
from digest.store.columns import RowId, UtcDateTime, word_of

__all__ = ["errands", "limits", "metadata"]

errands = Table(
    "errand",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", word_of(ErrandKind), nullable=False),
    Column("fields", Text, nullable=False, comment="JSON"),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
)

limits = Table(
    "limit_count",
    metadata,
    Column("what", Text, primary_key=True, comment="keyed hash"),
    Column("period", Text, primary_key=True, comment="sorts by time"),
    Column("count", Integer, nullable=False),
)
