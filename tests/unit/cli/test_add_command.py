"""`digest article add`: by the address of a page, into the pool or an issue."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_delivery_commands import CONFIG

from digest.app import build
from digest.config.load import load
from digest.errors import ExitStatus
from send_ground import approved
from web_site import web_site

ISSUE = "weekly-2026-11-24"


@pytest.fixture
def outlet(folder: Path):
    gather = '[gather]\nallow_networks = ["127.0.0.0/8"]\n'
    Path("config.toml").write_text(gather + CONFIG.format(port=1), encoding="utf-8")
    with web_site() as site:
        yield site


def test_it_is_kept_for_the_drafts_to_come(run, outlet):
    said = json.loads(run("article", "add", f"{outlet.url}/1", "--category", "privacy", "--json").stdout)
    assert (said["article"]["title"], said["article"]["categories"]) == ("Council switches cameras off", ["privacy"])
    assert "Council switches cameras off" in run("article", "list").stdout


def test_it_is_told_in_a_draft(run, outlet):
    app = build(load(Path("config.toml")), lambda: datetime.now(UTC))
    approved(app.press)
    done = run("article", "add", f"{outlet.url}/1", "--category", "robotics", "--issue", ISSUE, "--by", "ada")
    assert f"told by {ISSUE}" in done.stdout
    assert app.press.issue(ISSUE).content.sections[-1].stories[-1] in done.stdout
    assert app.press.store.access.deeds(1)[0].who == "ada"
    app.press.store.close()


def test_errors_name_the_address(run, outlet):
    gone = run("article", "add", f"{outlet.url}/gone")
    assert gone.exit_code == ExitStatus.OUTSIDE
    assert f"{outlet.url}/gone: cannot be fetched: the server said 404" in gone.stderr
    assert "--issue: needs a category" in run("article", "add", f"{outlet.url}/1", "--issue", ISSUE).stderr
    assert "did you mean privacy?" in run("article", "add", f"{outlet.url}/1", "--category", "privac").stderr
