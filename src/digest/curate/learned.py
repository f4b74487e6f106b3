"""What editors' corrections teach: takes texts with their categories, gives how much another text is like each.

Rocchio's method (Manning, Raghavan and Schütze 2008, section 14.2): the mean of a category's texts, less the mean of
all, is held against the text. It learns a category from 8 examples on; measured as good as sentence embeddings.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.curate.likeness import cosine, unit
from digest.curate.words import content_stems
from digest.model.ids import CategorySlug

ENOUGH = 8
"""Examples from which a category is learned."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that an editor put into categories; none says that no category fits."""

    text: str
    categories: tuple[CategorySlug, ...]


class Learned:
    """The categories that have enough examples, as directions in the space of words."""

    def __init__(self, examples: Sequence[Example]) -> None:
        counts = [_counts(example.text) for example in examples]
        seen = Counter(term for terms in counts for term in terms)
        self._rarity = {term: math.log(1 + len(examples) / times) for term, times in seen.items()}
        vectors = [self._vector(terms) for terms in counts]
        self._mean = _mean(vectors)
        members: defaultdict[CategorySlug, list[Mapping[str, float]]] = defaultdict(list)
        for example, vector in zip(examples, vectors, strict=True):
            for category in example.categories:
                members[category].append(vector)
        self._directions = {
            category: unit(_less(_mean(texts), self._mean))
            for category, texts in members.items()
            if len(texts) >= ENOUGH
        }
        self._offsets = {category: cosine(self._mean, known) for category, known in self._directions.items()}

    def likeness(self, text: str) -> dict[CategorySlug, float]:
        """From -1 (unlike) through 0 (like any text) to 1, for each learned category."""
        vector = self._vector(_counts(text))
        length = math.sqrt(
            max(1e-9, cosine(vector, vector) + cosine(self._mean, self._mean) - 2 * cosine(vector, self._mean))
        )
        return {
            category: (cosine(vector, known) - self._offsets[category]) / length
            for category, known in self._directions.items()
        }

    def _vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        return unit({t: (1 + math.log(n)) * self._rarity[t] for t, n in counts.items() if t in self._rarity})


def _counts(text: str) -> Counter[str]:
    return Counter(content_stems(text))


def _mean(vectors: Sequence[Mapping[str, float]]) -> dict[str, float]:
    total: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, weight in vector.items():
            total[term] += weight / len(vectors)
    return dict(total)


def _less(vector: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {term: vector.get(term, 0.0) - other.get(term, 0.0) for term in {**vector, **other}}
