"""How alike texts are by their words: takes texts, gives TF-IDF vectors of length 1 and their cosine. Decides nothing.

Salton and Buckley 1988: a word counts by how often it stands here (damped) and how few texts have it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from digest.curate.words import content_stems

Vector = Mapping[str, float]
_TITLE_COUNTS = 2
_LEAD_WORDS = 150


def terms(title: str, lead: str) -> Counter[str]:
    """The words of the title, each counted double, and of the first 150 words of the lead."""
    counts = Counter({stem: _TITLE_COUNTS * times for stem, times in Counter(content_stems(title)).items()})
    counts.update(content_stems(" ".join(lead.split()[:_LEAD_WORDS])))
    return counts


def vectors(texts: Sequence[Counter[str]]) -> list[dict[str, float]]:
    """A vector of length 1 for each text's terms; empty for a text without any."""
    documents = Counter(term for counts in texts for term in counts)
    rarity = {term: math.log(1 + len(texts) / seen) for term, seen in documents.items()}
    return [unit({term: (1 + math.log(times)) * rarity[term] for term, times in counts.items()}) for counts in texts]


def unit(vector: Mapping[str, float]) -> dict[str, float]:
    """The vector at length 1; empty when it has none."""
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / length for term, weight in vector.items()} if length else {}


def cosine(one: Vector, other: Vector) -> float:
    """0 nothing in common, 1 the same."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * long[term] for term, weight in short.items() if term in long)
