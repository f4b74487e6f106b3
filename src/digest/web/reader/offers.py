"""What a form offers for a newsletter, in the language of the visit: topics, cadences, days, hours, countries."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from html import unescape

from babel import Locale
from markupsafe import Markup, escape

from digest.config.publication import CategorySettings, NewsletterSettings
from digest.model.issue import Cadence
from digest.subscribe.places import countries, country_of, zone_of, zones
from digest.web.reader.visit import Visit
from digest.words import LANGUAGES, locale_of

Option = tuple[str, str]
"""A value and its label."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The choices of a form. Where there is nothing to choose, a list is empty and the field is not shown."""

    choices: Sequence[CategorySettings]
    boxes: Callable[[Collection[str]], Markup]
    """A box to tick for each choice as HTML, with those ticked."""
    cadences: Sequence[Option]
    days: Sequence[Option]
    hours: Sequence[Option]
    countries: Callable[[str], Markup]
    """The options of all countries as HTML, with that one selected: 249 of them are most of a page."""
    zones: Callable[[str], Markup]
    """Those of all time zones; empty where nobody chooses an hour."""
    languages: Sequence[Option]
    usual_hour: str


def offers(visit: Visit, newsletter: NewsletterSettings) -> Offers:
    """All that the newsletter's readers may choose."""
    return visit.site.once(("offers", newsletter.slug, visit.language), lambda: _offers(visit, newsletter))


def _offers(visit: Visit, newsletter: NewsletterSettings) -> Offers:
    locale = locale_of(visit.language)
    cadences = newsletter.cadences
    weekly = newsletter.days_of(Cadence.WEEKLY) if Cadence.WEEKLY in cadences else ()
    hours = [(str(hour), f"{hour:02}:{newsletter.minute:02}") for hour in range(24)] if newsletter.reader_time else []
    choices = [c for c in visit.app.settings.categories_of(newsletter) if c.choosable]
    return Offers(
        choices,
        partial(_ticked, str(visit.site.part("reader/boxes.html", visit.language, choices=choices))),
        [(cadence, _label(visit, cadence)) for cadence in cadences] if len(cadences) > 1 else [],
        [(str(day), _weekday(locale, day)) for day in weekly] if len(weekly) > 1 else [],
        hours,
        partial(_country_options, visit.language),
        _zone_options if hours else lambda chosen: Markup(),
        [(code, Locale(code).get_display_name(code) or code) for code in LANGUAGES],
        str(newsletter.hour),
    )


def guessed(visit: Visit, newsletter: NewsletterSettings) -> dict[str, str]:
    """What a form is filled with before anybody writes in it."""
    country = country_of(visit.request.headers.get("accept-language", ""))
    return {
        "email": "", "name": "", "country": country, "timezone": zone_of(country), "language": visit.language,
        "cadence": newsletter.cadence, "day": "", "hour": str(newsletter.hour),
    }  # fmt: skip


@cache
def _all_countries(language: str) -> str:
    return "".join(_option(code, name) for code, name in countries(language))


def _country_options(language: str, chosen: str) -> Markup:
    return _selected(_all_countries(language), chosen)


@cache
def _all_zones() -> str:
    groups = ((region, "".join(_option(*place) for place in places)) for region, places in zones())
    return "".join(f'<optgroup label="{escape(region)}">{options}</optgroup>' for region, options in groups)


def _zone_options(chosen: str) -> Markup:
    return _selected(_all_zones(), chosen)


def _option(value: str, text: str) -> str:
    return f'<option value="{escape(value)}">{escape(text)}</option>'


def _selected(options: str, value: str) -> Markup:
    return _marked(options, (value,), " selected")


def _ticked(boxes: str, values: Collection[str]) -> Markup:
    return _marked(boxes, values, " checked")


def _marked(html: str, values: Collection[str], mark: str) -> Markup:
    """The inputs or options of these values marked: HTML of which every part was escaped."""
    ends, marked, done = _ends(html), list[str](), 0
    for end in sorted(ends[value] for value in values if value in ends):
        marked += (html[done:end], mark)
        done = end
    return Markup("".join((*marked, html[done:])))  # noqa: S704  # see above


@lru_cache(maxsize=200)
def _ends(html: str) -> dict[str, int]:
    """Where the first `value` attribute of each value ends: looked for once, and not for every page."""
    found: dict[str, int] = {}
    for one in re.finditer(r'value="([^"]*)"', html):
        found.setdefault(unescape(one[1]), one.end())
    return found


def _label(visit: Visit, cadence: Cadence) -> str:
    labels = {
        Cadence.DAILY: visit.say("Every day"), Cadence.WEEKLY: visit.say("Every week"),
        Cadence.MONTHLY: visit.say("Every month"),
    }  # fmt: skip
    return labels[cadence]


def _weekday(locale: Locale, day: int) -> str:
    return str(locale.days["stand-alone"]["wide"][day - 1])
