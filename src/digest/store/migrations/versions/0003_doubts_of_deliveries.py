"""When deliveries were first tried, and when they first became uncertain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("tried_at", sa.DateTime(timezone=True), comment="first attempt"))
    doubt_at = sa.Column("doubt_at", sa.DateTime(timezone=True), comment="first became uncertain; never cleared")
    op.add_column("delivery", doubt_at)
