"""Whatever the article holds: there is a teaser, short and stable, in the article's own words and their order."""

from __future__ import annotations

import os
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from build import article
from digest.config.machine import SummariseSettings
from digest.model.stories import TeaserSource
from digest.summarise.clean import paragraphs
from digest.summarise.rules import broken
from digest.summarise.sentences import split
from digest.summarise.shorten import shortened
from digest.summarise.support import unsupported
from digest.summarise.teaser import alternatives, write_teaser

CASES = 2000 if os.environ.get("DIGEST_SOAK") else 150
LIMITS = SummariseSettings()

_AWKWARD = """
The council Springfield (ACLU) Dr. U.S. 3.5 million said “yes, no” which — bridge, and He But voted U.K. z. B. Mr. “We
won.” who warned ... why? repairs 2024 not against l'État Größe 今日は。 مرحبا ‘so’ – city's , ; : ( ) [ ] "
"""
_WORDS = st.sampled_from(_AWKWARD.split())
_SENTENCES = st.builds(lambda words, end: " ".join(words) + end, st.lists(_WORDS, min_size=1, max_size=40),
                       st.sampled_from([".", ".", ".", "!", "?", "…", ":", "", ".”", "。"]))  # fmt: skip
_PARAGRAPHS = st.lists(_SENTENCES, min_size=1, max_size=4).map(" ".join)
_TEXTS = st.one_of(
    st.lists(_PARAGRAPHS, max_size=6).map("\n\n".join),
    st.lists(_PARAGRAPHS, max_size=6).map("\n".join),
    st.text(max_size=400),
)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def is_within(few: list[str], many: list[str]) -> bool:
    there = iter(many)
    return all(word in there for word in few)


@settings(max_examples=CASES, deadline=None)
@given(title=st.one_of(_SENTENCES, st.text(max_size=300)), described=_TEXTS, text=_TEXTS)
def test_there_is_always_a_teaser_within_the_limit(title: str, described: str, text: str) -> None:
    about = article(title=title, description=described, text=text)
    made = write_teaser(about, LIMITS)
    assert len(made.text) <= LIMITS.max_chars
    assert made.reasons
    assert made == write_teaser(about, LIMITS)


@settings(max_examples=CASES, deadline=None)
@given(described=_TEXTS, text=_TEXTS)
def test_every_alternative_keeps_the_rules_in_the_articles_own_words(described: str, text: str) -> None:
    about = article(title="Springfield votes on repairs", description=described, text=text)
    for made in alternatives(about, LIMITS, most=10):
        origin = described if made.source is TeaserSource.DESCRIPTION else text
        flat = " ".join(origin.split())
        assert not [
            fault for fault in broken(made.text, about.title, "", LIMITS.max_chars) if fault.rule in _ANY_LANGUAGE
        ]
        assert all(sentence in flat for sentence in made.sentences)
        assert is_within(words(made.text), words(" ".join(made.sentences)))


_ANY_LANGUAGE = {"teaser.length", "teaser.whole", "teaser.sentences", "teaser.balance", "teaser.markup", "teaser.adds"}


@settings(max_examples=CASES, deadline=None)
@given(_PARAGRAPHS)
def test_splitting_loses_nothing_but_white_space(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@settings(max_examples=CASES, deadline=None)
@given(_TEXTS, st.text(max_size=40))
def test_cleaning_only_drops(text: str, title: str) -> None:
    flat = " ".join(text.split())
    assert all(paragraph.text in flat for paragraph in paragraphs(text, title))


@settings(max_examples=CASES, deadline=None)
@given(_SENTENCES, st.integers(60, 300))
def test_shortening_only_leaves_out(sentence: str, most: int) -> None:
    for form in shortened(sentence, "en", most):
        assert len(form) <= most
        assert is_within(words(form), words(sentence))


@settings(max_examples=CASES, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_the_support_check_takes_any_text(said: str, text: str) -> None:
    assert isinstance(unsupported(said, text), tuple)
