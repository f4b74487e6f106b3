"""The automatic subject names the top stories; the preheader goes on where it stops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import story_item, teaser
from digest.compose import headlines
from digest.model.stories import TeaserSource
from digest.words import words


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
    ("language", "count", "topics", "minutes", "said"),
    [
        ("en", 12, 5, 6, "12 stories from 5 of your topics, 6 minutes to read."),
        ("en", 1, 1, 1, "1 story from one of your topics, 1 minute to read."),
        ("de-AT", 12, 5, 6, "12 Meldungen aus 5 Ihrer Themen, 6 Minuten Lesezeit."),
        ("fr", 1, 1, 2, "1 article dans un de vos thèmes, 2 minutes de lecture."),
        ("es", 2, 2, 1, "2 noticias de 2 de sus temas, 1 minuto de lectura."),
        ("ar", 2, 3, 11, "خبران من 3 من مواضيعك، 11 دقيقة للقراءة."),
        ("ar", 12, 1, 2, "12 خبرًا من أحد مواضيعك، دقيقتان للقراءة."),
        ("ar", 100, 5, 4, "100 خبر من 5 من مواضيعك، 4 دقائق للقراءة."),
    ],
)
def test_the_introduction_counts_as_the_language_does(language, count, topics, minutes, said):
    assert headlines.introduction(count, topics, minutes, words(language)) == said


def test_a_single_story_without_a_teaser_is_not_named_twice():
    told = [story_item(1, title="Chips", teaser=teaser("Chips", source=TeaserSource.TITLE))]
    assert headlines.preheader(told, 1) == ""


@given(
    st.lists(st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=200), min_size=1, max_size=5)
)
def test_subject_and_preheader_keep_their_length_whatever_the_titles(titles):
    told = stories(*titles)
    assert len(headlines.subject(told)) <= headlines.SUBJECT_CHARS
    assert len(headlines.preheader(told, headlines.named_in_subject(told))) <= headlines.PREHEADER_CHARS


def test_the_title_names_topics_as_many_as_fit():
    few = ["Privacy", "Security & Safety", "Robotics"]
    assert headlines.title(few, "en", words("en")) == "Privacy, Security & Safety, and Robotics"
    assert headlines.title(few, "de", words("de")) == "Privacy, Security & Safety und Robotics"
    many = [*few, "Legislation & Government", "Health"]
    assert headlines.title(many, "en", words("en")) == "Privacy, Security & Safety, Robotics, and 2 more topics"
    assert headlines.title(many, "fr", words("fr")) == "Privacy, Security & Safety, Robotics et 2 autres sujets"


def test_one_endless_topic_is_named_all_the_same():
    assert headlines.title(["x" * 90], "en", words("en")) == "x" * 90
