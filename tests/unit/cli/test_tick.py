"""A tick of `digest run`: each part is done, whatever became of those before it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from digest.app import App
from digest.cli.serve import tick
from digest.errors import OutsideError
from visits import small_app

PARTS = {
    "asking feeds": "digest.tasks.gather_due",
    "hearing what came back": "digest.tasks.hear_mailboxes",
    "doing errands": "digest.pipeline.errands.run_errands",
    "tidying": "digest.pipeline.tidying.tidy_daily",
    "building and approving": "digest.tasks.run_due",
    "telling editors": "digest.pipeline.telling.tell_editors",
    "looking for alarms": "digest.tasks.watch",
}
"""In order, and what each calls."""


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path):
    with small_app(tmp_path, sqlite_template, 1) as app:
        yield app


@pytest.mark.parametrize("error", [KeyError("nobody foresaw it"), OutsideError("disk", "is full", "make room")])
def test_no_part_keeps_the_others_from_being_done(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
):
    begun: list[str] = []

    def broken(what: str):
        def part(*_: object) -> None:
            begun.append(what)
            raise error

        return part

    for what, place in PARTS.items():
        monkeypatch.setattr(place, broken(what))
    tick(app)
    assert begun == list(PARTS)
    assert all(f"{what} failed" in caplog.text for what in PARTS)
    assert ("Traceback" in caplog.text) == isinstance(error, KeyError)


def test_alarms_are_looked_for_where_nothing_can_be_written_down_for_workers(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    looked: list[object] = []
    monkeypatch.setattr("digest.tasks.watch", lambda *_: looked.append(1))
    tick(replace(app, queue=object()))  # no queue at all: whatever it is asked raises
    assert looked
    assert "writing down what is due failed" in caplog.text
