"""Countries and time zones as a form offers them: names by CLDR, in the alphabetical order of the reader's language.

Which countries there are (ISO 3166-1) and which zones a country has say the tables of the time zone database (IANA
tz, iso3166.tab and zone.tab), which come with the package tzdata.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from digest.words import locale_of

_FIRST_AMONG = MappingProxyType({"ñ": "n\uffff", "æ": "ae", "ø": "o", "ß": "ss", "œ": "oe", "ł": "l", "đ": "d"})
"""Letters whose place in the alphabet decomposing does not tell; the Spanish ñ follows every n."""


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of all 249 countries of ISO 3166-1, in the order of that language."""
    names = locale_of(language).territories
    found = [(code, names.get(code, english)) for code, english in _rows("iso3166.tab")]
    return tuple(sorted(found, key=lambda country: order(country[1])))


@cache
def zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Regions, and in each the zones with their city: ("Europe", (("Europe/Berlin", "Berlin"), ...)); UTC first."""
    regions: dict[str, list[tuple[str, str]]] = {"UTC": [("UTC", "UTC")]}
    for name in sorted(row[2] for row in _rows("zone.tab")):
        region, _, city = name.partition("/")
        regions.setdefault(region, []).append((name, city.replace("_", " ").replace("/", ", ")))
    return tuple((region, tuple(found)) for region, found in regions.items())


def zone_of(country: str) -> str:
    """The zone that the table names first for a country, which is that of its largest place; UTC for none."""
    return _zones_by_country().get(country, "UTC")


def country_of(accept_language: str) -> str:
    """The country that a browser's languages name first (RFC 9110, 12.5.4): GB for "de;q=0.1, en-GB"; else none."""
    for tag in languages_in(accept_language):
        region = tag.rpartition("-")[2].upper()
        if "-" in tag and region in country_codes():
            return region
    return ""


def languages_in(accept_language: str) -> Sequence[str]:
    """The tags of an Accept-Language header, most wanted first; at most ten."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(",")[:10]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            wanted.append((-weight, tag))
    return [tag for _, tag in sorted(wanted, key=lambda one: one[0])]


def order(name: str) -> str:
    """What a name is sorted by: letters without their marks and case, and the Arabic article left out."""
    spelled = "".join(_FIRST_AMONG.get(letter, letter) for letter in unicodedata.normalize("NFC", name).casefold())
    plain = "".join(part for part in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(part))
    return plain.removeprefix("\u0627\u0644")


@cache
def _zones_by_country() -> Mapping[str, str]:
    first: dict[str, str] = {}
    for country, _, name, *_ in _rows("zone.tab"):
        first.setdefault(country, name)
    return first


@cache
def country_codes() -> frozenset[str]:
    """All of ISO 3166-1, two letters each."""
    return frozenset(code for code, *_ in _rows("iso3166.tab"))


@cache
def _rows(table: str) -> tuple[list[str], ...]:
    text = files("tzdata.zoneinfo").joinpath(table).read_text(encoding="utf-8")
    return tuple(line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
