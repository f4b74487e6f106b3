"""`digest issue preflight` on the demonstration's issue: nothing to put right but that it is on this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands import Played


@pytest.fixture
def copied(played: Played, tmp_path: Path) -> Iterator[Played]:
    """The demonstration's folder to change."""
    shutil.copytree(played.folder, tmp_path / "demo")
    yield replace(played, folder=tmp_path / "demo")


def findings(said: str) -> list[dict[str, str]]:
    return json.loads(said)["findings"]


def test_the_demonstration_has_no_errors_and_one_warning_that_is_true(played: Played) -> None:
    found = findings(played.digest("issue", "preflight", str(played.summary["issue"]), "--json"))
    assert [f["id"] for f in found if f["severity"] != "info"] == ["site-local"]
    assert played.digest("issue", "preflight", str(played.summary["issue"]), "--strict", status=1)


def test_one_reader_is_looked_at_alone(played: Played) -> None:
    issue = str(played.summary["issue"])
    assert played.digest("issue", "preflight", issue, "--persona", "right-to-left").count("\n") == 2
    assert played.digest("issue", "preflight", issue, "--for", "nobody@example.org", status=2) == ""


def test_errors_stop_a_send_unless_their_rules_are_named(copied: Played) -> None:
    later = datetime.now(UTC) + timedelta(minutes=61)  # the window of the slot after it, an hour earlier, has the feeds
    public = ("--now", later.isoformat(), "--set", "web.public_url=https://press.example.com")
    issue = json.loads(copied.digest(*public, "issue", "build", "daily", "--json"))["issue"]["id"]
    copied.digest(*public, "issue", "approve", issue)
    found = findings(copied.digest(*public, "issue", "preflight", issue, "--json", status=1))
    errors = {f["id"] for f in found if f["severity"] == "error"}
    assert errors == {"link-local"}
    copied.digest(*public, "send", issue, status=1)
    copied.digest(*public, "send", issue, "--override", "link-local")


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed")
def test_spamassassin_finds_nothing_that_costs_more_than_a_tenth_of_a_point(played: Played) -> None:
    found = findings(played.digest("issue", "preflight", str(played.summary["issue"]), "--spam", "--json"))
    assert not [f for f in found if f["id"].startswith("spam-")]
