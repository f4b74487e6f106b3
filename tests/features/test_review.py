"""The issue that the demonstration sent, as files and as a record."""

from __future__ import annotations

import json
from pathlib import Path

from commands import Played


def test_what_was_sent_can_be_taken_along_and_its_record_read(played: Played, tmp_path: Path):
    issue = str(played.summary["issue"])
    played.digest("issue", "export", issue, "--out", str(tmp_path / "review"))
    said = json.loads(played.digest("issue", "import", str(tmp_path / "review"), "--json"))
    assert (said["saved"], said["differences"]) == (False, [])
    assert "Subject: " in (tmp_path / "review" / "rendered" / "all.txt").read_text(encoding="utf-8")
    log = json.loads(played.digest("issue", "log", issue, "--json"))["log"]
    assert log[-1]["what"] == "built it"
