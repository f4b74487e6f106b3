"""Which of the languages that the rules know a text is in; it guesses by function words and reads no metadata."""

from __future__ import annotations

import re

from digest.summarise.lexicon import FUNCTION

KNOWN = ("en", "de", "fr", "es")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE, _LEAST = 1000, 0.12
"""Characters looked at, and the share of function words below which we do not know."""


def language_of(text: str, declared: str = "") -> str:
    """One of KNOWN, from what is declared or else from the text; "" when it is none of them or cannot be told."""
    stated = declared[:2].casefold()
    if stated:
        return stated if stated in KNOWN else ""
    words = _WORD.findall(text[:_SAMPLE].casefold())
    if not words:
        return ""
    count, language = max((sum(map(FUNCTION[known].__contains__, words)), known) for known in KNOWN)
    return language if count / len(words) >= _LEAST else ""
