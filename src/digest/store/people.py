"""What statements about readers share: columns in the order of the model's fields, and who may not be mailed.

Builds statements and objects; executes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from sys import intern
from typing import Any, TypeAlias, cast

from sqlalchemy import Case, ColumnElement, and_, case, exists, not_, or_

from digest.model.ids import CategorySlug, NewsletterSlug, SubscriberId
from digest.model.issue import Cadence
from digest.model.people import (
    ConsentEvent,
    Preferences,
    Recipient,
    Subscriber,
    SubscriberDraft,
    SubscriberState,
    Subscription,
)
from digest.store.addresses import AddressKeys
from digest.store.schema import consents, subscribers, subscriptions, suppressions

SUBSCRIBER = (
    subscribers.c.id, subscribers.c.email, subscribers.c.name, subscribers.c.country, subscribers.c.timezone,
    subscribers.c.language, subscribers.c.state, subscribers.c.created_at, subscribers.c.confirmed_at,
)  # fmt: skip
PREFERENCES = (
    subscriptions.c.categories, subscriptions.c.cadence, subscriptions.c.day, subscriptions.c.hour,
    subscriptions.c.paused_until, subscriptions.c.cadences, subscriptions.c.more,
)  # fmt: skip
_Newsletter: TypeAlias = NewsletterSlug | ColumnElement[str]
_Date: TypeAlias = date | ColumnElement[date]
RECIPIENT = (*SUBSCRIBER, *PREFERENCES)
SUBSCRIPTION = (
    subscriptions.c.subscriber, subscriptions.c.newsletter, subscriptions.c.since, subscriptions.c.left_at,
    subscriptions.c.confirmed_at, *PREFERENCES,
)  # fmt: skip
CONSENT = (
    consents.c.kind, consents.c.at, consents.c.source, consents.c.newsletter, consents.c.wording, consents.c.changes,
    consents.c.network,
)  # fmt: skip


def _against(newsletter: _Newsletter, today: _Date) -> tuple[tuple[str, ColumnElement[bool]], ...]:
    """What may speak against mailing the reader of a row, each true or false and never null; the first found counts."""
    suppressed = exists().where(
        suppressions.c.email_key == subscribers.c.email_key,
        or_(suppressions.c.newsletter == "", suppressions.c.newsletter == newsletter),
    )
    unconfirmed = or_(subscribers.c.state != SubscriberState.CONFIRMED, subscriptions.c.confirmed_at.is_(None))
    return (
        ("erased", subscribers.c.state == SubscriberState.ERASED),
        ("left", or_(subscriptions.c.subscriber.is_(None), subscriptions.c.left_at.is_not(None))),
        ("unconfirmed", unconfirmed),
        ("suppressed", suppressed),
        ("paused", and_(subscriptions.c.paused_until.is_not(None), subscriptions.c.paused_until > today)),
    )


def gone(newsletter: _Newsletter, today: _Date) -> Case[str]:
    """Why the reader of a row of subscriber and subscription may not be mailed; empty when nothing is against it."""
    return case(*((condition, reason) for reason, condition in _against(newsletter, today)), else_="")


def mailable(newsletter: _Newsletter, today: date) -> ColumnElement[bool]:
    """Whether `gone` is empty, in parts that the database can estimate: it pages by key instead of sorting all."""
    return and_(*(not_(condition) for _, condition in _against(newsletter, today)))


def subscriber_columns(draft: SubscriberDraft, keys: AddressKeys) -> dict[str, object]:
    """What a draft says, and the two columns by which it is found."""
    return address_columns(draft.email, draft.name, keys) | {
        "name": draft.name,
        "country": draft.country,
        "timezone": draft.timezone,
        "language": draft.language,
    }


def address_columns(email: str, name: str, keys: AddressKeys) -> dict[str, object]:
    """What follows from the address, and from the name beside it."""
    return {"email": email, "email_key": keys.of(email), "search_text": f"{email} {name}".lower()}


def preference_columns(preferences: Preferences) -> dict[str, object]:
    """The choices as columns."""
    return {
        "categories": ",".join(sorted(preferences.categories)),
        "cadence": preferences.cadence,
        "day": preferences.day,
        "hour": preferences.hour,
        "paused_until": preferences.paused_until,
        "cadences": ",".join(f"{category}={cadence}" for category, cadence in sorted(preferences.cadences)),
        "more": ",".join(sorted(preferences.more)),
    }


def subscription_columns(
    subscriber: SubscriberId, newsletter: NewsletterSlug, preferences: Preferences, since: datetime
) -> dict[str, object]:
    """A subscription as it begins, unconfirmed."""
    return {"subscriber": subscriber, "newsletter": newsletter, "since": since} | preference_columns(preferences)


def consent_columns(subscriber: SubscriberId, event: ConsentEvent) -> dict[str, object]:
    """An entry of the log."""
    return {
        "subscriber": subscriber,
        "kind": event.kind,
        "at": event.at,
        "source": event.source,
        "newsletter": event.newsletter,
        "wording": event.wording,
        "changes": event.changes,
        "network": event.network,
    }


def subscriber_of(row: Sequence[Any]) -> Subscriber:
    """From the columns of SUBSCRIBER."""
    return Subscriber(*row)


def preferences_of(row: Sequence[Any]) -> Preferences:
    """From the columns of PREFERENCES."""
    categories, cadence, day, hour, paused_until, cadences, more = row
    return Preferences(_slugs(categories), cadence, day, hour, paused_until, _cadences(cadences), _slugs(more))


def _slugs(listed: str) -> frozenset[CategorySlug]:
    return frozenset(cast(Iterator[CategorySlug], map(intern, listed.split(",")))) if listed else frozenset()


def _cadences(listed: str) -> tuple[tuple[CategorySlug, Cadence], ...]:
    if not listed:
        return ()
    pairs = (pair.split("=") for pair in listed.split(","))
    return tuple((CategorySlug(category), Cadence(cadence)) for category, cadence in pairs)


def recipient_of(row: Sequence[Any]) -> Recipient:
    """From the columns of RECIPIENT."""
    return Recipient(subscriber_of(row[: len(SUBSCRIBER)]), preferences_of(row[len(SUBSCRIBER) :]))


def subscription_of(row: Sequence[Any]) -> Subscription:
    """From the columns of SUBSCRIPTION."""
    subscriber, newsletter, since, left_at, confirmed_at, *preferences = row
    return Subscription(subscriber, newsletter, preferences_of(preferences), since, left_at, confirmed_at)
