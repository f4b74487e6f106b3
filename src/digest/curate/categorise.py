"""What a text is about: takes a text with what its feed said, gives its categories, scores and reasons. Asks nobody.

Evidence adds up: the feed's configured categories and tags (which nearly decide), the category's keywords, likeness to
what editors corrected, nearness of meaning. Too little of it and it abstains, so that an editor is asked rather than a
reader misled. A category that readers cannot choose is never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import mul

from digest.config.publication import CategorySettings
from digest.curate.learned import Example, Learned
from digest.curate.words import stems
from digest.model.feeds import Article
from digest.model.ids import CategorySlug
from digest.model.stories import Reason
from digest.ports.outside import Embedder

_TEXT_WORDS = 400
_TOLD_COUNTS = 12.0
_TITLE_COUNTS = 3.0
_SUMMARY_WORDS = 60
_MOST_OF_ONE = 4.0
"""No keyword counts more than this, however often it stands there."""
_ENOUGH = 3.0
"""Evidence from which a category is given: a keyword in the title, or three in a long text."""
_NEAR_BEST = 0.5
"""A category beside the best one needs at least this share of its evidence."""
_MOST = 3
_LONGEST_LABEL = 60
_LEARNED_FROM = 0.05
_LEARNED_COUNTS = 50.0
_MEANING_FROM = 0.1
_MEANING_COUNTS = 10.0


@dataclass(frozen=True, slots=True)
class Subject:
    """What categorising wants to know of an article."""

    title: str
    text: str = ""
    tags: tuple[str, ...] = ()
    hints: tuple[CategorySlug, ...] = ()


@dataclass(frozen=True, slots=True)
class Categorised:
    """What came out: categories with scores from 0 to 1, best first; none when it abstained."""

    categories: tuple[tuple[CategorySlug, float], ...]
    reasons: tuple[Reason, ...]
    abstained: bool


def subject(article: Article) -> Subject:
    """The article as categorising sees it."""
    return Subject(article.title, f"{article.description}\n\n{article.text}", article.tags, article.hints)


def example(article: Article, categories: Sequence[CategorySlug]) -> Example:
    """What is to be learned of an article that an editor put into these categories."""
    text = subject(article)
    return Example(_weighted(text), tuple(categories))


_Evidence = tuple[CategorySlug, float, Reason]


class Categoriser:
    """Knows the categories; made once, asked for many texts."""

    def __init__(
        self,
        categories: Sequence[CategorySettings],
        embedder: Embedder | None = None,
        examples: Sequence[Example] = (),
    ) -> None:
        self._names = {category.key: category.name for category in categories}
        self._tags = {tuple(stems(category.name)): category.key for category in categories}
        self._choosable = [category for category in categories if category.choosable]
        paid = _keywords([category for category in categories if not category.choosable])
        self._labels = {stemmed: slugs[0][0] for stemmed, slugs in paid.items()}
        self._keywords = _keywords(self._choosable)
        self._longest = max(map(len, self._keywords), default=1)
        self._learned = Learned(examples)
        self._embedder = embedder
        meanings = embedder.embed([_meaning(category) for category in self._choosable]) if embedder else ()
        self._meanings = tuple(zip(self._choosable, meanings, strict=False))

    def categorise(self, texts: Sequence[Subject]) -> list[Categorised]:
        """The categories of each text, in order."""
        readable = [f"{text.title}. {text.title}. {_beginning(text.text)}" for text in texts]
        vectors = self._embedder.embed(readable) if self._embedder else [()] * len(texts)
        return [self._one(text, vector) for text, vector in zip(texts, vectors, strict=True)]

    def _one(self, text: Subject, vector: Sequence[float]) -> Categorised:
        label = self._disclosed(text)
        if label:
            return Categorised(((label, 1.0),), (Reason("label", "its outlet labels it so"),), False)
        found = [*self._told(text), *self._by_keywords(text), *self._by_examples(text), *self._by_meaning(vector)]
        evidence: defaultdict[CategorySlug, float] = defaultdict(float)
        for slug, counts, _ in found:
            evidence[slug] += counts
        best = sorted(evidence.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
        least = max(_ENOUGH, best[0][1] * _NEAR_BEST) if best else 0.0
        kept = tuple((slug, _score(counts)) for slug, counts in best if counts >= least)
        return Categorised(kept, tuple(reason for _, counts, reason in found if counts > 0), not kept)

    def _disclosed(self, text: Subject) -> CategorySlug | None:
        """A category that readers cannot choose is given by labels alone: hint, tag, "Paid post:" at the beginning."""
        before, colon, _ = text.title.partition(":")
        labels = (*text.tags, before if colon else "", text.text.partition(".")[0])
        named = [self._labels.get(tuple(stems(label))) for label in labels if len(label) < _LONGEST_LABEL]
        return next((slug for slug in (*text.hints, *named) if slug in self._labels.values()), None)

    def _told(self, text: Subject) -> list[_Evidence]:
        """What the feed says, which outweighs all but overwhelming evidence for another category beside it."""
        names = self._names
        found = {slug: Reason("source", f"its feed is about {names[slug]}") for slug in text.hints if slug in names}
        for tag in text.tags:
            slug = self._tags.get(tuple(stems(tag)))
            if slug and slug not in found:
                found[slug] = Reason("tag", f"tagged {tag!r}")
        return [(slug, _TOLD_COUNTS, reason) for slug, reason in found.items()]

    def _by_keywords(self, text: Subject) -> list[_Evidence]:
        body = _beginning(text.text)
        hits: defaultdict[tuple[CategorySlug, str], float] = defaultdict(float)
        for part, counts in (
            (text.title, _TITLE_COUNTS),
            *((tag, _TITLE_COUNTS) for tag in text.tags),
            (body, _body_counts(body)),
        ):
            for slug, keyword in self._found(stems(part)):
                hits[slug, keyword] += counts
        return [
            (slug, min(counts, _MOST_OF_ONE), Reason("keyword", f"{self._names[slug]}: {keyword}"))
            for (slug, keyword), counts in hits.items()
        ]

    def _found(self, stemmed: Sequence[str]) -> Iterable[tuple[CategorySlug, str]]:
        for start in range(len(stemmed)):
            for end in range(start + 1, min(start + self._longest, len(stemmed)) + 1):
                yield from self._keywords.get(tuple(stemmed[start:end]), ())

    def _by_examples(self, text: Subject) -> list[_Evidence]:
        """For and against: what is unlike the corrected texts of a category counts against it."""
        likeness = self._learned.likeness(_weighted(text))
        return [
            (slug, (alike - _LEARNED_FROM) * _LEARNED_COUNTS, Reason("examples", f"{name}: like an editor's choices"))
            for slug, alike in likeness.items()
            if (name := self._names.get(slug))
        ]

    def _by_meaning(self, vector: Sequence[float]) -> list[_Evidence]:
        near = [(category, sum(map(mul, vector, meaning))) for category, meaning in self._meanings]
        return [
            (
                category.key,
                (alike - _MEANING_FROM) * _MEANING_COUNTS,
                Reason("meaning", f"{category.name}: {alike:.2f}"),
            )
            for category, alike in near
            if alike > _MEANING_FROM
        ]


def _weighted(text: Subject) -> str:
    """What is learned of a text, and compared: its title counts twice."""
    return f"{text.title} {text.title} {_beginning(text.text)}"


def _body_counts(text: str) -> float:
    """What a keyword in the text counts: in a summary as much as in the title, in a long text a third of that."""
    return min(_TITLE_COUNTS, max(1.0, _SUMMARY_WORDS * _TITLE_COUNTS / max(1, len(text.split()))))


def _score(evidence: float) -> float:
    """From 0.5, just enough, towards 1."""
    return round(evidence / (evidence + _ENOUGH), 3)


def _meaning(category: CategorySettings) -> str:
    return f"{category.name}: {category.description} {', '.join(category.keywords)}"


def _keywords(categories: Sequence[CategorySettings]) -> dict[tuple[str, ...], list[tuple[CategorySlug, str]]]:
    """Each keyword's stems, and whose it is; a category's name is a keyword of its own."""
    found: dict[tuple[str, ...], list[tuple[CategorySlug, str]]] = {}
    for category in categories:
        known = {tuple(stems(keyword)): keyword for keyword in (*category.keywords, category.name)}
        for stemmed, keyword in known.items():
            found.setdefault(stemmed, []).append((category.key, keyword))
    return found


def _beginning(text: str) -> str:
    return " ".join(text.split()[:_TEXT_WORDS])
