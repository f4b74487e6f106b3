"""What was asked for on pages and is not done yet, and how often it was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "errand",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_errand"),
    )
    op.create_index("ix_errand_due_at", "errand", ["due_at"])
    op.create_table(
        "limit_count",
        sa.Column("what", sa.Text(), nullable=False, comment="keyed hash"),
        sa.Column("period", sa.Text(), nullable=False, comment="sorts by time"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "period", name="pk_limit_count"),
    )
