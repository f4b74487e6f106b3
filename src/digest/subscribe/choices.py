"""What a reader's press changes of their preferences, and what of it goes into the log. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from digest.model.ids import CategorySlug
from digest.model.issue import Cadence
from digest.model.people import Preferences, Subscriber, SubscriberDraft


def less_often(preferences: Preferences, offered: Sequence[Cadence]) -> Preferences | None:
    """Every cadence one step longer, of those that the newsletter offers, shortest first; None: there is no less."""
    cadence = _next(preferences.cadence, offered)
    own = ((category, _next(of, offered)) for category, of in preferences.cadences)
    wanted = replace(preferences, cadence=cadence, cadences=tuple(sorted(c for c in own if c[1] is not cadence)))
    return wanted if wanted != preferences else None


def _next(cadence: Cadence, offered: Sequence[Cadence]) -> Cadence:
    order = tuple(Cadence)
    longer = (other for other in offered if order.index(other) > order.index(cadence))
    return next(longer, cadence)


def cadences_text(preferences: Preferences) -> str:
    """How often everything comes, in one line: "weekly, security=daily"."""
    return ", ".join([preferences.cadence, *sorted(_joined(preferences))])


def without(preferences: Preferences, category: CategorySlug) -> Preferences:
    """Without that category, and what was said about it."""
    return replace(
        preferences,
        categories=preferences.categories - {category},
        cadences=tuple(pair for pair in preferences.cadences if pair[0] != category),
        more=preferences.more - {category},
    )


def with_more(preferences: Preferences, category: CategorySlug) -> Preferences:
    """With more of that category, which it takes up if the reader does not have it."""
    return replace(preferences, categories=preferences.categories | {category}, more=preferences.more | {category})


def changes(before: Preferences, after: Preferences) -> str:
    """What is otherwise, for the log: "cadence: weekly -> monthly; categories: +robotics -security"; may be empty."""
    return "; ".join(_changes(before, after))


def _changes(before: Preferences, after: Preferences) -> Iterator[str]:
    for name in ("cadence", "day", "hour", "paused_until"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield f"{name.replace('_', ' ')}: {_said(old)} -> {_said(new)}"
    pairs = (
        ("categories", before.categories, after.categories),
        ("cadences", _joined(before), _joined(after)),
        ("more", before.more, after.more),
    )
    for name, had, has in pairs:
        if had != has:
            yield f"{name}: {_difference(had, has)}"


def _joined(preferences: Preferences) -> frozenset[str]:
    return frozenset(f"{category}={cadence}" for category, cadence in preferences.cadences)


def _said(value: object) -> str:
    return "none" if value is None else str(value)


def _difference(had: Collection[str], has: Collection[str]) -> str:
    new = [f"+{name}" for name in sorted(set(has) - set(had))]
    return " ".join(new + [f"-{name}" for name in sorted(set(had) - set(has))])


def changes_of_person(before: Subscriber, after: SubscriberDraft) -> str:
    """Which of name, country, time zone and language are otherwise; never what they are: the log outlives erasure."""
    names = ("name", "country", "timezone", "language")
    return ", ".join(name for name in names if getattr(before, name) != getattr(after, name))
