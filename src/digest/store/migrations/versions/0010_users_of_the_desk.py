"""Users of the desk, their sessions, and the log of who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "desk_user",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.Text(), nullable=False, comment="Argon2id hash"),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("totp", sa.Text(), nullable=False, server_default="", comment="sealed secret of one-time codes"),
        sa.Column(
            "totp_step", sa.BigInteger(), nullable=False, server_default="0", comment="of the latest code that was used"
        ),
        sa.PrimaryKeyConstraint("name", name="pk_desk_user"),
    )
    op.create_table(
        "desk_session",
        sa.Column("key", sa.Text(), nullable=False, comment="hash of what the cookie holds"),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["desk_user.name"], name="fk_desk_session_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_desk_session"),
    )
    op.create_index("ix_desk_session_user", "desk_session", ["user"])
    op.create_table(
        "deed",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deed"),
    )
    op.create_index("ix_deed_who", "deed", ["who"])
    op.create_index("ix_deed_about", "deed", ["about"])
