"""What editors did to issues, and what the issues were before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issue_draft",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="JSON; as the rules had it, before any edit"),
        sa.PrimaryKeyConstraint("issue", name="pk_issue_draft"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_issue_draft_issue", ondelete="CASCADE"),
    )
    op.create_table(
        "issue_edit",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("edit", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("issue", "number", name="pk_issue_edit"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_issue_edit_issue", ondelete="CASCADE"),
    )
