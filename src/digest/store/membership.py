"""[I/O] What a signed link opens, in two queries: the pages of readers are asked for more than any other."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.people import AddressChange, Membership
from digest.store.moving import CHANGE
from digest.store.people import SUBSCRIBER, SUBSCRIPTION, subscriber_of, subscription_of
from digest.store.schema import address_changes, subscribers, subscriptions
from digest.store.sent import sent_mails

_MEMBERSHIP = (
    select(*SUBSCRIBER, *SUBSCRIPTION, *CHANGE)
    .join_from(subscribers, subscriptions, subscriptions.c.subscriber == subscribers.c.id)
    .outerjoin(address_changes, address_changes.c.subscriber == subscribers.c.id)
    .where(subscribers.c.id == bindparam("reader"), subscriptions.c.newsletter == bindparam("of"))
)
_PERSON, _CHOICE = len(SUBSCRIBER), len(SUBSCRIBER) + len(SUBSCRIPTION)


def membership_of(
    connection: Connection, reader: SubscriberId, newsletter: NewsletterSlug, mails: int
) -> Membership | None:
    """Reader, subscription, the change of address that waits, and the latest mails."""
    row = connection.execute(_MEMBERSHIP, {"reader": reader, "of": newsletter}).one_or_none()
    if row is None:
        return None
    change = AddressChange(*row[_CHOICE:]) if row[_CHOICE] is not None else None
    sent = sent_mails(connection, reader, newsletter, mails) if mails else ()
    return Membership(subscriber_of(row[:_PERSON]), subscription_of(row[_PERSON:_CHOICE]), change, sent)
