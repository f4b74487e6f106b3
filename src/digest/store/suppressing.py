"""[I/O] Addresses never to be mailed again, by their keys; and whether the keys are still those of this database."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, Select, and_, delete, or_, select

from digest.errors import ConfigError
from digest.model.ids import NewsletterSlug
from digest.model.people import SubscriberState, SuppressedAddress
from digest.store.addresses import AddressKeys
from digest.store.database import Database
from digest.store.schema import subscribers, suppressions
from digest.store.statements import AnyRow


def suppressions_of(connection: Connection, key: str) -> tuple[SuppressedAddress, ...]:
    """All of one address, the global one first."""
    return _found(connection, _listed().where(suppressions.c.email_key == key))


def page_of_suppressions(
    connection: Connection, after: SuppressedAddress | None, limit: int
) -> tuple[SuppressedAddress, ...]:
    """Those after the last one of the page before."""
    page = _listed().limit(limit)
    if after:
        same = and_(suppressions.c.email_key == after.key, suppressions.c.newsletter > (after.newsletter or ""))
        page = page.where(or_(suppressions.c.email_key > after.key, same))
    return _found(connection, page)


def lift(connection: Connection, key: str, newsletter: NewsletterSlug | None) -> bool:
    """Forgets one; False when there is none."""
    one = (suppressions.c.email_key == key, suppressions.c.newsletter == (newsletter or ""))
    return bool(connection.execute(delete(suppressions).where(*one)).rowcount)


def _listed() -> Select[*tuple[object, ...]]:
    columns = (suppressions.c.email_key, suppressions.c.reason, suppressions.c.at, suppressions.c.newsletter)
    known = subscribers.c.email_key == suppressions.c.email_key
    listed = select(*columns, subscribers.c.email).outerjoin_from(suppressions, subscribers, known)
    return listed.order_by(suppressions.c.email_key, suppressions.c.newsletter)


def _found(connection: Connection, listed: Select[*tuple[object, ...]]) -> tuple[SuppressedAddress, ...]:
    return tuple(map(_suppressed, connection.execute(listed).all()))


def _suppressed(row: AnyRow) -> SuppressedAddress:
    key, reason, at, newsletter, email = row
    return SuppressedAddress(key, reason, at, newsletter or None, email or "")


def check_keys(engine: Engine, keys: AddressKeys) -> None:
    """Raises ConfigError when the latest reader was kept under another secret: no suppression would be found again."""
    alive = select(subscribers.c.email, subscribers.c.email_key).where(subscribers.c.state != SubscriberState.ERASED)
    with Database(engine).read() as connection:
        latest = connection.execute(alive.order_by(subscribers.c.id.desc()).limit(1)).one_or_none()
    if latest and latest.email_key != keys.of(latest.email):
        problem = "is not the key under which the addresses of this database are kept"
        raise ConfigError("[database] address_key_file", problem, "bring back the file from where you keep its copies")
