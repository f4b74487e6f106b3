"""What a text is about: takes a text with what its feed said, gives its categories, scores and reasons. Asks nobody.

Evidence in order of trust: the feed's configured categories, the feed's own tags, the category's keywords, nearness of
meaning. Below a margin it abstains, so that an editor is asked rather than a reader misled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.config.publication import CategorySettings
from digest.curate.words import stems
from digest.model.feeds import Article
from digest.model.ids import CategorySlug
from digest.model.stories import Reason
from digest.ports.outside import Embedder

_TEXT_WORDS = 400
_TITLE_COUNTS = 3.0
_ENOUGH = 0.5
_NEAR_BEST = 0.5
"""A category beside the best one needs at least this share of its score."""
_MOST = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """What categorising wants to know of an article."""

    title: str
    text: str = ""
    tags: tuple[str, ...] = ()
    hints: tuple[CategorySlug, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A text that an editor put into categories."""

    text: str
    categories: tuple[CategorySlug, ...]


@dataclass(frozen=True, slots=True)
class Categorised:
    """What came out: categories with scores from 0 to 1, best first; none when it abstained."""

    categories: tuple[tuple[CategorySlug, float], ...]
    reasons: tuple[Reason, ...]
    abstained: bool


def subject(article: Article) -> Subject:
    """The article as categorising sees it."""
    return Subject(article.title, f"{article.description}\n\n{article.text}", article.tags, article.hints)


class Categoriser:
    """Knows the categories; made once, asked for every text."""

    def __init__(
        self,
        categories: Sequence[CategorySettings],
        embedder: Embedder | None = None,
        examples: Sequence[Example] = (),
    ) -> None:
        self._categories = tuple(categories)
        self._names = {tuple(stems(c.name)): c.key for c in categories}
        self._keywords = _keywords(categories)
        self._longest = max(map(len, self._keywords), default=1)
        self._choosable = {c.key for c in categories if c.choosable}
        self._embedder, self._examples = embedder, tuple(examples)

    def categorise(self, texts: Sequence[Subject]) -> list[Categorised]:
        """The categories of each text, in order."""
        return [self._one(text) for text in texts]

    def _one(self, text: Subject) -> Categorised:
        told = self._told(text)
        scores = {slug: 1.0 for slug, _ in told}
        reasons = [reason for _, reason in told]
        if not told:
            scores, reasons = self._by_keywords(text)
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
        kept = tuple((slug, round(s, 3)) for slug, s in best if s >= max(_ENOUGH, _NEAR_BEST * best[0][1]))
        return Categorised(kept, tuple(reasons), not kept)

    def _told(self, text: Subject) -> list[tuple[CategorySlug, Reason]]:
        """What the feed says: the only way into a category that readers cannot choose."""
        known = {category.key: category.name for category in self._categories}
        found = {slug: Reason("source", f"its feed is about {known[slug]}") for slug in text.hints if slug in known}
        for tag in text.tags:
            slug = self._names.get(tuple(stems(tag)))
            if slug and slug not in found:
                found[slug] = Reason("tag", f"tagged {tag!r}")
        return list(found.items())

    def _by_keywords(self, text: Subject) -> tuple[dict[CategorySlug, float], list[Reason]]:
        hits: defaultdict[tuple[CategorySlug, str], float] = defaultdict(float)
        for part, counts in ((text.title, _TITLE_COUNTS), (_beginning(text.text), 1.0)):
            for slug, keyword in self._found(stems(part)):
                hits[slug, keyword] += counts
        scores: defaultdict[CategorySlug, float] = defaultdict(float)
        for (slug, _), times in hits.items():
            scores[slug] += min(times, 4.0)
        found = {slug: score / (score + 2.5) for slug, score in scores.items() if slug in self._choosable}
        return found, [Reason("keyword", f"{slug}: {keyword}") for slug, keyword in sorted(hits)]

    def _found(self, stemmed: Sequence[str]) -> Iterable[tuple[CategorySlug, str]]:
        for start in range(len(stemmed)):
            for end in range(start + 1, min(start + self._longest, len(stemmed)) + 1):
                yield from self._keywords.get(tuple(stemmed[start:end]), ())


def _keywords(categories: Sequence[CategorySettings]) -> dict[tuple[str, ...], list[tuple[CategorySlug, str]]]:
    """Each keyword's stems, and whose it is; a category's name is a keyword of its own."""
    found: dict[tuple[str, ...], list[tuple[CategorySlug, str]]] = {}
    for category in categories:
        for keyword in dict.fromkeys((category.name, *category.keywords)):
            found.setdefault(tuple(stems(keyword)), []).append((category.key, keyword))
    return found


def _beginning(text: str) -> str:
    return " ".join(text.split()[:_TEXT_WORDS])
