"""The automatic subject names the top stories; the preheader goes on where it stops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import story_item, teaser
from digest.compose import headlines


def stories(*titles):
    return [story_item(number, title=title) for number, title in enumerate(titles, 1)]


def test_two_short_titles_both_fit():
    told = stories("Chips get cheaper", "Robots learn to fold", "A third one")
    assert headlines.subject(told) == "Chips get cheaper; Robots learn to fold"
    assert headlines.preheader(told, headlines.named_in_subject(told)) == "A third one"


def test_a_long_first_title_stands_alone_and_the_preheader_tells_the_second():
    told = stories("Regulators in nine countries agree on one rule book for models", "Robots learn to fold")
    assert headlines.subject(told) == "Regulators in nine countries agree on one rule book for…"
    assert headlines.preheader(told, headlines.named_in_subject(told)) == "Robots learn to fold"


def test_a_title_too_long_keeps_its_main_clause():
    title = "Ravensmoor police pause live face search after audit finds most alerts were wrong"
    assert headlines.subject(stories(title)) == "Ravensmoor police pause live face search"


def test_a_single_story_is_continued_by_its_teaser():
    told = [story_item(1, title="Chips get cheaper", teaser=teaser("Prices fell by a third."))]
    assert headlines.subject(told) == "Chips get cheaper"
    assert headlines.preheader(told, 1) == "Prices fell by a third."


@pytest.mark.parametrize(
    ("count", "topics", "minutes", "said"),
    [
        (12, 5, 6, "12 stories from 5 of your topics, 6 minutes to read."),
        (1, 1, 1, "1 story from one of your topics, 1 minute to read."),
    ],
)
def test_the_introduction_counts(count, topics, minutes, said):
    assert headlines.introduction(count, topics, minutes) == said


@given(
    st.lists(st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=200), min_size=1, max_size=5)
)
def test_subject_and_preheader_keep_their_length_whatever_the_titles(titles):
    told = stories(*titles)
    assert len(headlines.subject(told)) <= headlines.SUBJECT_CHARS
    assert len(headlines.preheader(told, headlines.named_in_subject(told))) <= headlines.PREHEADER_CHARS
