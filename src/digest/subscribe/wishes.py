"""Takes what somebody wrote of themselves (form, CSV row); gives a subscriber draft and preferences, or says why not.

Knows no HTTP and no files; refuses one field with its name and the values that it may have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from digest.config.publication import NewsletterSettings
from digest.config.settings import Settings
from digest.model.ids import NewsletterSlug
from digest.model.people import Preferences, SubscriberDraft
from digest.subscribe.addresses import normalise
from digest.subscribe.names import clean_name
from digest.subscribe.places import country_codes
from digest.subscribe.preferences import FIELDS, WishError, read_preferences

_TAG = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MANY = 10_000
_SAID = ("newsletter", *FIELDS)


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants what."""

    draft: SubscriberDraft
    newsletter: NewsletterSlug
    preferences: Preferences


def read_wish(fields: Mapping[str, str], settings: Settings) -> Wish:
    """A wish from text fields: email, name, country, timezone, language, newsletter, and those of preferences.

    Empty fields take the newsletter's defaults: all its choosable categories, its cadence, UTC. A name that looks like
    an address is none: whoever can be asked about it is, by digest.subscribe.names.read_name. Raises WishError or
    AddressError for the first field that is wrong.
    """
    return WishReader(settings).read(fields)


class WishReader:
    """Reads many wishes; what many of them say alike is understood once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._choices: dict[tuple[str | None, ...], tuple[NewsletterSettings, Preferences]] = {}
        self._places: dict[tuple[str, ...], tuple[str, str, str]] = {}

    def read(self, fields: Mapping[str, str]) -> Wish:
        """As `read_wish`."""
        newsletter, preferences = self._chosen(fields)
        country, timezone, language = self._place(fields)
        draft = SubscriberDraft(
            email=normalise(fields.get("email", "")),
            name=clean_name(fields.get("name", "")),
            country=country,
            timezone=timezone,
            language=language or newsletter.language,
        )
        return Wish(draft, newsletter.key, preferences)

    def _chosen(self, fields: Mapping[str, str]) -> tuple[NewsletterSettings, Preferences]:
        said = tuple(map(fields.get, _SAID))
        found = self._choices.get(said)
        if found is None:
            newsletter = read_newsletter(said[0] or "", self._settings)
            found = newsletter, read_preferences(fields, newsletter, self._settings)
            if len(self._choices) < _MANY:
                self._choices[said] = found
        return found

    def _place(self, fields: Mapping[str, str]) -> tuple[str, str, str]:
        said = (fields.get("country", ""), fields.get("timezone", ""), fields.get("language", ""))
        found = self._places.get(said)
        if found is None:
            found = read_country(said[0]), read_zone(said[1]), read_language(said[2])
            if len(self._places) < _MANY:
                self._places[said] = found
        return found


def read_zone(text: str) -> str:
    """An IANA time zone; UTC for none."""
    zone = text.strip() or "UTC"
    if zone not in _zones():
        raise WishError("timezone", f"{zone[:40]!r} is no time zone", "write one like Europe/Berlin")
    return zone


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def read_country(text: str) -> str:
    """Two capital letters (ISO 3166-1), or none."""
    country = text.strip().upper()
    if country and country not in country_codes():
        remedy = "write two letters of ISO 3166-1, such as GB"
        raise WishError("country", f"{country[:20]!r} is no country code", remedy)
    return country


def read_language(text: str) -> str:
    """A language tag (BCP 47), or none."""
    language = text.strip().replace("_", "-")
    if language and not _TAG.fullmatch(language):
        raise WishError("language", f"{language[:20]!r} is no language tag", "write one like en or pt-BR")
    return language


def read_newsletter(slug: str, settings: Settings) -> NewsletterSettings:
    """The newsletter named, or the first when none is named."""
    newsletter = settings.newsletter(slug.strip()) if slug.strip() else next(iter(settings.newsletters), None)
    if newsletter is None:
        known = ", ".join(n.slug for n in settings.newsletters) or "none"
        raise WishError("newsletter", f"{slug[:40]!r} does not exist", f"there is: {known}")
    return newsletter
