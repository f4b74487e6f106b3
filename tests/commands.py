"""Runs `digest` as a person would, by its command; and a demonstration that has been played."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def run_digest(*arguments: str, cwd: Path, status: int = 0) -> str:
    """Runs the command; gives its standard output."""
    return _run(arguments, cwd, status).stdout


def refusal(*arguments: str, cwd: Path, status: int) -> str:
    """Runs a command that must fail; gives what it said on standard error, which is no traceback."""
    said = _run(arguments, cwd, status).stderr
    assert "Traceback" not in said
    return said


def _run(arguments: tuple[str, ...], cwd: Path, status: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from digest.cli import main; main()", *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DIGEST_")}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == status, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@dataclass(frozen=True)
class Played:
    """A demonstration that has been played: its folder, and what it said."""

    folder: Path
    summary: dict[str, object]

    def messages(self) -> dict[str, EmailMessage]:
        """Every mail that the SMTP server received, by address."""
        parsed = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in self.files()]
        return {str(mail["To"].addresses[0].addr_spec): mail for mail in parsed}

    def files(self) -> list[Path]:
        return sorted((self.folder / "mail").glob("*.eml"))

    def digest(self, *arguments: str, status: int = 0) -> str:
        """Another command on the same folder."""
        return run_digest("--config", str(self.folder / "config.toml"), *arguments, cwd=self.folder, status=status)

    def issue(self) -> dict[str, object]:
        """What `digest issue show --json` says of the issue that was sent."""
        return json.loads(self.digest("issue", "show", str(self.summary["issue"]), "--json"))
