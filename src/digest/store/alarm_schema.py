"""Tables of what the operator was told, and of canaries; see schema for the others."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from digest.store.columns import UtcDateTime
from digest.store.watch_schema import metadata

__all__ = ["alarms", "arrivals", "metadata"]

alarms = Table(
    "alarm",
    metadata,
    Column("key", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
)

arrivals = Table(
    "canary_arrival",
    metadata,
    Column("issue", Text, primary_key=True),
    Column("folder", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
