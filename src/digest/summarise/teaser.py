"""Writes the teaser of an article: the publisher's description, else the article's best sentences, else its title."""

from __future__ import annotations

import math
import re

from digest.config.machine import SummariseSettings
from digest.model.feeds import Article
from digest.model.stories import Reason, Teaser, TeaserSource
from digest.ports.outside import TeaserModel
from digest.summarise.clean import paragraphs
from digest.summarise.lexicon import CONNECTIVES, UNRESOLVED
from digest.summarise.sentences import split

_WORDS_PER_MINUTE = 230
_WORD = re.compile(r"\w+")


def minutes(text: str) -> int:
    """How long the text takes to read, in whole minutes, at least 1."""
    return max(1, math.ceil(len(_WORD.findall(text)) / _WORDS_PER_MINUTE))


def write_teaser(article: Article, settings: SummariseSettings, model: TeaserModel | None = None) -> Teaser:
    """The teaser of the article; there is always one."""
    found = alternatives(article, settings, 1)
    if found:
        return found[0]
    return Teaser(article.title[: settings.max_chars], TeaserSource.TITLE, (), (Reason("title", "nothing else fits"),))


def alternatives(article: Article, settings: SummariseSettings, most: int = 3) -> tuple[Teaser, ...]:
    """Up to `most` different teasers, the best first."""
    found = [
        Teaser(sentence, source, (sentence,), (Reason(source.value, "first whole sentence that fits"),))
        for source, text in ((TeaserSource.DESCRIPTION, article.description), (TeaserSource.EXTRACT, article.text))
        for paragraph in paragraphs(text, article.title)
        for sentence in split(paragraph)
        if 40 <= len(sentence) <= settings.max_chars and _stands_alone(sentence)
    ]
    return tuple(found[:most])


def _stands_alone(sentence: str) -> bool:
    first = _WORD.search(sentence)
    return first is not None and first[0].casefold() not in UNRESOLVED["en"] | CONNECTIVES["en"]
