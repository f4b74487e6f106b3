"""Cadences of single categories, and categories that a reader wants more of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    cadences = "category=cadence, sorted, by commas"
    op.add_column("subscription", sa.Column("cadences", sa.Text(), nullable=False, server_default="", comment=cadences))
    op.add_column(
        "subscription", sa.Column("more", sa.Text(), nullable=False, server_default="", comment="as categories")
    )
