"""Links to drafts that were given away, and links in mails that are counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False, comment="persona"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_share"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_share_issue", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_share_issue", "share", ["issue"])
    op.create_table(
        "click_target",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="what stands in the mail"),
        sa.Column("block", sa.Text(), nullable=False, comment="key of the fragment"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issue", "code", name="pk_click_target"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_click_target_issue", ondelete="CASCADE"),
    )
