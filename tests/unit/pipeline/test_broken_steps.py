"""Tasks that do several things: what breaks in one, foreseen or not, keeps no other from being done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import build
from build import NOW, WEEKLY
from digest.calendar import Slot
from digest.model.ids import IssueId
from digest.pipeline.planning import Step, StepKind
from digest.tasks import hear_mailboxes, run_due, send_due
from fakes import FakeTransport

DAYS = (date(2026, 11, 17), date(2026, 11, 24))
UNFORESEEN = KeyError("nobody foresaw it")


class BrokenMailbox:
    """A mailbox that fails in a way that its adapter does not know."""

    def read(self, hear: Callable[[bytes], object]) -> int:
        raise UNFORESEEN


class FullMailbox:
    """A mailbox with one mail."""

    def read(self, hear: Callable[[bytes], object]) -> int:
        hear(b"Subject: Hello\n\nI liked it.\n")
        return 1


def test_a_mailbox_that_breaks_stops_no_other(make_press, caplog: pytest.LogCaptureFixture):
    assert hear_mailboxes(make_press(), [BrokenMailbox(), FullMailbox()], lambda: NOW) == 1
    assert "KeyError" in caplog.text


@pytest.fixture
def press(make_press, monkeypatch: pytest.MonkeyPatch):
    """Two issues are due to be sent."""
    made = make_press()
    issues = [build.issue(slot=day) for day in DAYS]
    for issue in issues:
        made.store.issues.create(issue, NOW)
    steps = tuple(Step(StepKind.SEND, WEEKLY, issue.id, Slot(issue.slot, issue.send_at)) for issue in issues)
    monkeypatch.setattr("digest.tasks.due_steps", lambda *_: steps)
    return made


def broken(begun: list[IssueId]):
    def do(_: object, what, *rest: object) -> None:
        begun.append(what.issue if isinstance(what, Step) else what.id)
        raise UNFORESEEN

    return do


def test_a_step_that_breaks_stops_no_other(press, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    begun: list[IssueId] = []
    monkeypatch.setattr("digest.tasks.run_step", broken(begun))
    run_due(press, FakeTransport, lambda: NOW)
    assert begun == ["weekly-2026-11-17", "weekly-2026-11-24"]
    assert "send of weekly-2026-11-17 failed" in caplog.text


def test_an_issue_whose_sending_breaks_stops_no_other(press, monkeypatch: pytest.MonkeyPatch):
    begun: list[IssueId] = []
    monkeypatch.setattr("digest.tasks.send_step", broken(begun))
    send_due(press, FakeTransport, lambda: NOW, lambda: False, joining=False)
    assert begun == ["weekly-2026-11-17", "weekly-2026-11-24"]
