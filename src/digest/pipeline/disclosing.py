"""All that is kept of one reader, for them: a dictionary that JSON can say. Changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from digest.errors import UsageError
from digest.model.delivery import Delivery
from digest.model.feedback import FeedbackEvent
from digest.model.ids import SubscriberId
from digest.model.people import AddressChange, ConsentEvent, Subscriber, Subscription
from digest.pipeline.press import Press

_MOST_BOUNCES = 10_000
_JSON: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def disclose(press: Press, reader: SubscriberId) -> dict[str, Any]:
    """Person, subscriptions, log of consent, what was sent and what came back; times in RFC 3339.

    Raises UsageError when there is no such reader.
    """
    person = press.store.readers.get(reader)
    if person is None:
        raise UsageError(f"reader {reader}", "there is none of that number", "see: digest subscribers list")
    readers = press.store.readers
    found = {
        "person": _person(person, readers.address_change(reader)),
        "subscriptions": [_subscription(subscription) for subscription in readers.subscriptions(reader)],
        "consent": [_consent(event) for event in readers.events(reader)],
        "issues": [_issue(delivery) for delivery in press.store.ledger.of_reader(reader)],
        "bounces": [_bounce(event) for event in press.store.feedback.events(reader, _MOST_BOUNCES)],
    }
    disclosed: dict[str, Any] = _JSON.dump_python(found, mode="json")
    return disclosed


def _person(person: Subscriber, change: AddressChange | None) -> dict[str, Any]:
    return asdict(person) | {"address_change": asdict(change) if change else None}


def _subscription(subscription: Subscription) -> dict[str, Any]:
    chosen = subscription.preferences
    return {
        "newsletter": subscription.newsletter,
        "since": subscription.since,
        "confirmed_at": subscription.confirmed_at,
        "left_at": subscription.left_at,
        "categories": sorted(chosen.categories),
        "more": sorted(chosen.more),
        "cadence": chosen.cadence,
        "cadences": dict(chosen.cadences),
        "day": chosen.day,
        "hour": chosen.hour,
        "paused_until": chosen.paused_until,
    }


def _consent(event: ConsentEvent) -> dict[str, Any]:
    return asdict(event)


def _issue(delivery: Delivery) -> dict[str, Any]:
    return {
        "issue": delivery.key.issue,
        "state": delivery.state,
        "at": delivery.at,
        "attempts": delivery.attempts,
        "reply": delivery.reply,
        "reason": delivery.reason,
    }


def _bounce(event: FeedbackEvent) -> dict[str, Any]:
    return {name: value for name, value in asdict(event).items() if name != "subscriber"}
