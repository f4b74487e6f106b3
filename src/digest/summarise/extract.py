"""Finds the sentences of an article that may be its teaser: takes cleaned paragraphs, gives candidates, best first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.summarise.clean import Paragraph
from digest.summarise.sentences import split


@dataclass(frozen=True, slots=True)
class Candidate:
    """One or two sentences of a paragraph, in its order."""

    text: str
    sentences: tuple[str, ...]
    """Word for word as in the article."""
    paragraph: int
    sentence: int
    """Where in its paragraph the first one stands."""


def candidates(paragraphs: tuple[Paragraph, ...]) -> Iterator[Candidate]:
    """Every sentence and every two neighbours of a paragraph, in the article's order."""
    for paragraph in paragraphs:
        text = paragraph.text + "." if paragraph.is_standfirst else paragraph.text
        found = split(text)
        for at, sentence in enumerate(found):
            yield Candidate(sentence, (sentence,), paragraph.at, at)
            if at + 1 < len(found):
                yield Candidate(f"{sentence} {found[at + 1]}", found[at : at + 2], paragraph.at, at)
