"""Tables of the programs that use the API; see schema for the others."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, SmallInteger, Table, Text

from digest.store.columns import UtcDateTime
from digest.store.desk_schema import metadata

__all__ = ["answers", "metadata", "tokens"]

tokens = Table(
    "api_token",
    metadata,
    Column("name", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True, comment="hash of the token"),
    Column("scopes", Text, nullable=False, comment="sorted, separated by spaces"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("seen_at", UtcDateTime, comment="last used"),
    Column("revoked_at", UtcDateTime),
)

answers = Table(
    "api_answer",
    metadata,
    Column("token", ForeignKey("api_token.name", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True, comment="keyed hash of the idempotency key"),
    Column("print", Text, nullable=False, comment="keyed hash of the request"),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    Column("status", SmallInteger, comment="null: still being answered"),
    Column("headers", JSON(none_as_null=True)),
    Column("body", Text, comment="sealed"),
)
