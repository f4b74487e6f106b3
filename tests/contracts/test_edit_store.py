"""What every EditStore does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from build import NOW, PRIVACY, at, compiled, content, event, issue, picture, sponsor, story_item
from digest.errors import StateError
from digest.model.editing import (
    Arrange,
    Bring,
    Drop,
    Edit,
    Entry,
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
from digest.model.ids import IssueId
from digest.model.issue import Headline, IssueState
from digest.ports.editing import EditLog
from digest.ports.store import Store

ITEM = story_item(1, picture=picture())
EVERY_EDIT: tuple[Edit, ...] = (
    Place(ITEM.story, PRIVACY, PRIVACY, None), Drop(ITEM.story), Pin(ITEM.story), Unpin(ITEM.story),
    Bring(ITEM, PRIVACY), Retitle(ITEM.story, "a", "b"), Tease(ITEM.story, "a", ITEM.teaser),
    Repicture(ITEM.story, "", picture()), Repicture(ITEM.story, "x", None),
    Say(Line.SUBJECT, "", Headline("s", (ITEM.story,))), Say(Line.INTRO, "s", None),
    Promote("k", sponsor()), Promote("k", event(ends_on=date(2027, 3, 4))), Promote("k", None),
    Arrange(PRIVACY), Replace(content(ITEM)),
)  # fmt: skip


def entry(number: int, edit: Edit = Pin(ITEM.story), by: str = "ada", is_undone: bool = False) -> Entry:
    return Entry(issue().id, number, edit, by, at(number), is_undone)


@pytest.fixture
def built(store: Store) -> Store:
    """A store with one draft."""
    store.issues.create(issue(content=content(ITEM)), NOW)
    return store


def test_an_issue_that_nobody_touched_has_its_content_and_no_edits(built: Store):
    assert built.edits.log(issue().id) == EditLog(content(ITEM))
    with pytest.raises(StateError, match="does not exist"):
        built.edits.log(IssueId("none"))


def test_every_edit_comes_back_exactly_as_it_was_made(built: Store):
    entries = tuple(entry(number, edit) for number, edit in enumerate(EVERY_EDIT, start=1))
    built.edits.record(issue().id, entries, content(), 1, NOW)
    assert built.edits.log(issue().id).entries == entries


def test_what_the_rules_had_is_kept_with_the_first_edit(built: Store):
    edited = built.edits.record(issue().id, [entry(1)], content(story_item(2)), 1, at(1))
    assert (edited.version, edited.content) == (2, content(story_item(2)))
    built.edits.record(issue().id, [entry(1), entry(2)], content(story_item(3)), 2, at(2))
    assert built.edits.log(issue().id) == EditLog(content(ITEM), (entry(1), entry(2)))
    assert built.issues.get(issue().id).content == content(story_item(3))


def test_edits_are_undone_made_again_and_forgotten(built: Store):
    undone = entry(2, is_undone=True)
    built.edits.record(issue().id, [entry(1), entry(2)], content(), 1, NOW)
    built.edits.record(issue().id, [entry(1), undone], content(), 2, NOW)
    assert built.edits.log(issue().id).entries == (entry(1), undone)
    built.edits.record(issue().id, [entry(1), entry(3)], content(), 3, NOW)
    assert built.edits.log(issue().id).entries == (entry(1), entry(3))


def test_of_two_that_have_seen_the_same_version_one_is_refused(built: Store):
    built.edits.record(issue().id, [entry(1)], content(), 1, NOW)
    with pytest.raises(StateError, match="changed by somebody else"):
        built.edits.record(issue().id, [entry(1, Drop(ITEM.story))], content(), 1, NOW)
    assert built.edits.log(issue().id).entries == (entry(1),)


def test_an_edit_takes_an_approval_back_and_a_locked_issue_refuses_it(built: Store):
    of = issue()
    built.issues.approve(of.id, "ed", "hash", compiled(of.id), 1, NOW)
    edited = built.edits.record(of.id, [entry(1)], content(ITEM), 2, NOW)
    assert (edited.state, edited.approval_hash, built.issues.compiled(of.id)) == (IssueState.DRAFT, "", None)
    built.issues.approve(of.id, "ed", "hash", compiled(of.id), 3, NOW)
    built.issues.advance(of.id, IssueState.LOCKED, NOW)
    with pytest.raises(StateError, match="is locked and can no longer be edited"):
        built.edits.record(of.id, [], content(), 5, NOW)


def test_logs_of_two_issues_are_apart(built: Store):
    other = issue("daily")
    built.issues.create(other, NOW)
    built.edits.record(other.id, [replace(entry(1), issue=other.id)], content(), 1, NOW)
    assert built.edits.log(issue().id).entries == ()
