"""The words that mails print, in the newsletter's language: gettext catalogs and CLDR locales [I/O: shipped catalogs].

English is the language of the sources and needs no catalog; a language without one is told in English.
"""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from babel import Locale, UnknownLocaleError

DOMAIN = "digest"
CATALOGS = Path(__file__).parent / "locale"
LANGUAGES = ("en", "ar", "de", "es", "fr")
"""In which everything that mails say by themselves can be said."""
ENGLISH = NullTranslations()


@cache
def words(language: str) -> NullTranslations:
    """The catalog for a BCP 47 tag: that of the tag, else that of its language, else English."""
    return translation(DOMAIN, CATALOGS, [_underscored(language)], fallback=True)


@cache
def locale_of(language: str) -> Locale:
    """How dates are written in the language of a BCP 47 tag (Unicode CLDR); as in English when it is not known."""
    for tag in (_underscored(language), language[:2]):
        try:
            return Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _underscored(language: str) -> str:
    return language.replace("-", "_")
