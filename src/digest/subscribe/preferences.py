"""What a form or a CSV row says of choices becomes preferences that the newsletter can keep, or a word on what it can.

Pure; refuses one field with its name and the values that it may have.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from digest.config.publication import NewsletterSettings
from digest.config.settings import Settings
from digest.errors import DigestError
from digest.model.ids import CategorySlug
from digest.model.issue import Cadence
from digest.model.people import Preferences

FIELDS = ("categories", "cadence", "cadences", "more", "day", "hour", "paused_until")
"""Their names; lists are separated by ";", and `cadences` are pairs such as "security=daily;privacy=monthly"."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class WishError(DigestError):
    """A field that cannot be kept; `place` is the field's name."""


def read_preferences(fields: Mapping[str, str], newsletter: NewsletterSettings, settings: Settings) -> Preferences:
    """Preferences from text fields, those of FIELDS; empty ones take the newsletter's defaults. Raises WishError."""
    categories = read_categories(_listed(fields.get("categories", "")), newsletter, settings)
    return Preferences(
        categories,
        cadence := read_cadence(fields.get("cadence", ""), newsletter),
        read_day(fields.get("day", ""), newsletter),
        read_hour(fields.get("hour", ""), newsletter),
        read_date(fields.get("paused_until", ""), "paused_until"),
        read_cadences(fields.get("cadences", ""), categories, cadence, newsletter),
        frozenset(_chosen(_listed(fields.get("more", "")), categories, "more")),
    )


def read_categories(
    slugs: Collection[str], newsletter: NewsletterSettings, settings: Settings
) -> frozenset[CategorySlug]:
    """The chosen categories; all that can be chosen when none is named."""
    choosable = {c.slug for c in settings.categories_of(newsletter) if c.choosable}
    for slug in slugs:
        if slug not in choosable:
            remedy = f"choose of: {', '.join(sorted(choosable))}"
            raise WishError("categories", f"{slug[:40]!r} cannot be chosen", remedy)
    return frozenset(CategorySlug(slug) for slug in (slugs or choosable))


def read_cadence(word: str, newsletter: NewsletterSettings) -> Cadence:
    """The cadence named, or the newsletter's."""
    return _cadence(word, "cadence", newsletter) if word.strip() else newsletter.cadence


def read_cadences(
    text: str, categories: Collection[CategorySlug], usual: Cadence, newsletter: NewsletterSettings
) -> tuple[tuple[CategorySlug, Cadence], ...]:
    """Cadences of single categories, those that are as usual left out."""
    pairs = [pair.partition("=") for pair in _listed(text)]
    if alone := next((slug for slug, equals, _ in pairs if not equals), None):
        raise WishError("cadences", f"{alone[:40]!r} is no pair", "write one like security=daily")
    slugs = _chosen([slug.strip() for slug, _, _ in pairs], categories, "cadences")
    words = [_cadence(word, "cadences", newsletter) for _, _, word in pairs]
    return tuple(sorted((slug, cadence) for slug, cadence in zip(slugs, words, strict=True) if cadence is not usual))


def read_day(text: str, newsletter: NewsletterSettings) -> int | None:
    """An ISO weekday, by number or by its English name, of those that the newsletter comes on weekly."""
    word = text.strip().lower()
    if not word:
        return None
    offered = newsletter.days_of(Cadence.WEEKLY) if Cadence.WEEKLY in newsletter.cadences else ()
    day = WEEKDAYS.index(word) + 1 if word in WEEKDAYS else int(word) if word in set("1234567") else 0
    if day not in offered:
        days = ", ".join(f"{at} ({WEEKDAYS[at - 1].capitalize()})" for at in sorted(offered))
        remedy = f"choose of: {days}" if offered else "leave it empty: the newsletter does not come weekly"
        raise WishError("day", f"{word[:20]!r} cannot be chosen", remedy)
    return day


def read_hour(text: str, newsletter: NewsletterSettings) -> int | None:
    """An hour from 0 to 23, where the newsletter comes at the reader's own time."""
    word = text.strip().removesuffix(":00")
    if not word:
        return None
    if not newsletter.reader_time:
        problem = "cannot be chosen: the newsletter comes to everybody at the same time"
        raise WishError("hour", problem, "leave it empty")
    if not re.fullmatch("[0-9]{1,2}", word) or int(word) > 23:
        raise WishError("hour", f"{word[:20]!r} is no hour", "write one from 0 to 23")
    return int(word)


def read_date(text: str, field: str) -> date | None:
    """A date as ISO 8601 writes it; None when empty."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise WishError(field, f"{text.strip()[:20]!r} is no date", "write one like 2027-01-31") from error


def _cadence(word: str, field: str, newsletter: NewsletterSettings) -> Cadence:
    found = next((cadence for cadence in newsletter.cadences if cadence == word.strip().lower()), None)
    if found is None:
        remedy = f"choose of: {', '.join(newsletter.cadences)}"
        raise WishError(field, f"{word.strip()[:20]!r} cannot be chosen", remedy)
    return found


def _listed(text: str) -> list[str]:
    return [item.strip() for item in re.split("[;,|]", text) if item.strip()]


def _chosen(slugs: Collection[str], categories: Collection[CategorySlug], field: str) -> Iterator[CategorySlug]:
    for slug in slugs:
        if slug not in categories:
            remedy = f"the categories are: {', '.join(sorted(categories))}"
            raise WishError(field, f"{slug[:40]!r} is none of the reader's categories", remedy)
        yield CategorySlug(slug)
