"""Waves of deliveries, and the turn of whoever freezes one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    invisible = "1, 2, ...: deliveries of a wave that is not here are invisible"
    op.create_table(
        "wave",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("wave", sa.Text(), nullable=False, comment=invisible),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("frozen_at", _INSTANT, nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("unserved", sa.Integer(), nullable=False, comment="readers for whom there was nothing new"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_wave_issue"),
        sa.PrimaryKeyConstraint("issue", "wave", name="pk_wave"),
    )
    op.create_table(
        "freeze_turn",
        sa.Column("id", sa.Integer(), nullable=False, comment="always 1: one freeze at a time"),
        sa.Column("turn", sa.Integer(), nullable=False, comment="fencing token: grows with every turn"),
        sa.Column("issue", sa.Text(), comment="being frozen; null: the turn is free"),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_freeze_turn"),
    )
    # Issues that were frozen before there were waves had one for everybody, of the empty name.
    op.execute(
        "INSERT INTO wave (issue, wave, due_at, frozen_at, readers, unserved) SELECT id, '', send_at, frozen_at, "
        "(SELECT count(*) FROM delivery WHERE delivery.issue = issue.id), 0 FROM issue WHERE frozen_at IS NOT NULL"
    )
