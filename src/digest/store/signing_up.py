"""[I/O] What a sign-up and its confirmation write of a reader."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from digest.model.ids import SubscriberId
from digest.model.people import Subscriber, SubscriberDraft, SubscriberState, SuppressionReason
from digest.store.addresses import AddressKeys
from digest.store.people import SUBSCRIBER, subscriber_columns, subscriber_of
from digest.store.schema import subscribers, subscriptions, suppressions
from digest.store.statements import insert_into


def wish_subscriber(connection: Connection, draft: SubscriberDraft, at: datetime, keys: AddressKeys) -> Subscriber:
    """The subscriber with the draft's address; one who never confirmed takes the new wishes."""
    row = subscriber_columns(draft, keys)
    new = {"state": SubscriberState.UNCONFIRMED, "created_at": at}
    found = insert_into(connection, subscribers).values(row | new).on_conflict_do_update(
        index_elements=[subscribers.c.email_key],
        set_=row,
        where=subscribers.c.state == SubscriberState.UNCONFIRMED,
    )  # fmt: skip
    connection.execute(found)
    kept = select(*SUBSCRIBER).where(subscribers.c.email_key == row["email_key"])
    return subscriber_of(connection.execute(kept).one())


def wish_subscription(connection: Connection, row: dict[str, object]) -> None:
    """A subscription that waits for its confirmation, in place of one that did so before or was left."""
    wish = {name: value for name, value in row.items() if name not in {"subscriber", "newsletter", "since"}}
    connection.execute(
        insert_into(connection, subscriptions).values(row).on_conflict_do_update(
            index_elements=[subscriptions.c.subscriber, subscriptions.c.newsletter],
            set_=wish | {"confirmed_at": None},
            where=or_(subscriptions.c.confirmed_at.is_(None), subscriptions.c.left_at.is_not(None)),
        )
    )  # fmt: skip


def lift_what_ends(connection: Connection, subscriber: SubscriberId) -> None:
    """Whoever was erased or moved away and asks again, and confirms it, may be mailed again. Other reasons stay."""
    theirs = select(subscribers.c.email_key).where(subscribers.c.id == subscriber).scalar_subquery()
    ending = suppressions.c.reason.in_([reason for reason in SuppressionReason if reason.ends_by_signing_up])
    connection.execute(delete(suppressions).where(suppressions.c.email_key == theirs, ending))
