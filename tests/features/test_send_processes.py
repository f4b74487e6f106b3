"""`digest send --processes`: several senders share one issue, and every reader gets one mail."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from commands import run_digest
from digest.demo.mailroom import free_port
from digest.demo.show import stage, write_config

SLOT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
ISSUE = "weekly-2026-11-24"
READERS = 40


def test_two_processes_send_one_issue_and_everybody_gets_one_mail(tmp_path: Path) -> None:
    with stage(tmp_path, SLOT - timedelta(seconds=12)) as on:
        write_config(on, free_port())

        def digest(*arguments: str, before: int = 0) -> str:
            now = SLOT - timedelta(minutes=before)
            return run_digest("--now", now.isoformat(), *arguments, cwd=on.folder, status=0)

        rows = [f"r{number}@example.org,R {number},privacy;security" for number in range(READERS)]
        (tmp_path / "readers.csv").write_text("\n".join(["email,name,categories", *rows]) + "\n")
        digest("subscribers", "import", "readers.csv")
        digest("gather", before=120)
        digest("issue", "build", "weekly", before=30)
        digest("issue", "approve", ISSUE)
        said = json.loads(digest("send", ISSUE, "--processes", "2", "--json"))
        mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in on.mailroom.files()]
        seen = json.loads(digest("issue", "progress", ISSUE, "--json"))
    assert said["finished"] and said["deliveries"] == {"sent": READERS}
    assert Counter(mail["To"].addresses[0].addr_spec for mail in mails) == {
        f"r{number}@example.org": 1 for number in range(READERS)
    }
    assert (seen["state"], seen["done"], seen["providers"]) == ("sent", READERS, {"example.org": {"sent": READERS}})
