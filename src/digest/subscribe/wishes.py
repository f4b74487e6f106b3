"""Takes what somebody wrote of themselves (form, CSV row); gives a subscriber draft and preferences, or says why not.

Knows no HTTP and no files; refuses one field with its name and the values that it may have.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from digest.config.publication import NewsletterSettings
from digest.config.settings import Settings
from digest.errors import DigestError
from digest.model.ids import CategorySlug, NewsletterSlug
from digest.model.issue import Cadence
from digest.model.people import Preferences, SubscriberDraft
from digest.subscribe.addresses import normalise

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_LONGEST_NAME = 200


class WishError(DigestError):
    """A field that cannot be kept; `place` is the field's name."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants what."""

    draft: SubscriberDraft
    newsletter: NewsletterSlug
    preferences: Preferences


def read_wish(fields: Mapping[str, str], settings: Settings) -> Wish:
    """A wish from text fields: email, name, country, timezone, language, newsletter, categories (";"), cadence.

    Empty fields take the newsletter's defaults: all its choosable categories, its cadence, UTC. Raises WishError or
    AddressError for the first field that is wrong.
    """
    newsletter = read_newsletter(fields.get("newsletter", ""), settings)
    country = fields.get("country", "").strip().upper()
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise WishError("country", f"{country[:20]!r} is no country code", "write two letters of ISO 3166, such as GB")
    timezone = fields.get("timezone", "").strip() or "UTC"
    if timezone not in available_timezones():
        raise WishError("timezone", f"{timezone[:40]!r} is no time zone", "write one like Europe/Berlin")
    draft = SubscriberDraft(
        email=normalise(fields.get("email", "")),
        name=clean_name(fields.get("name", "")),
        country=country,
        timezone=timezone,
        language=fields.get("language", "").strip() or newsletter.language,
    )
    slugs = [slug.strip() for slug in re.split(r"[;,|]", fields.get("categories", "")) if slug.strip()]
    preferences = Preferences(
        read_categories(slugs, newsletter, settings), read_cadence(fields.get("cadence", ""), newsletter)
    )
    return Wish(draft, newsletter.key, preferences)


def read_newsletter(slug: str, settings: Settings) -> NewsletterSettings:
    """The newsletter named, or the first when none is named."""
    newsletter = settings.newsletter(slug.strip()) if slug.strip() else next(iter(settings.newsletters), None)
    if newsletter is None:
        known = ", ".join(n.slug for n in settings.newsletters) or "none"
        raise WishError("newsletter", f"{slug[:40]!r} does not exist", f"there is: {known}")
    return newsletter


def read_categories(
    slugs: Collection[str], newsletter: NewsletterSettings, settings: Settings
) -> frozenset[CategorySlug]:
    """The chosen categories; all that can be chosen when none is named."""
    choosable = {c.slug for c in settings.categories_of(newsletter) if c.choosable}
    for slug in slugs:
        if slug not in choosable:
            raise WishError(
                "categories", f"{slug[:40]!r} cannot be chosen", f"choose of: {', '.join(sorted(choosable))}"
            )
    return frozenset(CategorySlug(slug) for slug in (slugs or choosable))


def read_cadence(word: str, newsletter: NewsletterSettings) -> Cadence:
    """The cadence named, or the newsletter's."""
    if not word.strip():
        return newsletter.cadence
    try:
        return Cadence(word.strip().lower())
    except ValueError as error:
        raise WishError("cadence", f"{word[:20]!r} is none", "write daily, weekly or monthly") from error


def clean_name(name: str) -> str:
    """One line without control characters, at most 200 characters."""
    return " ".join(_CONTROLS.sub(" ", name).split())[:_LONGEST_NAME]
