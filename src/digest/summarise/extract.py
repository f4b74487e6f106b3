"""Finds the sentences of an article that may be its teaser: takes cleaned paragraphs, gives candidates, best first.

A candidate is one sentence, or two neighbours of the same paragraph, word for word; a sentence that is too long also
comes shortened. What is best was measured on news pages: the beginning wins, then what shares words with the title
and fills the room. No rule is applied here: that is for `rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digest.summarise.clean import Paragraph
from digest.summarise.sentences import split
from digest.summarise.shorten import shortened
from digest.summarise.words import content


@dataclass(frozen=True, slots=True)
class Candidate:
    """One or two sentences of a paragraph, in its order."""

    text: str
    sentences: tuple[str, ...]
    """Word for word as in the article."""
    paragraph: int
    sentence: int
    """Where in its paragraph the first one stands."""
    is_shortened: bool = False
    """Whether an aside was left out."""


def ranked(paragraphs: Iterable[Paragraph], title: str, language: str, most_chars: int) -> tuple[Candidate, ...]:
    """Every candidate of at most `most_chars` characters, the best first."""
    titled = content(title)
    found = (one for paragraph in paragraphs for one in _candidates(paragraph, language, most_chars))
    return tuple(sorted(found, key=lambda candidate: -_worth(candidate, titled, most_chars)))


def _candidates(paragraph: Paragraph, language: str, most_chars: int) -> Iterator[Candidate]:
    sentences = split(paragraph.text)
    texts = (*sentences[:-1], sentences[-1] + ".") if paragraph.is_standfirst else sentences
    for at, text in enumerate(texts):
        forms = (text,) if len(text) <= most_chars else shortened(text, language, most_chars)
        for form in forms:
            yield Candidate(form, sentences[at : at + 1], paragraph.at, at, is_shortened=form != text)
        pair = _gap(text).join(texts[at : at + 2])
        if at + 1 < len(texts) and len(pair) <= most_chars:
            yield Candidate(pair, sentences[at : at + 2], paragraph.at, at)


def _gap(before: str) -> str:
    """What stands between two sentences: nothing after the marks of Chinese and Japanese."""
    return "" if before.rstrip("”’」』）").endswith(("。", "！", "？", "｡")) else " "


_LATER_PARAGRAPH, _EACH_PARAGRAPH = 2.7, 0.3
_SECOND_SENTENCE, _LATER_SENTENCE = 1.4, 2.0
_FILLED, _SHORT, _SHORT_CHARS = 1.0, 0.7, 90
_OF_TITLE, _IN_TITLE = 2.0, 0.8
"""Weights fitted on five folds of 233 news pages, then rounded: the decimals hardly matter."""


def _worth(candidate: Candidate, titled: frozenset[str], most_chars: int) -> float:
    """How good the candidate is beside the others of its article."""
    words = content(candidate.text)
    shared, length = len(words & titled), len(candidate.text)
    place = (_LATER_PARAGRAPH + _EACH_PARAGRAPH * candidate.paragraph) * (candidate.paragraph > 0)
    place += (0.0, _SECOND_SENTENCE, _LATER_SENTENCE)[min(candidate.sentence, 2)]
    room = _FILLED * length / most_chars - _SHORT * max(0, _SHORT_CHARS - length) / 100
    subject = _OF_TITLE * shared / max(1, len(titled)) + _IN_TITLE * shared / max(1, len(words))
    return room + subject - place
