"""`digest issue withdraw`, `pull`, `told` and `log`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_delivery_commands import CONFIG

import press as small
from digest.app import App, build
from digest.config.load import load
from digest.errors import ExitStatus
from digest.pipeline.delivering import deliver_issue
from fakes import FakeTransport
from send_ground import approved, with_readers

ISSUE = "weekly-2026-11-24"
STORY = small.stories()[0].story


@pytest.fixture
def app(folder: Path) -> Iterator[App]:
    """A folder with an approved issue and thirty readers."""
    Path("config.toml").write_text(CONFIG.format(port=1), encoding="utf-8")
    app = build(load(Path("config.toml")), lambda: datetime.now(UTC))
    with_readers(app.press.store, 30, "privacy", "security", "robotics")
    approved(app.press)
    yield app
    app.press.store.close()


@pytest.fixture
def half(app: App) -> int:
    sent: list[object] = []
    issue = app.press.issue(ISSUE)
    deliver_issue(app.press, issue, FakeTransport(), app.clock, on_outcome=sent.append, stopping=lambda: len(sent) > 4)
    return len(sent)


def test_a_story_is_pulled_by_words_of_its_title(run, app, half):
    looked = json.loads(run("issue", "pull", ISSUE, "hospitals", "--dry-run", "--json").stdout)
    assert (looked["got"], looked["waiting"]) == (half, 30 - half)
    done = json.loads(run("issue", "pull", ISSUE, "hospitals", "--by", "ada", "--json").stdout)
    assert (done["state"], done["revision"], done["got"], done["spared"]) == ("paused", 2, half, 30 - half)
    lines = [json.loads(line) for line in run("issue", "told", ISSUE, STORY, "--json").stdout.splitlines()]
    assert [line["state"] for line in lines] == ["sent"] * half
    refused = run("issue", "pull", ISSUE, "hospitals")
    assert (refused.exit_code, "fits no story" in refused.stderr) == (ExitStatus.USAGE, True)
    assert "fits 3 stories; name its id" in run("issue", "pull", ISSUE, "t").stderr


def test_what_was_done_is_said_in_words(run, app, half):
    run("issue", "pull", ISSUE, STORY, "--by", "ada")
    said = json.loads(run("issue", "log", ISSUE, "--json").stdout)
    assert [(line["who"], line["what"].split(":")[0]) for line in said["log"]][:2] == [
        ("ada", "pulled"), ("digest", "wrote down its readers"),
    ]  # fmt: skip
    assert said["revisions"][0]["title"] == "Regulator tells hospitals to stop"
    assert "Regulator tells hospitals to stop”, revision 2" in run("issue", "log", ISSUE).stdout


def test_an_approval_is_taken_back_and_given_again_in_spite_of_a_rule(run, app):
    assert "is a draft again" in run("issue", "withdraw", ISSUE, "--by", "ada").stdout
    again = run("issue", "approve", ISSUE, "--by", "bea", "--override", "link-local", "--json")
    assert json.loads(again.stdout)["issue"]["overridden"] == ["link-local"]
    log = [line.split("\t")[1:] for line in run("issue", "log", ISSUE).stdout.splitlines()[1:3]]
    assert log[0][0] == "bea" and log[0][1].endswith("in spite of link-local")
    assert log[1][:1] == ["ada"] and log[1][1].startswith("withdrew: hash ")
    assert run("issue", "approve", ISSUE).exit_code == ExitStatus.FINDINGS
