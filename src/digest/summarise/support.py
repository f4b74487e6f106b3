"""Is it in the article? Takes a teaser that a model wrote and the article, gives what the article does not say.

Checked are names, numbers with their units, quotations, negations, grave words such as "guilty", and how many of the
other words are there. It reads words, not meaning: it refuses some good paraphrases, and what it lets pass may still
be put together wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.model.stories import Reason
from digest.summarise.lexicon import FUNCTION, GRAVE, NEGATIONS
from digest.summarise.numbers import numbers
from digest.summarise.sentences import split
from digest.summarise.words import content, tokens

_JOINING = r"\s(?:of|the|and|de|la|le|du|von|van|bin|al|del|for)\s"
_CAPITALISED = r"[A-ZÀ-Þ][\w’'&-]*(?:\.[A-Z])*"
_NAME = re.compile(rf"{_CAPITALISED}(?:(?:\s|{_JOINING}){_CAPITALISED})*")
_QUOTED = re.compile(r"[\"“„«]\s?([^\"“”„«»]+?)[.,!?]?\s?[\"”“»]")
_QUOTED_WORDS = 2
"""A single quoted word may be irony; more are somebody's words."""
_LEAST_SHARE = 0.75
"""Share of the teaser's words that the article must have."""
_SAME_STATEMENT = 0.6
"""Share of a sentence's words in one of the article's from which both make the same statement."""
_STEM = 5
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:instruction|prompt|above|previous|prior)|\bsystem prompt\b"
    r"|\b(?:as|you are) an? (?:ai|language model|assistant)\b|\bignoriere\b.{0,30}\b(?:anweisung|vorherig)"
    r"|\bignore[zr]?\b.{0,30}\b(?:instruction|consigne)|\bignor[ae]\b.{0,30}\binstruccion",
    re.IGNORECASE,
)


def without_orders(text: str) -> str:
    """The text without the lines that give a language model orders."""
    return "\n".join(line for line in text.split("\n") if not _ORDERS.search(line))


def unsupported(said: str, article: str) -> tuple[Reason, ...]:
    """What the teaser says that the article does not, each with the words at fault; none when all is there."""
    told = tuple(sentence for line in article.split("\n") for sentence in split(line.strip()))
    faults = (
        *(Reason("support.name", name) for name in _foreign_names(said, article)),
        *(Reason("support.number", number) for number in _foreign_numbers(said, article)),
        *(Reason("support.quotation", quotation) for quotation in _foreign_quotations(said, article)),
        *(Reason("support.negation", sentence) for sentence in _turned(said, told)),
        *(Reason("support.claim", word) for word in _foreign_claims(said, article)),
    )
    return faults


def sources(said: str, article: str) -> tuple[str, ...]:
    """For each sentence of the teaser the sentence of the article that says most of it, word for word."""
    told = tuple(sentence for line in article.split("\n") for sentence in split(line.strip()))
    best = (_closest(sentence, told)[0] for sentence in split(said))
    return tuple(dict.fromkeys(sentence for sentence in best if sentence))


def _foreign_names(said: str, article: str) -> Iterator[str]:
    for sentence in split(said):
        for match in _NAME.finditer(sentence):
            name = _without_first_word(match[0]) if match.start() <= 1 else match[0]
            if name and not _is_named(name, article) and not _are_named(re.split(_JOINING, name), article):
                yield name


def _are_named(names: Sequence[str], article: str) -> bool:
    """Whether these are names of their own that the teaser has joined: "Tor Ekeland of Clearview AI"."""
    return len(names) > 1 and all(" " in name and _is_named(name, article) for name in names)


def _without_first_word(name: str) -> str:
    """A sentence's first word has a capital letter whatever it is."""
    first, _, rest = name.partition(" ")
    return rest if first.casefold() in FUNCTION[""] else name if rest else ""


def _is_named(name: str, article: str) -> bool:
    """Whether the article has the name: its words in order, with at most two other capitalised words between."""
    words = [re.escape(word.removesuffix("'s").removesuffix("’s").rstrip(".")) for word in name.split()]
    between = r"(?:['’]s)?[.,]?(?:\s+[A-ZÀ-Þ][\w.’'-]*){0,2}\s+"
    return re.search(r"(?<!\w)" + between.join(f"(?i:{word})" for word in words) + r"(?!\w)", article) is not None


def _foreign_numbers(said: str, article: str) -> Iterator[str]:
    there = tuple(numbers(article))
    return (number.written for number in numbers(said) if not any(number.agrees_with(other) for other in there))


def _foreign_quotations(said: str, article: str) -> Iterator[str]:
    there = f" {' '.join(tokens(article))} "
    for quotation in _QUOTED.findall(said):
        words = tokens(quotation)
        if len(words) >= _QUOTED_WORDS and f" {' '.join(words)} " not in there:
            yield quotation


def _turned(said: str, told: Sequence[str]) -> Iterator[str]:
    """Sentences that deny what the article says, or say what it denies."""
    for sentence in split(said):
        closest, share = _closest(sentence, told)
        if share >= _SAME_STATEMENT and _is_negated(sentence) != _is_negated(closest):
            yield sentence


def _is_negated(sentence: str) -> bool:
    words = set(re.findall(r"[^\W\d_]+(?:['’]t)?", sentence.casefold()))
    return not words.isdisjoint(NEGATIONS) or any(word.endswith(("n't", "n’t")) for word in words)


def _closest(sentence: str, told: Sequence[str]) -> tuple[str, float]:
    """The article's sentence that shares most words, and the share."""
    stems = _stems(sentence)
    if not stems:
        return "", 0.0
    best = max(told, key=lambda other: len(stems & _stems(other)), default="")
    return best, len(stems & _stems(best)) / len(stems)


def _foreign_claims(said: str, article: str) -> Iterator[str]:
    there = _stems(article)
    missing = [word for word in sorted(content(said)) if word[:_STEM] not in there]
    yield from (word for word in missing if word in GRAVE)
    if len(missing) > (1 - _LEAST_SHARE) * len(content(said)):
        yield ", ".join(missing)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in content(text))
