"""What readers changed, changes of address that wait, and network addresses where they are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    changed, network = "what is otherwise than before", "network address, if it is kept"
    op.add_column("consent", sa.Column("changes", sa.Text(), nullable=False, server_default="", comment=changed))
    op.add_column("consent", sa.Column("network", sa.Text(), nullable=False, server_default="", comment=network))
    op.create_table(
        "address_change",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("subscriber", _ROW_ID, nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="the new one"),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("old_at", _INSTANT, comment="confirmed at the old address"),
        sa.Column("new_at", _INSTANT, comment="confirmed at the new address"),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_address_change_subscriber"),
        sa.PrimaryKeyConstraint("id", name="pk_address_change"),
        sa.UniqueConstraint("subscriber", name="uq_address_change_subscriber"),
        sqlite_autoincrement=True,
    )
