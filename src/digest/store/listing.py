"""[I/O] Pages of readers, by key and never by offset, each in at most two queries."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.people import Recipient, Subscriber, SubscriberState, Subscription
from digest.ports.readers import ReaderFilter
from digest.store.people import (
    RECIPIENT,
    SUBSCRIBER,
    SUBSCRIPTION,
    mailable,
    recipient_of,
    subscriber_of,
    subscription_of,
)
from digest.store.schema import subscribers, subscriptions


def page_of_readers(
    connection: Connection, which: ReaderFilter, after: SubscriberId | None, limit: int
) -> tuple[tuple[Subscriber, tuple[Subscription, ...]], ...]:
    """Subscribers by id, each with all subscriptions by newsletter."""
    page = select(*SUBSCRIBER).where(*_matching(which), subscribers.c.id > (after or 0))
    page = page.order_by(subscribers.c.id).limit(limit)
    ids = page.with_only_columns(subscribers.c.id).subquery()
    theirs = select(*SUBSCRIPTION).join(ids, ids.c.id == subscriptions.c.subscriber)
    by_reader: defaultdict[SubscriberId, list[Subscription]] = defaultdict(list)
    for row in connection.execute(theirs.order_by(subscriptions.c.newsletter)).all():
        by_reader[row.subscriber].append(subscription_of(row))
    readers = map(subscriber_of, connection.execute(page).all())
    return tuple((reader, tuple(by_reader[reader.id])) for reader in readers)


def page_of_subscriptions(
    connection: Connection,
    newsletter: NewsletterSlug | None,
    after: tuple[SubscriberId, NewsletterSlug] | None,
    limit: int,
) -> tuple[Subscription, ...]:
    """Subscriptions by subscriber and newsletter."""
    reader, of = subscriptions.c.subscriber, subscriptions.c.newsletter
    page = select(*SUBSCRIPTION).order_by(reader, of).limit(limit)
    if newsletter:
        page = page.where(of == newsletter)
    if after:
        page = page.where(or_(reader > after[0], and_(reader == after[0], of > after[1])))
    return tuple(map(subscription_of, connection.execute(page).all()))


def count_readers(connection: Connection, which: ReaderFilter) -> int:
    """How many the pages would hold."""
    return connection.scalar(select(func.count()).select_from(subscribers).where(*_matching(which))) or 0


def _matching(which: ReaderFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [subscribers.c.state != SubscriberState.ERASED]
    if which.newsletter:
        conditions.append(
            exists().where(
                subscriptions.c.subscriber == subscribers.c.id,
                subscriptions.c.newsletter == which.newsletter,
                subscriptions.c.left_at.is_(None),
            )
        )
    if which.search:
        conditions.append(subscribers.c.search_text.contains(which.search.lower(), autoescape=True))
    return conditions


def page_of_recipients(
    connection: Connection, newsletter: NewsletterSlug, today: date, after: SubscriberId | None, limit: int
) -> tuple[Recipient, ...]:
    """Those of the newsletter whom nothing speaks against, by subscriber id."""
    page = (
        select(*RECIPIENT)
        .join(subscriptions, subscriptions.c.subscriber == subscribers.c.id)
        .where(subscriptions.c.newsletter == newsletter)
        .where(subscriptions.c.subscriber > (after or 0), subscribers.c.id > (after or 0))  # no index is read from 0
        .where(mailable(newsletter, today))
        .order_by(subscriptions.c.subscriber)
        .limit(limit)
    )
    return tuple(map(recipient_of, connection.execute(page).all()))
