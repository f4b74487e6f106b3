"""Edits: what each makes of an issue, how those of two editors go together, and how one is taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import NOW, PRIVACY, ROBOTICS, SECURITY, content, event, issue, picture, sponsor, story_item, teaser
from digest.compose.editing import EditError, apply, edited, is_pinned
from digest.compose.history import Names, added, in_words, titles_in, to_redo, to_undo, turned
from digest.model.editing import (
    Arrange,
    Bring,
    Drop,
    Edit,
    Line,
    Pin,
    Place,
    Promote,
    Repicture,
    Replace,
    Retitle,
    Say,
    Tease,
    Unpin,
)  # fmt: skip
from digest.model.issue import Headline, IssueContent, Section

ONE, TWO, THREE, NEW = (story_item(n, score=10.0 - n) for n in (1, 2, 3, 9))
BOARD = replace(
    content(ONE, TWO, THREE),
    sections=(Section(PRIVACY, (ONE.story, TWO.story)), Section(SECURITY, (TWO.story, THREE.story), most=2)),
)
ORDER = (PRIVACY, ROBOTICS, SECURITY)


def after(*edits: Edit, of: IssueContent = BOARD) -> IssueContent:
    for edit in edits:
        of = apply(of, edit, ORDER)
    return of


def under(board: IssueContent, category: str) -> tuple[str, ...]:
    return next((section.stories for section in board.sections if section.category == category), ())


def test_a_story_moves_within_its_category():
    assert under(after(Place(TWO.story, PRIVACY, PRIVACY, ONE.story)), PRIVACY) == (TWO.story, ONE.story)
    assert under(after(Place(ONE.story, PRIVACY, PRIVACY)), PRIVACY) == (TWO.story, ONE.story)


def test_a_story_moves_to_another_category_and_is_told_there():
    board = after(Place(ONE.story, PRIVACY, SECURITY, THREE.story))
    assert under(board, PRIVACY) == (TWO.story,)
    assert under(board, SECURITY) == (TWO.story, ONE.story, THREE.story)
    assert board.stories[0].categories == (SECURITY,)
    assert board.sections[1].most == 3, "it takes no other story's place"


def test_a_category_that_had_no_story_appears_where_the_newsletter_has_it():
    board = after(Place(ONE.story, PRIVACY, ROBOTICS))
    assert [section.category for section in board.sections] == list(ORDER)


def test_a_dropped_story_is_nowhere():
    board = after(Drop(TWO.story))
    assert [item.story for item in board.stories] == [ONE.story, THREE.story]
    assert (under(board, PRIVACY), under(board, SECURITY)) == ((ONE.story,), (THREE.story,))


def test_a_pinned_story_leads_and_stands_first_until_it_is_unpinned():
    board = after(Pin(THREE.story))
    assert board.stories[0].story == THREE.story
    assert is_pinned(board.stories[0])
    assert under(board, SECURITY) == (THREE.story, TWO.story)
    again = after(Unpin(THREE.story), of=board)
    assert again.stories == BOARD.stories


def test_a_story_is_brought_in_and_told_to_everyone_of_its_category():
    board = after(Bring(replace(NEW, gathered_at=NOW), PRIVACY, ONE.story))
    assert under(board, PRIVACY)[0] == NEW.story
    assert board.stories[-1].gathered_at is None
    with pytest.raises(EditError, match="is in the issue already"):
        after(Bring(NEW, SECURITY), of=board)


def test_words_and_pictures_are_rewritten_unless_somebody_was_there_before():
    better = teaser("Better words.")
    board = after(
        Retitle(ONE.story, ONE.title, "New title"), Tease(ONE.story, ONE.teaser.text, better),
        Repicture(ONE.story, "", picture()),
    )  # fmt: skip
    assert (board.stories[0].title, board.stories[0].teaser, board.stories[0].picture) == (
        "New title", better, picture(),
    )  # fmt: skip
    for late in (
        Retitle(ONE.story, ONE.title, "x"), Tease(ONE.story, ONE.teaser.text, teaser("y")),
        Repicture(ONE.story, "", None),
    ):  # fmt: skip
        with pytest.raises(EditError, match="somebody changed its"):
            after(late, of=board)


def test_the_lines_of_the_whole_issue():
    said = Headline("Two big ones", (ONE.story, TWO.story))
    board = after(Say(Line.SUBJECT, "", said), Say(Line.PREHEADER, "", said), Say(Line.INTRO, "", said))
    assert (board.subject, board.preheader, board.intro) == (said, said, said)
    assert after(Say(Line.SUBJECT, said.text, None), of=board).subject is None
    with pytest.raises(EditError, match="changed its intro"):
        after(Say(Line.INTRO, "", None), of=board)


def test_sponsors_and_events_come_change_and_go():
    board = after(Promote("s", sponsor(key="s")), Promote("e", event(key="e")))
    assert (len(board.sponsors), len(board.events)) == (1, 1)
    changed = after(Promote("s", sponsor(key="s", title="Other")), of=board)
    assert [one.title for one in changed.sponsors] == ["Other"]
    assert after(Promote("s", None), Promote("e", None), of=board) == BOARD
    with pytest.raises(EditError, match="is not in the issue any more"):
        after(Promote("s", None))


def test_categories_are_arranged_and_all_is_replaced():
    assert [s.category for s in after(Arrange(SECURITY, PRIVACY)).sections] == [SECURITY, PRIVACY]
    assert after(Replace(content(NEW))) == content(NEW)


@pytest.mark.parametrize("edit", [Drop(NEW.story), Pin(NEW.story), Place(NEW.story, PRIVACY, SECURITY)])
def test_what_is_gone_is_named(edit: Edit):
    with pytest.raises(EditError, match="is not in the issue any more"):
        after(edit)


def test_a_story_that_somebody_moved_meanwhile_is_not_moved_from_where_it_was():
    with pytest.raises(EditError, match="does not stand under privacy any more"):
        after(Place(ONE.story, PRIVACY, SECURITY), Place(ONE.story, PRIVACY, ROBOTICS))


def test_undoing_and_doing_again_is_each_editors_own():
    log = added((), issue().id, Pin(ONE.story), "ada", NOW)
    log = added(log, issue().id, Drop(TWO.story), "bea", NOW)
    assert to_undo(log, "ada") == log[0]
    log = turned(log, log[0])
    assert (to_undo(log, "ada"), to_redo(log, "ada"), to_redo(log, "bea")) == (None, log[0], None)
    assert edited(BOARD, log, ORDER) == after(Drop(TWO.story))
    log = turned(log, log[0])
    assert edited(BOARD, log, ORDER) == after(Pin(ONE.story), Drop(TWO.story))


def test_after_a_new_edit_the_undone_one_is_gone():
    log = added((), issue().id, Pin(ONE.story), "ada", NOW)
    log = added(turned(log, log[0]), issue().id, Drop(TWO.story), "ada", NOW)
    assert [entry.edit for entry in log] == [Drop(TWO.story)]
    assert to_redo(log, "ada") is None


def test_every_edit_can_be_said_in_words():
    names = Names(titles_in(BOARD, ()), {PRIVACY: "Privacy", SECURITY: "Security"})
    assert in_words(Place(ONE.story, PRIVACY, SECURITY), names) == f"moved “{ONE.title}” to Security"
    assert in_words(Say(Line.INTRO, "", None), names) == "took back the intro"
    assert in_words(Promote("k", sponsor(title="Buy")), names) == "placed Buy"


EDITS = st.one_of(
    st.builds(Place, st.sampled_from([ONE.story, TWO.story, NEW.story]), st.sampled_from(ORDER),
              st.sampled_from(ORDER), st.sampled_from([None, ONE.story, THREE.story])),
    st.builds(Drop, st.sampled_from([ONE.story, THREE.story])),
    st.builds(Pin, st.sampled_from([ONE.story, TWO.story, THREE.story])),
    st.builds(Unpin, st.sampled_from([ONE.story, TWO.story])),
    st.builds(Bring, st.just(NEW), st.sampled_from(ORDER)),
    st.builds(Arrange, st.sampled_from(ORDER), st.sampled_from(ORDER)),
)  # fmt: skip


@given(st.lists(EDITS, max_size=12))
def test_whatever_is_done_every_story_that_is_told_is_there_and_no_place_is_taken_twice(edits: list[Edit]):
    board = BOARD
    for edit in edits:
        try:
            board = apply(board, edit, ORDER)
        except EditError:
            continue
    ids = [item.story for item in board.stories]
    assert len(set(ids)) == len(ids)
    for section in board.sections:
        assert len(set(section.stories)) == len(section.stories)
        assert set(section.stories) <= set(ids)
