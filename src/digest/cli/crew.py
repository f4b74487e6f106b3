"""[I/O] Processes of this very program that work beside this one, with the same configuration and clock."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO

from digest.cli.context import Context
from digest.errors import ExitStatus

log = logging.getLogger(__name__)

_PATIENCE = 30.0
"""Seconds that a process has to end when it is asked to; what a killed sender had claimed is found by its lease."""
_A_MOMENT = 0.1
_BEFORE_AGAIN = 2.0
"""Seconds before a process that ended is started again."""
_NOT_MOVED = timedelta(seconds=1)


@dataclass
class Member:
    """One process, and what it said on standard error, where that was kept."""

    process: subprocess.Popen[bytes]
    said: IO[bytes] | None = None

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
        if self.process.returncode in {0, ExitStatus.OUTSIDE} or not self.said:
            return ""
        self.said.seek(0)
        return self.said.read().decode("utf-8", "replace")


def start(context: Context, arguments: Sequence[str], said: IO[bytes] | None = None) -> Member:
    """`digest ARGUMENTS`; it hears no signal of the terminal, only ours. It speaks into `said`, or where we do."""
    process = subprocess.Popen(  # noqa: S603 - this program, with its own options
        [sys.executable, "-m", "digest", *_options(context), *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
    )  # fmt: skip
    return Member(process, said)


@contextmanager
def crew(context: Context, number: int, *arguments: str) -> Iterator[Sequence[Member]]:
    """So many processes of the same command; they are asked to end when the block ends."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(number)]
        members = [start(context, arguments, said) for said in files]
        try:
            yield members
        finally:
            _end(members)


@contextmanager
def kept_up(context: Context, commands: Sequence[Sequence[str]]) -> Iterator[None]:
    """A process for each command while the block lasts; one that ends by itself is started again."""
    members = [start(context, command) for command in commands]
    over = threading.Event()
    watch = threading.Thread(target=_keep_up, args=(context, commands, members, over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
        _end(members)


def _keep_up(context: Context, commands: Sequence[Sequence[str]], members: list[Member], over: threading.Event) -> None:
    while not over.wait(_A_MOMENT * 10):
        for at, member in enumerate(members):
            if not member.running and not over.wait(_BEFORE_AGAIN):
                log.error("`digest %s` ended with %s and is started again", commands[at][0], member.process.returncode)
                members[at] = start(context, commands[at])


def _end(members: Sequence[Member]) -> None:
    for member in members:
        member.ask_to_end()
    for member in members:
        member.end()


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
