"""[I/O] Changes of address: one at most waits for each reader, until both addresses have confirmed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from digest.model.ids import SubscriberId
from digest.model.people import AddressChange, ChangeOutcome, ConsentEvent, SubscriberState, SuppressionReason
from digest.store.addresses import AddressKeys
from digest.store.people import address_columns, consent_columns
from digest.store.schema import address_changes, consents, subscribers, suppressions
from digest.store.statements import insert_into

CHANGE = (
    address_changes.c.id, address_changes.c.subscriber, address_changes.c.email, address_changes.c.asked_at,
    address_changes.c.old_at, address_changes.c.new_at,
)  # fmt: skip


def keep_change(connection: Connection, subscriber: SubscriberId, email: str, at: datetime) -> AddressChange:
    """A new change, in place of one that waits."""
    drop_change(connection, subscriber)
    new = {"subscriber": subscriber, "email": email, "asked_at": at}
    number = connection.execute(insert(address_changes).values(new)).inserted_primary_key
    return AddressChange(number[0] if number else 0, subscriber, email, at)


def change_of(connection: Connection, subscriber: SubscriberId) -> AddressChange | None:
    """The one that waits."""
    row = connection.execute(select(*CHANGE).where(address_changes.c.subscriber == subscriber)).one_or_none()
    return AddressChange(*row) if row else None


def drop_change(connection: Connection, subscriber: SubscriberId) -> bool:
    """Forgets it; False when there is none."""
    return bool(connection.execute(delete(address_changes).where(address_changes.c.subscriber == subscriber)).rowcount)


def agree(
    connection: Connection, change: AddressChange, keys: AddressKeys, *, at_old: bool, event: ConsentEvent
) -> ChangeOutcome:
    """Stamps one side, and changes the address once both are."""
    side = address_changes.c.old_at if at_old else address_changes.c.new_at
    unstamped = update(address_changes).where(address_changes.c.id == change.id, side.is_(None))
    connection.execute(unstamped.values({side: event.at}))
    now = change_of(connection, change.subscriber)
    if now is None or now.id != change.id:
        return ChangeOutcome.GONE
    return _change(connection, now, keys, event) if now.old_at and now.new_at else ChangeOutcome.WAITING


def _change(connection: Connection, change: AddressChange, keys: AddressKeys, event: ConsentEvent) -> ChangeOutcome:
    drop_change(connection, change.subscriber)
    reader = (subscribers.c.id == change.subscriber, subscribers.c.state != SubscriberState.ERASED)
    before = connection.execute(select(subscribers.c.name, subscribers.c.email_key).where(*reader).with_for_update())
    if (old := before.one_or_none()) is None:
        return ChangeOutcome.GONE
    columns = address_columns(change.email, old.name, keys)
    others = select(subscribers.c.id).where(
        subscribers.c.email_key == columns["email_key"], subscribers.c.id != change.subscriber
    )
    if connection.scalar(others) is not None:
        return ChangeOutcome.TAKEN
    connection.execute(update(subscribers).where(subscribers.c.id == change.subscriber).values(columns))
    connection.execute(insert(consents).values(consent_columns(change.subscriber, event)))
    _move_away(connection, old.email_key, str(columns["email_key"]), event.at)
    return ChangeOutcome.CHANGED


def _move_away(connection: Connection, old: str, new: str, at: datetime) -> None:
    """An old list must not bring the old address back as somebody new."""
    here = (suppressions.c.email_key == new, suppressions.c.reason == SuppressionReason.MOVED)
    connection.execute(delete(suppressions).where(*here))
    if old != new:
        row = {"email_key": old, "newsletter": "", "reason": SuppressionReason.MOVED, "at": at}
        connection.execute(insert_into(connection, suppressions).values(row).on_conflict_do_nothing())
