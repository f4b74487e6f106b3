"""[I/O] SpamFilter on SpamAssassin or rspamd: runs the program that is installed, without a network, on one mail."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from shutil import which

from digest.errors import OutsideError
from digest.ports.outside import SpamReport, SpamRule

_SECONDS = 120
_TOTAL = re.compile(r"^Content analysis details:\s+\((-?[\d.]+) points, (-?[\d.]+) required\)", re.MULTILINE)
_ROW = re.compile(r"^ *(-?\d+\.\d+) ([A-Z0-9_]{3,}) +(.*)$", re.MULTILINE)


class ProgramSpamFilter:
    """Asks one program."""

    def __init__(self, command: tuple[str, ...], read: Callable[[str], SpamReport]) -> None:
        self._command = command
        self._read = read

    def judge(self, mail: bytes) -> SpamReport:
        """Its points for the mail. Raises OutsideError when the program fails or says nothing that can be read."""
        try:
            done = subprocess.run(self._command, input=mail, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # a fixed command
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OutsideError(self._command[0], f"cannot be run: {error}", "leave out --spam") from error
        try:
            return self._read(done.stdout.decode("utf-8", "replace"))
        except (ValueError, KeyError, TypeError) as error:
            said = done.stderr.decode("utf-8", "replace").strip()[-300:]
            raise OutsideError(self._command[0], f"gave no report: {said}", "leave out --spam") from error


def installed_spam_filter() -> ProgramSpamFilter | None:
    """SpamAssassin, else rspamd, else None."""
    if program := which("spamassassin"):
        return ProgramSpamFilter((program, "-L", "-t"), read_spamassassin)
    if program := which("rspamc"):
        return ProgramSpamFilter((program, "--json"), read_rspamd)
    return None


def read_spamassassin(output: str) -> SpamReport:
    """The report that `spamassassin -t` writes after the mail. Raises ValueError when there is none."""
    totals = list(_TOTAL.finditer(output))
    if not totals:
        raise ValueError("no content analysis")
    rows = _ROW.findall(output[totals[-1].end() :])
    rules = tuple(SpamRule(name, float(points), told.strip()) for points, name, told in rows)
    return SpamReport("SpamAssassin", float(totals[-1][1]), float(totals[-1][2]), rules)


def read_rspamd(output: str) -> SpamReport:
    """The JSON of `rspamc --json`. Raises ValueError, KeyError or TypeError for anything else."""
    answer = json.loads(output)
    rules = tuple(
        SpamRule(name, float(symbol["score"]), str(symbol.get("description", "")))
        for name, symbol in sorted(answer["symbols"].items())
    )
    return SpamReport("rspamd", float(answer["score"]), float(answer["required_score"]), rules)
