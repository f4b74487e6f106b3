"""[I/O] Processes of this very program that work beside this one, with the same configuration and clock."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO

from digest.cli.context import Context
from digest.errors import ExitStatus

_PATIENCE = 30.0
"""Seconds that a process has to end when it is asked to; what a killed sender had claimed is found by its lease."""
_A_MOMENT = 0.1
_NOT_MOVED = timedelta(seconds=1)


@dataclass
class Member:
    """One process, and what it said on standard error."""

    process: subprocess.Popen[bytes]
    said: IO[bytes]

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def ask_to_end(self) -> None:
        """SIGTERM, if it is there."""
        with suppress(ProcessLookupError):
            self.process.terminate()

    def end(self) -> None:
        """Waits until it has ended, and kills it when that takes too long."""
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def trace(self) -> str:
        """What a process said that ended for another reason than those that we know; empty when it did not."""
        if self.process.returncode in {0, ExitStatus.OUTSIDE}:
            return ""
        self.said.seek(0)
        return self.said.read().decode("utf-8", "replace")


def start(context: Context, *arguments: str) -> Member:
    """`digest ARGUMENTS`; it hears no signal of the terminal, only ours."""
    said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process is asked for
    process = subprocess.Popen(  # noqa: S603 - this program, with its own options
        [sys.executable, "-m", "digest", *_options(context), *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
    )  # fmt: skip
    return Member(process, said)


@contextmanager
def crew(context: Context, number: int, *arguments: str) -> Iterator[Sequence[Member]]:
    """So many processes of the same command; they are asked to end when the block ends."""
    members = [start(context, *arguments) for _ in range(number)]
    try:
        yield members
    finally:
        for member in members:
            member.ask_to_end()
        for member in members:
            member.end()
            member.said.close()


def until_done(members: Sequence[Member], stopping: Callable[[], bool], look: Callable[[], None]) -> None:
    """Waits for all of them, and calls `look` about once a second; passes on that it is time to end."""
    asked, turns = False, 0
    while any(member.running for member in members):
        if stopping() and not asked:
            asked = True
            for member in members:
                member.ask_to_end()
        with suppress(subprocess.TimeoutExpired):
            next(member for member in members if member.running).process.wait(_A_MOMENT)
        turns += 1
        if turns % 10 == 0:
            look()


def _options(context: Context) -> list[str]:
    """The global options that make another process see what this one sees."""
    options = ["--config", os.fspath(context.config)] if context.config else []
    for key, value in context.overrides.items():
        options += ["--set", f"{key}={value}"]
    now = context.clock()
    return options + (["--now", now.isoformat()] if abs(now - datetime.now(UTC)) > _NOT_MOVED else [])
