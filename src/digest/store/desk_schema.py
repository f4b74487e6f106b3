"""Tables of who may use the desk and what they did there, and how constraints of all tables are named.

See schema.py for the others.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, Table, Text, text

from digest.model.access import Role
from digest.store.columns import RowId, UtcDateTime, word_of

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

users = Table(
    "desk_user",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", word_of(Role), nullable=False),
    Column("password", Text, nullable=False, comment="Argon2id hash"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("totp", Text, nullable=False, server_default=text("''"), comment="sealed secret of one-time codes"),
    Column(
        "totp_step", BigInteger, nullable=False, server_default=text("0"), comment="of the latest code that was used"
    ),
)

sessions = Table(
    "desk_session",
    metadata,
    Column("key", Text, primary_key=True, comment="hash of what the cookie holds"),
    Column("user", ForeignKey("desk_user.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("network", Text, nullable=False),
    Column("program", Text, nullable=False),
)

deeds = Table(
    "deed",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("who", Text, nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("detail", Text, nullable=False),
)

drafts = Table(
    "issue_draft",
    metadata,
    Column("issue", ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True),
    Column("content", Text, nullable=False, comment="JSON; as the rules had it, before any edit"),
)

edits = Table(
    "issue_edit",
    metadata,
    Column("issue", ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("edit", Text, nullable=False, comment="JSON"),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("is_undone", Boolean, nullable=False),
)

revisions = Table(
    "issue_revision",
    metadata,
    Column("issue", ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("approval_hash", Text, nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("replaced_at", UtcDateTime, nullable=False),
    Column("story", Text, nullable=False, comment="pulled by the next revision"),
    Column("title", Text, nullable=False),
)
