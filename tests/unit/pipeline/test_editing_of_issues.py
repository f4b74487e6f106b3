"""Editing a draft: what two editors do goes together, is kept with their names, and can be taken back."""

from __future__ import annotations

import pytest

from build import NOW, at, teaser
from digest.compose.editing import EditError
from digest.errors import StateError
from digest.model.access import Actor, Role
from digest.model.editing import Drop, Pin, Tease
from digest.model.issue import IssueState
from digest.pipeline.editing import edit_issue, history, redo, start_over, undo
from send_ground import approved, press_on

ADA, BEA = Actor("ada", Role.EDITOR), Actor("bea", Role.EDITOR)


@pytest.fixture
def desk(sqlite_store):
    """A press with an approved issue of some stories."""
    press = press_on(sqlite_store)
    return press, approved(press)


def test_an_edit_is_saved_at_once_said_in_words_and_put_on_record(desk):
    press, issue = desk
    first = issue.content.stories[0]
    edited = edit_issue(press, issue.id, Drop(first.story), ADA, at(1))
    assert first not in press.issue(issue.id).content.stories
    assert (edited.state, edited.version) == (IssueState.DRAFT, issue.version + 1)
    [(entry, words)] = history(press, edited, ADA).lines
    assert (entry.by, entry.at, words) == ("ada", at(1), f"dropped “{first.title}”")
    deed = press.store.access.deeds(1)[0]
    assert (deed.who, deed.what, deed.about, deed.detail) == ("ada", "edited", issue.id, words)


def test_two_editors_do_not_overwrite_each_other(desk):
    press, issue = desk
    one, two, *_ = issue.content.stories
    edit_issue(press, issue.id, Tease(one.story, one.teaser.text, teaser("Ada's words.")), ADA, NOW)
    edit_issue(press, issue.id, Drop(two.story), BEA, NOW)
    with pytest.raises(EditError, match="somebody changed its teaser meanwhile to “Ada"):
        edit_issue(press, issue.id, Tease(one.story, one.teaser.text, teaser("Bea's words.")), BEA, NOW)
    now = press.issue(issue.id).content
    assert now.stories[0].teaser.text == "Ada's words."
    assert two not in now.stories


def test_an_edit_in_the_very_moment_of_another_is_made_after_it(desk, monkeypatch):
    press, issue = desk
    one, two, *_ = issue.content.stories
    record, between = press.store.edits.record, [Drop(two.story)]

    def late(*args):
        if between:
            edit_issue(press, issue.id, between.pop(), BEA, NOW)
        return record(*args)

    monkeypatch.setattr(press.store.edits, "record", late)
    edited = edit_issue(press, issue.id, Drop(one.story), ADA, NOW)
    assert not {one.story, two.story} & {item.story for item in edited.content.stories}
    assert len(press.store.edits.log(issue.id).entries) == 2


def test_undo_redo_and_starting_over(desk):
    press, issue = desk
    one, two, *_ = issue.content.stories
    edit_issue(press, issue.id, Pin(two.story), ADA, NOW)
    edit_issue(press, issue.id, Drop(one.story), BEA, NOW)
    assert undo(press, issue.id, ADA, NOW).content.stories[0] == two
    assert history(press, issue, ADA).redo == f"pinned “{two.title}”"
    assert len(redo(press, issue.id, ADA, NOW).content.stories) == len(issue.content.stories) - 1
    with pytest.raises(EditError, match="nothing to undo"):
        redo(press, issue.id, ADA, NOW)
    assert start_over(press, issue.id, ADA, NOW).content == issue.content
    assert history(press, issue, BEA).redo == f"dropped “{one.title}”"


def test_what_a_later_edit_builds_upon_cannot_be_undone_before_it(desk):
    press, issue = desk
    one = issue.content.stories[0]
    edit_issue(press, issue.id, Tease(one.story, one.teaser.text, teaser("First.")), ADA, NOW)
    edit_issue(press, issue.id, Tease(one.story, "First.", teaser("Second.")), BEA, NOW)
    with pytest.raises(EditError, match="a later edit builds upon it"):
        undo(press, issue.id, ADA, NOW)
    assert press.issue(issue.id).content.stories[0].teaser.text == "Second."


def test_an_issue_on_its_way_refuses_edits(desk):
    press, issue = desk
    press.store.issues.advance(issue.id, IssueState.LOCKED, NOW)
    with pytest.raises(StateError, match="can no longer be edited"):
        edit_issue(press, issue.id, Drop(issue.content.stories[0].story), ADA, NOW)
