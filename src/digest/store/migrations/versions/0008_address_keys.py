"""Keys of addresses that tell nobody whose they are, in place of the addresses in lower case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from digest.store.addresses import AddressKeys

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_AT_ONCE = 5000
_SUBSCRIBER = sa.table("subscriber", sa.column("id"), sa.column("email"), sa.column("email_key"), sa.column("state"))
_SUPPRESSION = sa.table("suppression", sa.column("email_key"))


def upgrade() -> None:
    """The secret comes from the configuration."""
    keys: AddressKeys = context.config.attributes["keys"]
    connection = op.get_bind()
    new: sa.BindParameter[str] = sa.bindparam("new")
    rekeyed = sa.update(_SUBSCRIBER).where(_SUBSCRIBER.c.id == sa.bindparam("old")).values(email_key=new)
    last = 0
    while rows := connection.execute(_page(last)).all():
        connection.execute(rekeyed, [{"old": row.id, "new": keys.of(row.email)} for row in rows])
        last = rows[-1].id
    old = connection.execute(sa.select(_SUPPRESSION.c.email_key).distinct()).scalars().all()
    renamed = sa.update(_SUPPRESSION).where(_SUPPRESSION.c.email_key == sa.bindparam("old")).values(email_key=new)
    if old:
        connection.execute(renamed, [{"old": key, "new": keys.of(key)} for key in old])


def _page(last: int) -> sa.Select[Any]:
    living: Sequence[sa.ColumnElement[bool]] = (_SUBSCRIBER.c.id > last, _SUBSCRIBER.c.state != "erased")
    return sa.select(_SUBSCRIBER.c.id, _SUBSCRIBER.c.email).where(*living).order_by(_SUBSCRIBER.c.id).limit(_AT_ONCE)
