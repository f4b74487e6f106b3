"""A process that starts a sender for each line it reads, and can do so in milliseconds: everything is imported once.

Run as a script. A line is a JSON object of `Errand`; the answer is the sender's process id, and when it has ended
a line with its wait status.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from databases import ADDRESS_KEY
from digest.deliver.smtp import SmtpTransport
from digest.errors import OutsideError
from digest.pipeline.delivering import deliver_issue
from digest.store.store import open_store
from send_ground import press_on

GOOD, FAILED = 0, 4


@dataclass(frozen=True)
class Errand:
    """What one sender is to send, and under which conditions."""

    database_url: str
    port: int
    issue: str
    hours: float = 0
    """How far ahead its clock is: every lease of an earlier one has ended."""
    uncertain: str = "resend"
    largest_file: int = 0
    """Bytes to which any file may grow; 0: no limit."""


def send(errand: Errand) -> int:
    """What `digest send` does."""
    if errand.largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (errand.largest_file, errand.largest_file))
    press = press_on(open_store(errand.database_url, Path(), ADDRESS_KEY), errand.port, uncertain=errand.uncertain)
    ahead = timedelta(hours=errand.hours)
    try:
        deliver_issue(
            press, press.issue(errand.issue), SmtpTransport(press.settings.smtp), lambda: datetime.now(UTC) + ahead
        )
    except OutsideError as error:
        print(error, file=sys.stderr)
        return FAILED
    return GOOD


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        sender = os.fork()
        if sender == 0:
            try:
                os._exit(send(Errand(**json.loads(line))))
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
        print(sender, flush=True)
        print(os.waitpid(sender, 0)[1], flush=True)


class Senders:
    """That process, from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, errand: Errand) -> int:
        """A new sender's process id."""
        self._process.stdin.write(json.dumps(asdict(errand)) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def wait(self) -> int:
        """The status with which the sender ended; negative: the signal that killed it."""
        return os.waitstatus_to_exitcode(int(self._process.stdout.readline()))


@contextmanager
def senders() -> Iterator[Senders]:
    """Ready to send; ended with the block."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield Senders(process)
        process.stdin.close()


if __name__ == "__main__":
    main()
