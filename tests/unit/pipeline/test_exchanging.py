"""An issue goes out as files and comes back as one edit, with what differs."""

from __future__ import annotations

import re

import pytest

from build import NOW, WEEKLY, at, recipient, subscriber
from digest.compose.parsing import FolderError
from digest.config.personas import Persona
from digest.errors import StateError, UsageError
from digest.model.access import Actor, Role
from digest.model.editing import Drop, Retitle
from digest.model.issue import IssueState
from digest.model.people import Recipient
from digest.model.stories import TeaserSource
from digest.pipeline.editing import edit_issue, history, undo
from digest.pipeline.exchanging import export_issue, import_issue
from digest.pipeline.steering import cancel_issue
from send_ground import approved, press_on

ADA = Actor("ada", Role.EDITOR)
PERSONAS = (
    Persona("all", recipient(1, "privacy", "security", "robotics")),
    Persona("../Zoë", Recipient(subscriber(2, name="<Zoë>"), recipient(2, "robotics").preferences)),
    Persona("nothing", recipient(3, "unknown")),
)
ONE = "stories/01-regulator-tells-hospitals-to-stop.md"


@pytest.fixture
def desk(sqlite_store):
    press = press_on(sqlite_store)
    return press, approved(press)


def test_export_import_export_is_identical_and_changes_nothing(desk):
    press, issue = desk
    exported = export_issue(press, issue, PERSONAS, NOW)
    imported = import_issue(press, exported, ADA, at(1))
    assert (imported.saved, imported.differences) == (False, ())
    assert press.issue(issue.id) == issue
    assert export_issue(press, press.issue(issue.id), PERSONAS, at(99)) == exported


def test_what_was_edited_since_is_put_back_exactly(desk):
    press, issue = desk
    exported = export_issue(press, issue, PERSONAS, NOW)
    first = issue.content.stories[0]
    edit_issue(press, issue.id, Retitle(first.story, first.title, "Another"), ADA, NOW)
    edit_issue(press, issue.id, Drop(issue.content.stories[1].story), ADA, NOW)
    for dry_run in (True, False):  # a look promises nothing that the import refuses
        with pytest.raises(StateError, match="was edited since these files were exported"):
            import_issue(press, exported, ADA, NOW, dry_run=dry_run)
    assert import_issue(press, exported, ADA, NOW, dry_run=True, over=True).differences
    assert import_issue(press, exported, ADA, NOW, over=True).saved
    assert export_issue(press, press.issue(issue.id), PERSONAS, NOW) == exported


def test_an_issue_that_can_no_longer_be_edited_is_refused_by_a_look_too(desk):
    press, issue = desk
    exported = export_issue(press, issue, (), NOW)
    files = exported | {ONE: exported[ONE].replace(b"Teaser 1 says", b"The editor says")}
    cancel_issue(press, issue.id, "a mistake", NOW)
    for dry_run in (True, False):
        with pytest.raises(StateError, match="is cancelled and can no longer be edited"):
            import_issue(press, files, ADA, NOW, dry_run=dry_run)


def test_the_mails_of_personas_lie_beside_it_without_anybodys_links(desk):
    press, issue = desk
    files = export_issue(press, issue, PERSONAS, NOW)
    assert sorted(name for name in files if name.startswith("rendered/")) == [
        "rendered/all.html", "rendered/all.txt", "rendered/zoe.html", "rendered/zoe.txt",
    ]  # fmt: skip
    text, html = files["rendered/all.txt"].decode(), files["rendered/all.html"].decode()
    assert text.startswith("Subject: Regulator tells hospitals to stop")
    assert f"/sign-up/{WEEKLY}" in html
    assert not re.search("/r/(unsubscribe|preferences|view)/", html + text)


def test_an_import_is_one_edit_that_is_noted_and_can_be_undone(desk):
    press, issue = desk
    exported = export_issue(press, issue, (), NOW)
    files = exported | {ONE: exported[ONE].replace(b"Teaser 1 says", b"The editor says")}
    looked = import_issue(press, files, ADA, NOW, dry_run=True)
    assert press.issue(issue.id) == issue
    done = import_issue(press, files, ADA, at(1))
    assert done.differences == looked.differences
    assert [(one.kind, one.detail) for one in done.differences] == [
        ("rewritten", "teaser: The editor says it in one sentence.")
    ]
    assert done.issue.state is IssueState.DRAFT
    told = done.issue.content.stories[0].teaser
    assert (told.text, told.source) == ("The editor says it in one sentence.", TeaserSource.EDITOR)
    assert [words for _, words in history(press, done.issue, ADA).lines] == ["imported the issue"]
    assert press.store.access.deeds(1)[0].detail == "imported the issue"
    assert undo(press, issue.id, ADA, at(2)).content == issue.content


def test_what_cannot_be_taken_changes_nothing(desk):
    press, issue = desk
    exported = export_issue(press, issue, (), NOW)
    for old, new, error in (
        (b"weekly-2026-11-24", b"weekly-2020-01-01", UsageError),
        (b'"robotics"', b'"robotix"', FolderError),
    ):
        files = exported | {"issue.toml": exported["issue.toml"].replace(old, new)}
        with pytest.raises(error):
            import_issue(press, files, ADA, NOW)
    with pytest.raises(StateError, match="is weekly-2026-11-24, not daily"):
        import_issue(press, exported, ADA, NOW, expected="daily")
    assert press.issue(issue.id) == issue
