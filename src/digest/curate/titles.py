"""Are two titles the same title? Takes titles, gives their comparable form and a likeness; knows no story, no time.

Publishers change titles on the way: the outlet's name behind, "UPDATE 2-" or "Exclusive:" in front, a word dropped or
swapped, the end cut off, other punctuation. Jaccard likeness of words and of character trigrams sees through these.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from itertools import pairwise

from digest.curate.words import STOPWORDS, stem, words

_SUFFIX = re.compile(r"\s+(?:[|·•»—–-]|::)\s+([^|·•»—–-]{2,40})$")
_MARKS = (
    r"(?:\d+(?:st|nd|rd|th)\s+)?(?:update|correct(?:ed|ion)|refile|wrapup|factbox|explainer|timeline|exclusive|breaking"
    r"(?:\s+news)?|analysis|opinion|live|just\s+in|watch|video|podcast|interview|report|in\s+pictures|first\s+look|"
    r"sponsored|advertisement|eilmeldung|en\s+direct|ultima\s+hora)"
)
_PREFIX = re.compile(rf"^\W*{_MARKS}(?:\s+\d+)?\s*(?:[:|!»–—]+|-)\W*", re.IGNORECASE)
_SAME = 0.62
_LEAST_START = 0.5
"""The share of a title that must be left when it was cut off."""
LONG_TITLE = 6
"""Words from which forms of a title share two pairs of neighbours; shorter ones may share only how they begin."""
_SAME_TRIGRAMS = 0.70


@dataclass(frozen=True, slots=True)
class TitleForm:
    """A title as it is compared."""

    words: tuple[str, ...]
    """Stems in order, marks and outlet names left out."""
    content: frozenset[str]
    """Those that carry meaning; all when none does."""
    trigrams: frozenset[str]
    """Three characters each, of the words joined by a space."""
    numbers: frozenset[str]
    joined: str
    """The words without anything between or inside them."""

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Words that stand side by side, in either order; forms of one title share at least one pair."""
        before = ("", *self.words) if len(self.words) < LONG_TITLE else self.words
        pairs = pairwise((*before, ""))
        return frozenset((min(pair), max(pair)) for pair in pairs)


def title_form(title: str, outlet: str = "") -> TitleForm:
    """The comparable form of a title."""
    found = words(bare_title(title, outlet))
    stemmed = tuple(stem(word) for word in found)
    content = frozenset(stem(word) for word in found if word not in STOPWORDS) or frozenset(stemmed)
    joined = f" {' '.join(stemmed)} "
    trigrams = frozenset(joined[i : i + 3] for i in range(len(joined) - 2))
    return TitleForm(
        stemmed, content, trigrams, frozenset(w for w in stemmed if w[0].isdigit()), "".join(found).replace(".", "")
    )


def bare_title(title: str, outlet: str = "") -> str:
    """The title without "UPDATE 2-" and the like in front and without the outlet's name behind.

    What stands behind the last spaced dash or bar is taken for an outlet when it is the outlet's own name, or short
    and written like a name while enough title remains.
    """
    bare = _PREFIX.sub("", title.strip())
    found = _SUFFIX.search(bare)
    if found and _is_outlet(found[1], outlet) and len(words(bare[: found.start()])) > len(words(found[1])):
        bare = bare[: found.start()]
    return bare or title


def _is_outlet(name: str, outlet: str) -> bool:
    if outlet and words(name) == words(outlet):
        return True
    parts = [part for part in name.split() if part.casefold() not in STOPWORDS]
    return 0 < len(parts) <= 4 and all(not part[0].islower() or "." in part for part in parts)


def same_title(one: TitleForm, other: TitleForm) -> bool:
    """Whether the two are forms of one title. Different numbers ("iPhone 12", "iPhone 13") make different titles."""
    if one.joined == other.joined:
        return bool(one.joined)
    if one.numbers - other.numbers and other.numbers - one.numbers:
        return False
    if _is_start(one, other) or _is_start(other, one):
        return True
    return jaccard(one.content, other.content) >= _SAME or jaccard(one.trigrams, other.trigrams) >= _SAME_TRIGRAMS


def jaccard(one: Set[str], other: Set[str]) -> float:
    """Shared members over all members; 0 for two empty sets."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _is_start(short: TitleForm, long: TitleForm) -> bool:
    """The shorter is the longer one cut off, perhaps inside a word."""
    if not long.joined.startswith(short.joined):
        return False
    return len(short.words) > 1 and len(short.joined) >= _LEAST_START * len(long.joined)
