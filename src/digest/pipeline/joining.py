"""What programs do about readers by the API: add them, change what they chose. Never brings anybody back.

Whoever left, bounced, complained or was erased is not added, not asked and not kept anew: they come back by
themselves, on the sign-up page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from digest.deliver.headers import address as sendable
from digest.errors import StateError, UsageError
from digest.links import LinkClaim, Purpose
from digest.model.errands import ErrandKind
from digest.model.ids import CategorySlug, NewsletterSlug, SubscriberId
from digest.model.people import (
    ConsentEvent,
    ConsentKind,
    Origin,
    Preferences,
    Subscriber,
    SubscriberDraft,
    SubscriberState,
    Subscription,
)
from digest.pipeline.press import Press
from digest.pipeline.subscribing import choose, keep_wish
from digest.subscribe.names import read_name
from digest.subscribe.preferences import read_preferences
from digest.subscribe.wishes import Wish, read_country, read_language, read_wish, read_zone


class Outcome(StrEnum):
    """What became of somebody whom a program wanted to add."""

    ASKED = "asked"
    """A mail asks them to confirm it; once a day at most."""
    ADDED = "added"
    """They are mailed from now on: they agreed elsewhere."""
    KNOWN = "known"
    """They have the newsletter already; nothing changed."""
    LEFT = "left"
    """They left the newsletter; nothing changed."""
    SUPPRESSED = "suppressed"
    """Their address bounced, complained, was erased or was stopped; nothing is kept."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How somebody agreed elsewhere."""

    at: datetime
    source: str
    """Where, in words; no address."""
    wording: str = ""
    """Version of the text that they agreed to."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of them, and their number where they have one that may be told."""

    outcome: Outcome
    subscriber: SubscriberId | None = None


def join(press: Press, fields: Mapping[str, str], evidence: Evidence | None, origin: Origin, now: datetime) -> Joined:
    """Adds somebody in the normal way, by a mail that asks them; with evidence at once, if they are not known yet.

    `fields` as for `read_wish`. Raises WishError, AddressError or HeaderError for a field that is wrong.
    """
    wish = read_wish(fields, press.settings)
    read_name(fields.get("name", ""))
    sendable(wish.draft.email)
    against = _against(press, wish)
    if against:
        return against
    if evidence and press.store.readers.by_email(wish.draft.email) is None:
        return _added(press, wish, evidence, origin, now)
    return _asked(press, wish, origin, now)


def _against(press: Press, wish: Wish) -> Joined | None:
    """What speaks against adding or asking them."""
    readers = press.store.readers
    if any(one.newsletter in {None, wish.newsletter} for one in readers.suppressed(wish.draft.email)):
        return Joined(Outcome.SUPPRESSED)
    known = readers.by_email(wish.draft.email)
    mine = subscription_of(press, known.id, wish.newsletter) if known else None
    if known is None or mine is None:
        return None
    if mine.left_at:
        return Joined(Outcome.LEFT, known.id)
    return Joined(Outcome.KNOWN, known.id) if mine.confirmed_at else None


def _added(press: Press, wish: Wish, evidence: Evidence, origin: Origin, now: datetime) -> Joined:
    agreed = f"agreed at {evidence.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    source = f"{origin.source}: {evidence.source}"
    imported = ConsentEvent(ConsentKind.IMPORTED, now, source, wording=evidence.wording, changes=agreed)
    count = press.store.readers.import_([(wish.draft, wish.newsletter, wish.preferences)], imported)
    found = press.store.readers.by_email(wish.draft.email)
    return Joined(Outcome.ADDED if count.added else Outcome.KNOWN, found.id if found else None)


def _asked(press: Press, wish: Wish, origin: Origin, now: datetime) -> Joined:
    """Keeps the wish, and the errand to ask them by mail."""
    reader = keep_wish(press, wish, origin, now).id
    press.store.errands.add(ErrandKind.CONFIRM, {"subscriber": str(reader), "newsletter": wish.newsletter}, now)
    return Joined(Outcome.ASKED, reader)


def reader_of(press: Press, number: int) -> Subscriber:
    """The reader of that number. Raises UsageError when there is none, or they were erased."""
    found = press.store.readers.get(SubscriberId(number))
    if found is None or found.state is SubscriberState.ERASED:
        raise UsageError(f"subscriber {number}", "there is none of that number")
    return found


def with_details(reader: Subscriber, fields: Mapping[str, str]) -> SubscriberDraft:
    """The reader with the name, country, time zone and language that `fields` name. Raises WishError."""
    has = {"name": reader.name, "country": reader.country, "timezone": reader.timezone, "language": reader.language}
    wanted = has | dict(fields)
    return SubscriberDraft(
        reader.email,
        read_name(wanted["name"]) if "name" in fields else reader.name,
        read_country(wanted["country"]),
        read_zone(wanted["timezone"]),
        read_language(wanted["language"]) or reader.language,
    )


def subscription_of(press: Press, reader: SubscriberId, newsletter: str) -> Subscription | None:
    """The reader's subscription to that newsletter, left or not."""
    return next((s for s in press.store.readers.subscriptions(reader) if s.newsletter == newsletter), None)


def subscription_named(press: Press, reader: int, newsletter: str) -> Subscription:
    """The same; raises UsageError when there is none."""
    found = subscription_of(press, reader_of(press, reader).id, newsletter)
    if found is None:
        raise UsageError(f"subscriber {reader}", f"has no subscription to {newsletter[:60]}")
    return found


def amend(
    press: Press, subscription: Subscription, fields: Mapping[str, str], origin: Origin, now: datetime
) -> Subscription:
    """Changes the choices that `fields` name, and no others. Raises WishError; StateError for somebody who left."""
    reader, newsletter = subscription.subscriber, press.newsletter(subscription.newsletter)
    if subscription.left_at:
        raise StateError(f"subscriber {reader}", f"has left {newsletter.slug}", "they come back by themselves")
    offered = {category.key for category in press.categories_of(newsletter) if category.choosable}
    wanted = _fields_of(subscription.preferences, offered) | dict(fields)
    preferences = read_preferences(wanted, newsletter, press.settings)
    claim = LinkClaim(Purpose.PREFERENCES, reader, now.date(), newsletter.slug)
    choose(press, claim, preferences, origin, now)
    return subscription_named(press, reader, newsletter.slug)


def _fields_of(has: Preferences, offered: set[CategorySlug]) -> dict[str, str]:
    """The choices as text fields, without topics that are no longer offered."""
    return {
        "categories": ";".join(sorted(has.categories & offered)),
        "cadence": has.cadence,
        "cadences": ";".join(f"{of}={cadence}" for of, cadence in has.cadences if of in offered),
        "more": ";".join(sorted(has.more & offered)),
        "day": str(has.day or ""),
        "hour": "" if has.hour is None else str(has.hour),
        "paused_until": str(has.paused_until or ""),
    }


def leave_newsletter(press: Press, subscription: Subscription, origin: Origin, now: datetime) -> None:
    """Ends a subscription; a second time changes nothing."""
    left = ConsentEvent(ConsentKind.LEFT, now, origin.source, NewsletterSlug(subscription.newsletter))
    press.store.readers.leave(subscription.subscriber, subscription.newsletter, left)
