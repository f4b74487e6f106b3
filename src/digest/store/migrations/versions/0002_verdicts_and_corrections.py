"""Why articles are in an issue or not, and where editors put them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verdict",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False, comment="pairs of rule and detail"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_verdict_issue"),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_verdict_article"),
        sa.PrimaryKeyConstraint("issue", "article", name="pk_verdict"),
    )
    op.create_index("ix_verdict_article", "verdict", ["article"], unique=False)
    op.create_table(
        "correction",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_correction_article"),
        sa.PrimaryKeyConstraint("article", name="pk_correction"),
    )
