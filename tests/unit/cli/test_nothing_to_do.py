"""Commands that find nothing to do, or are asked for something besides, say so and what comes next."""

from __future__ import annotations

import json

from digest.app import App
from send_ground import with_readers

ISSUE = "weekly-2026-11-24"


def test_a_gathering_without_feeds_says_how_to_ask_all_and_then_that_there_is_none(app: App, run):
    assert run("gather").stdout.endswith("\nNo feed is due; ask all: digest gather --all\n")
    assert "No feed can be asked: there is none" in run("gather", "--all").stdout
    assert json.loads(run("gather", "--json").stdout)["feeds"] == []


def test_a_rehearsal_of_a_send_to_nobody_says_that_it_is_nobody(app: App, run):
    assert "Nobody would get it: every reader of weekly has it" in run("send", ISSUE, "--dry-run").stdout
    with_readers(app.press.store, 1)
    assert "Nobody" not in run("send", ISSUE, "--dry-run").stdout


def test_an_issue_for_a_day_without_slot_is_built_and_told_to_be_one_besides(app: App, run):
    even_empty = ("--set", "newsletters.weekly.minimum=0")
    built = run(*even_empty, "issue", "build", "weekly", "--slot", "2026-12-02")
    assert built.stdout.startswith("weekly-2026-12-02: draft")
    assert built.stderr == (
        "weekly has no slot on 2026-12-02, so this is an issue besides; "
        "the next are 2026-12-08, 2026-12-15, 2026-12-22\n"
    )
    assert run(*even_empty, "issue", "build", "weekly", "--slot", "2026-12-08").stderr == ""
