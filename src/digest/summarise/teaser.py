"""Writes the teaser of an article: the publisher's description, else the article's best sentences, else its title.

With a model it asks the model first, and uses what it says only when it keeps the rules and is in the article. It
reaches nothing outside but that model, and never fails.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

from digest.config.machine import SummariseSettings
from digest.errors import OutsideError
from digest.model.feeds import Article
from digest.model.stories import Reason, Teaser, TeaserSource
from digest.ports.outside import TeaserModel
from digest.summarise.clean import paragraphs
from digest.summarise.description import whole_sentences
from digest.summarise.extract import Candidate, ranked
from digest.summarise.language import language_of
from digest.summarise.rules import broken, is_fit
from digest.summarise.support import sources, unsupported, without_orders
from digest.summarise.words import count

_WORDS_PER_MINUTE = 230


def minutes(text: str) -> int:
    """How long the text takes to read at 230 words a minute, in whole minutes, at least 1."""
    return max(1, math.ceil(count(text) / _WORDS_PER_MINUTE))


def write_teaser(article: Article, settings: SummariseSettings, model: TeaserModel | None = None) -> Teaser:
    """The teaser of the article; there is always one, and its reasons say how it came about."""
    refused: tuple[Reason, ...] = ()
    if model is not None and (article.text or article.description):
        written = _from_model(article, settings, model)
        if isinstance(written, Teaser):
            return written
        refused = written
    best = next(_offers(article, settings), None) or _from_title(article.title, settings.max_chars)
    return Teaser(best.text, best.source, best.sentences, refused + best.reasons)


def alternatives(article: Article, settings: SummariseSettings, most: int = 3) -> tuple[Teaser, ...]:
    """Up to `most` teasers of which no two share a sentence, the best first; none when nothing keeps the rules."""
    return tuple(islice(_apart(_offers(article, settings)), most))


def _apart(offers: Iterator[Teaser]) -> Iterator[Teaser]:
    used: set[str] = set()
    for offer in offers:
        if used.isdisjoint(offer.sentences):
            used.update(offer.sentences)
            yield offer


def _offers(article: Article, settings: SummariseSettings) -> Iterator[Teaser]:
    """Every teaser that the article's own words allow, the best first."""
    most = settings.max_chars
    language = language_of(f"{article.description}\n{article.text}", article.language)
    described = ranked(whole_sentences(article), article.title, language, most)
    told = ranked(paragraphs(article.text, article.title), article.title, language, most)
    plain = (candidate for candidate in described if not candidate.is_shortened)
    cut = (candidate for candidate in described if candidate.is_shortened)
    for source, candidates in (
        (TeaserSource.DESCRIPTION, plain),
        (TeaserSource.EXTRACT, told),
        (TeaserSource.DESCRIPTION, cut),
    ):
        for candidate in candidates:
            if is_fit(candidate.text, article.title, language, most):
                yield Teaser(candidate.text, source, candidate.sentences, _reasons(candidate, source, article, most))


def _reasons(candidate: Candidate, source: TeaserSource, article: Article, most: int) -> tuple[Reason, ...]:
    """Where the teaser is from, and why the description is not used where there is one."""
    reasons = [Reason(source.value, f"paragraph {candidate.paragraph + 1}, sentence {candidate.sentence + 1}")]
    if candidate.is_shortened:
        reasons.append(Reason("shortened", "an aside is left out"))
    if article.description and source is TeaserSource.EXTRACT:
        language = language_of(article.description, article.language)
        faults = broken(article.description, article.title, language, most)
        said = "; ".join(f"{fault.rule}: {fault.detail}" for fault in faults) or "not about this article"
        reasons.append(Reason("description.refused", said))
    return tuple(reasons)


def _from_model(article: Article, settings: SummariseSettings, model: TeaserModel) -> Teaser | tuple[Reason, ...]:
    """The model's teaser, or why it is not used."""
    told = without_orders("\n\n".join(one.text for one in paragraphs(article.text, article.title)))
    try:
        said = model.write(article.title, told or article.description, settings.max_chars).strip()
    except OutsideError as error:
        return (Reason("model.unavailable", str(error)),)
    language = language_of(told or article.description, article.language)
    faults = broken(said, article.title, language, settings.max_chars)
    evidence = without_orders(f"{article.title}\n\n{article.description}\n\n{article.text}")
    faults = faults or unsupported(said, evidence)
    if faults:
        return tuple(Reason(f"model.refused:{fault.rule}", fault.detail) for fault in faults)
    return Teaser(
        said, TeaserSource.MODEL, sources(said, evidence), (Reason("model", "keeps the rules and the facts"),)
    )


def _from_title(title: str, most_chars: int) -> Teaser:
    """The title, cut between words where it is too long."""
    text = title if len(title) <= most_chars else title[: most_chars - 1].rsplit(" ", 1)[0] + "…"
    return Teaser(text, TeaserSource.TITLE, (title,), (Reason("title", "no sentence keeps the rules"),))
