"""What an import says that differs."""

from __future__ import annotations

from dataclasses import replace

import press as small
from build import SECURITY, event, story_item, teaser
from digest.compose.differences import differences
from digest.compose.editing import apply
from digest.model.editing import Arrange, Drop, Pin, Place, Promote, Retitle
from digest.model.issue import Headline, Section

BEFORE = small.content()
ONE, TWO, THREE, FOUR = (item.story for item in BEFORE.stories)


def said(after) -> list[tuple[str, str, str]]:
    return [(one.kind.value, one.what, one.detail) for one in differences(BEFORE, after)]


def test_nothing_differs():
    assert differences(BEFORE, small.content()) == ()


def test_stories_in_and_out():
    new = story_item(9)
    sections = (replace(BEFORE.sections[0], stories=(*BEFORE.sections[0].stories, new.story)), *BEFORE.sections[1:])
    assert said(replace(BEFORE, stories=(*BEFORE.stories, new), sections=sections)) == [("in", "Title 9", "privacy")]
    assert said(apply(BEFORE, Drop(THREE))) == [("out", "Title 3", "")]


def test_stories_that_moved_are_named_and_as_few_as_can_be():
    assert said(apply(BEFORE, Place(FOUR, "robotics", SECURITY))) == [
        ("moved", "The hand that sews", "from robotics to security")
    ]
    assert said(apply(BEFORE, Place(TWO, "privacy", "privacy", ONE))) == [
        ("moved", BEFORE.stories[1].title, "within privacy")
    ]
    assert said(replace(BEFORE, stories=BEFORE.stories[1:] + BEFORE.stories[:1])) == [
        ("moved", BEFORE.stories[0].title, "in rank")
    ]
    assert said(apply(BEFORE, Arrange("robotics", "privacy"))) == [("moved", "section robotics", "")]


def test_words_pictures_and_pins():
    item = BEFORE.stories[2]
    assert said(apply(BEFORE, Retitle(THREE, item.title, "New"))) == [("rewritten", "Title 3", "title: New")]
    told = replace(BEFORE, stories=(*BEFORE.stories[:2], replace(item, teaser=teaser("Other.")), BEFORE.stories[3]))
    assert said(told) == [("rewritten", "Title 3", "teaser: Other.")]
    bare = replace(BEFORE, stories=(replace(BEFORE.stories[0], picture=None, minutes=9), *BEFORE.stories[1:]))
    assert said(bare) == [("rewritten", BEFORE.stories[0].title, "picture, minutes")]
    assert said(apply(BEFORE, Pin(ONE))) == [("pinned", BEFORE.stories[0].title, "")]


def test_headlines_sections_and_promotions():
    assert said(replace(BEFORE, subject=Headline("Now"))) == [("in", "subject", "Now")]
    assert said(apply(BEFORE, Promote("acme", None))) == [("out", "sponsor acme", "")]
    assert said(apply(BEFORE, Promote("summit", event(place="Rome")))) == [("rewritten", "event summit", "")]
    assert said(replace(BEFORE, sections=(*BEFORE.sections, Section("x", ())))) == [("in", "section x", "")]


def test_a_story_that_no_section_names_is_said_to_be_told_nowhere():
    lonely = replace(BEFORE, stories=(*BEFORE.stories, story_item(9)))
    assert ("told nowhere", "Title 9", "no section of issue.toml names it") in said(lonely)


def test_what_readers_do_not_see_differs_too():
    scored = replace(BEFORE, stories=(replace(BEFORE.stories[0], score=9.0), *BEFORE.stories[1:]))
    assert said(scored) == [("rewritten", "issue", "what readers do not see")]
