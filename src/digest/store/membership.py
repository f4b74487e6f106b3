"""[I/O] What a signed link opens, in one query: the pages of readers are asked for more than any other."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.people import AddressChange, Membership
from digest.store.moving import CHANGE
from digest.store.people import SUBSCRIBER, SUBSCRIPTION, subscriber_of, subscription_of
from digest.store.schema import address_changes, subscribers, subscriptions

_MEMBERSHIP = (
    select(*SUBSCRIBER, *SUBSCRIPTION, *CHANGE)
    .join_from(subscribers, subscriptions, subscriptions.c.subscriber == subscribers.c.id)
    .outerjoin(address_changes, address_changes.c.subscriber == subscribers.c.id)
    .where(subscribers.c.id == bindparam("reader"), subscriptions.c.newsletter == bindparam("of"))
)
_PERSON, _CHOICE = len(SUBSCRIBER), len(SUBSCRIBER) + len(SUBSCRIPTION)


def membership_of(connection: Connection, reader: SubscriberId, newsletter: NewsletterSlug) -> Membership | None:
    """Reader, subscription, and the change of address that waits."""
    row = connection.execute(_MEMBERSHIP, {"reader": reader, "of": newsletter}).one_or_none()
    if row is None:
        return None
    change = AddressChange(*row[_CHOICE:]) if row[_CHOICE] is not None else None
    return Membership(subscriber_of(row[:_PERSON]), subscription_of(row[_PERSON:_CHOICE]), change)
