"""Tokens of the API, and the answers that are kept for a second try."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="hash of the token"),
        sa.Column("scopes", sa.Text(), nullable=False, comment="sorted, separated by spaces"),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT),
        sa.Column("seen_at", _INSTANT, comment="last used"),
        sa.Column("revoked_at", _INSTANT),
        sa.PrimaryKeyConstraint("name", name="pk_api_token"),
        sa.UniqueConstraint("key", name="uq_api_token_key"),
    )
    op.create_table(
        "api_answer",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="keyed hash of the idempotency key"),
        sa.Column("print", sa.Text(), nullable=False, comment="keyed hash of the request"),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("status", sa.SmallInteger(), comment="null: still being answered"),
        sa.Column("headers", sa.JSON(none_as_null=True)),
        sa.Column("body", sa.Text(), comment="sealed"),
        sa.PrimaryKeyConstraint("token", "key", name="pk_api_answer"),
        sa.ForeignKeyConstraint(["token"], ["api_token.name"], name="fk_api_answer_token", ondelete="CASCADE"),
    )
    op.create_index("ix_api_answer_asked_at", "api_answer", ["asked_at"])
