"""The content window of every cadence that is due in an issue's slot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept = "of each cadence due, as JSON"
    op.add_column(
        "issue", sa.Column("windows", sa.Text(), nullable=False, server_default=sa.text("'[]'"), comment=kept)
    )
