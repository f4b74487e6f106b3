"""Text to words that can be compared: case, accents, plural and verb endings folded. Knows no article, no category."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)*(?:\+\+|#)?")
_ACCENTS = re.compile(r"[\u0300-\u036f]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDINGS = (
    ("ations", "at"), ("ation", "at"), ("ingly", ""), ("ities", "ity"), ("ies", "y"), ("sses", "ss"),
    ("ers", "er"), ("ing", ""), ("ions", "ion"), ("ed", ""), ("es", "e"), ("ly", ""), ("s", ""),
)  # fmt: skip
_SHORTEST_STEM = 3

_FUNCTION_WORDS = (
    "a about after again all also an and any are as at be because been before being but by can could did do does for "
    "from get gets had has have he her here him his how i if in into is it its just may me more most my new no not now "
    "of off on one or our out over own s said say says she should so some such than that the their them then there "
    "these they this those through to too under up us very was we were what when where which while who why will with "
    "would you your "
    "der das ein eine einer und oder nicht mit von zu im den dem des ist fur auf als auch sich nach bei "
    "le la les un une du de et ou ne pas dans pour sur par est au aux que qui ce se "
    "el los las una unos y o en por para con es del al lo su"
)

STOPWORDS = frozenset(_FUNCTION_WORDS.split())
"""Folded words of English, German, French and Spanish that say nothing of what a text is about."""


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The word without possessive, plural and verb endings; the same for all forms, not always a word itself."""
    word = re.sub(r"['’]s?$", "", word)
    for ending, replacement in _ENDINGS:
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= _SHORTEST_STEM
            and not word.endswith(("ss", "us", "is"))
        ):
            word = word[: -len(ending)] + replacement
            break
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST_STEM + 1 else word


def fold(text: str) -> str:
    """Case folded, compatibility forms unified, accents dropped."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", folded)))


def words(text: str) -> list[str]:
    """The words in order, folded. Scripts without spaces give overlapping pairs of characters."""
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        if _UNSPACED.search(word) and len(word) > 2:
            found += [word[i : i + 2] for i in range(len(word) - 1)]
        else:
            found.append(word.replace(",", ""))
    return found


def stems(text: str) -> list[str]:
    """The words' stems in order, stopwords included."""
    return [stem(word) for word in words(text)]


def content_stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word not in STOPWORDS]
