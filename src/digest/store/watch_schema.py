"""Tables of shared drafts and of counted links; see schema for the others."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from digest.store.columns import RowId, UtcDateTime
from digest.store.page_schema import metadata

__all__ = ["click_targets", "metadata", "shares"]

shares = Table(
    "share",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("issue", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reader", Text, nullable=False, comment="persona"),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    sqlite_autoincrement=True,  # a link to an earlier share must never come to mean a later one
)

click_targets = Table(
    "click_target",
    metadata,
    Column("issue", ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True),
    Column("code", Text, primary_key=True, comment="what stands in the mail"),
    Column("block", Text, nullable=False, comment="key of the fragment"),
    Column("url", Text, nullable=False),
    Column("clicks", Integer, nullable=False),
)
