"""`digest issue deliveries`, `pause`, `resume` and `cancel`, and what `digest send` says of an issue on its way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counting_sink import Sink
from digest.app import App, build
from digest.config.load import load
from digest.model.issue import IssueState
from digest.pipeline.mailing import Mailing
from send_ground import approved, with_readers

ISSUE = "weekly-2026-11-24"
CONFIG = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[web]
secret_key = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
[[categories]]
slug = "privacy"
name = "Privacy"
[[categories]]
slug = "security"
name = "Security"
[[categories]]
slug = "robotics"
name = "Robotics"
[[newsletters]]
slug = "weekly"
name = "The Weekly"
[newsletters.sender]
name = "Weekly"
address = "weekly@press.example.com"
"""


@pytest.fixture
def app(folder: Path, sink: Sink) -> Iterator[App]:
    """Five readers of an issue whose recipients are written down, and of which two deliveries are claimed."""
    Path("config.toml").write_text(CONFIG.format(port=sink.port), encoding="utf-8")
    app = build(load(Path("config.toml")), lambda: datetime.now(UTC))
    with_readers(app.press.store, 5)
    issue = approved(app.press)
    ledger, now = app.press.store.ledger, app.clock()
    mailing = Mailing(app.press, issue, app.press.store.issues.compiled(issue.id), now)
    ledger.freeze(mailing.chunks(now), issue.id, now)
    app.press.store.issues.advance(issue.id, IssueState.SENDING, now)
    ledger.claim(issue.id, 2, now + timedelta(minutes=15), now)
    yield app
    app.press.store.close()


def lines(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def later(minutes: int) -> tuple[str, str]:
    return "--now", (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


@pytest.mark.parametrize("flag", ["--json", "--jsonl"])
def test_deliveries_are_listed_as_json_a_line(run, app: App, flag: str):
    listed = lines(run("issue", "deliveries", ISSUE, flag).output)
    assert [line["state"] for line in listed] == ["claimed"] * 2 + ["pending"] * 3
    assert list(listed[0]) == ["delivery", "subscriber", "state", "attempts", "message_id", "reply", "at"]
    assert (listed[0]["delivery"], listed[0]["subscriber"]) == (f"{ISSUE}/1", 1)
    assert str(listed[0]["message_id"]).endswith("@press.example.com>")


def test_those_in_one_state_are_listed(run, app: App):
    assert len(lines(run("issue", "deliveries", ISSUE, "--state", "pending", "--json").output)) == 3
    assert run("issue", "deliveries", ISSUE, "--state", "lost").exit_code == 2


def test_what_nobody_answered_for_is_listed_as_uncertain_before_and_after_it_was_resent(run, app: App, sink: Sink):
    assert run("issue", "deliveries", ISSUE, "--state", "uncertain", "--json").output == ""
    before = lines(run(*later(20), "issue", "deliveries", ISSUE, "--state", "uncertain", "--json").output)
    assert [(line["state"], line["reply"]) for line in before] == [("uncertain", "no answer was recorded")] * 2
    assert run(*later(20), "send", ISSUE).exit_code == 0
    after = lines(run("issue", "deliveries", ISSUE, "--state", "uncertain", "--json").output)
    assert [line["state"] for line in after] == ["sent"] * 2
    assert [line["message_id"] for line in after] == [line["message_id"] for line in before]
    assert sink.accepted.keys() >= {line["message_id"] for line in after}


def test_for_people_it_is_a_table(run, app: App):
    first = run("issue", "deliveries", ISSUE).output.splitlines()[:2]
    assert first[0].split("\t") == ["subscriber", "state", "attempts", "at", "reply"]
    assert first[1].split("\t")[:3] == ["1", "claimed", "0"]


def test_a_paused_issue_is_not_sent_until_it_is_resumed(run, app: App, sink: Sink):
    paused = run("issue", "pause", ISSUE, "--why", "wrong headline")
    assert "is paused (wrong headline)" in paused.output
    refused = run("send", ISSUE)
    assert (refused.exit_code, sink.total) == (1, 0)
    assert "digest issue resume" in refused.output
    assert json.loads(run("issue", "resume", ISSUE, "--json").output)["state"] == "sending"
    sent = json.loads(run("send", ISSUE, "--json").output)
    assert (sent["finished"], sent["deliveries"], sink.total) == (False, {"claimed": 2, "sent": 3}, 3)


def test_who_paused_resumed_and_cancelled_it_is_on_record(run, app: App, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    run("issue", "pause", ISSUE, "--why", "wrong headline")
    run("issue", "resume", ISSUE, "--by", "bea")
    assert run("issue", "resume", ISSUE).exit_code == 0, "a second time changes nothing, and is not on record"
    run("issue", "cancel", ISSUE)
    deeds = [(deed.who, deed.what, deed.detail) for deed in app.press.store.access.deeds(about=ISSUE)]
    assert deeds == [("ada", "cancelled", ""), ("bea", "resumed", ""), ("ada", "paused", "wrong headline")]


def test_an_account_without_a_name_is_the_command_line(run, app: App, monkeypatch):
    def unlisted() -> str:
        raise KeyError("getpwuid(): uid not found: 65534")

    monkeypatch.setattr("getpass.getuser", unlisted)
    run("issue", "pause", ISSUE)
    assert app.press.store.access.deeds(about=ISSUE)[0].who == "command line"


def test_send_says_when_it_goes_on(run, app: App):
    assert "Not finished: goes on from" in run("send", ISSUE).output


def test_a_cancelled_issue_is_never_sent(run, app: App, sink: Sink):
    cancelled = json.loads(run("issue", "cancel", ISSUE, "--json").output)
    assert (cancelled["state"], cancelled["deliveries"]) == ("cancelled", {"claimed": 2, "skipped": 3})
    assert (run("send", ISSUE).exit_code, run("issue", "resume", ISSUE).exit_code, sink.total) == (1, 1, 0)


def test_an_issue_that_is_not_on_its_way_cannot_be_paused(run, app: App):
    app.press.store.issues.advance(app.press.issue(ISSUE).id, IssueState.CANCELLED, app.clock())
    assert run("issue", "pause", ISSUE).exit_code == 1
    assert app.press.issue(ISSUE).state is IssueState.CANCELLED
