"""Text made fit to be printed: quotes, dashes, no widows, wrapped lines, and only links that may be pressed."""

from __future__ import annotations

import re
import textwrap
from datetime import date
from urllib.parse import quote, urlsplit

from babel.dates import format_date, format_interval

from digest.words import locale_of

WIDTH = 72
"""Columns of the text part."""
_QUOTES = {"de": ("„", "“", "‚", "‘"), "fr": ("«", "»", "‹", "›"), "ar": ("«", "»", "‹", "›")}
_ENGLISH = ("“", "”", "‘", "’")
_NBSP = "\u00a0"
_LONGEST_LAST = 10
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"


def polish(text: str, language: str = "en") -> str:
    """Curly quotes of the language, an ellipsis, dashes between spaces; white space folded."""
    opening, closing, single, single_end = _QUOTES.get(language[:2].lower(), _ENGLISH)
    text = " ".join(text.split()).replace("...", "…")
    text = re.sub(r"(?<=\s)--?(?=\s)", "–", text)
    text = re.sub(r'(^|[\s(\[{“‘«„—–-])"(?=\S)', rf"\1{opening}", text).replace('"', closing)
    text = re.sub(r"(?<=\w)'(?=\w)|'(?=\d\ds?\b)", "’", text)
    return re.sub(r"(^|[\s(\[{“«„—–-])'(?=\S)", rf"\1{single}", text).replace("'", single_end)


def title(text: str, language: str = "en") -> str:
    """Polished, and its last short word is not left alone on a line."""
    words = polish(text, language).rsplit(" ", 1)
    alone = len(words) == 2 and words[0].count(" ") >= 2 and len(words[1]) <= _LONGEST_LAST
    return (_NBSP if alone else " ").join(words)


def link(url: str) -> str:
    """The URL when it is http, https or mailto, with what must not stand in an attribute percent-encoded; else "#"."""
    url = "".join(url.split())
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return "#"
    if scheme not in {"http", "https", "mailto"}:
        return "#"
    return quote(url.encode("utf-8", "replace").decode(), safe=_URL_SAFE)


def wrap(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> str:
    """Lines of at most `width` columns, the first and the others with their indents; long words stay whole.

    A no-break space joins words while lines are made, and is an ordinary one afterwards.
    """
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=first if rest is None else rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join(lines).replace(_NBSP, " ")


def underlined(text: str) -> str:
    """A heading of the text part, with dashes under it."""
    return f"{text}\n{'-' * len(text)}"


def leaf_month(day: date, language: str) -> str:
    """The month as a calendar leaf shows it, for example "Apr"."""
    return format_date(day, "LLL", locale_of(language))


def event_dates(starts_on: date, ends_on: date | None, language: str) -> str:
    """For example "April 13 – 14, 2027" (Unicode CLDR intervals)."""
    locale = locale_of(language)
    if ends_on is None or ends_on <= starts_on:
        return format_date(starts_on, "long", locale)
    return format_interval(starts_on, ends_on, "yMMMd", locale=locale)
