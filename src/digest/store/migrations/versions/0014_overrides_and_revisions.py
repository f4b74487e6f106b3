"""Which rules of preflight an approval overrides, and the revisions of an issue that a later one has replaced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    overridden = sa.Column(
        "overridden", sa.Text(), nullable=False, server_default=sa.text("'[]'"), comment="rules, as JSON"
    )
    op.add_column("issue", overridden)
    op.create_table(
        "issue_revision",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("approval_hash", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("story", sa.Text(), nullable=False, comment="pulled by the next revision"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("issue", "revision", name="pk_issue_revision"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_issue_revision_issue", ondelete="CASCADE"),
    )
