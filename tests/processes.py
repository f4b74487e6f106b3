"""Processes of `digest` that start in milliseconds, because a process that imported everything forks them.

Run as a script. A line is a JSON array of arguments; the answer is the process id. They end with the script.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def be_digest(arguments: list[str], log: str) -> None:
    """Becomes `digest` with these arguments; what it says goes to that file."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, file in ((0, nothing), (1, said), (2, said)):
        os.dup2(file, number)
    sys.argv = ["digest", *arguments]
    from digest.cli import main

    main()


def serve(log: str) -> None:
    """Forks until its input ends."""
    import digest.cli.serve
    import digest.cli.worker
    import digest.deliver.smtp
    import digest.gather.fetch
    import digest.queue.doing
    import digest.queue.procrastinate
    import digest.queue.tables
    import digest.store.store
    import digest.web.server  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                be_digest(json.loads(line), log)
                status = 0
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 1
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os.write(2, f"process {os.getpid()} {sys.argv[-1]} ended with {status}\n".encode())
                os._exit(status)
        print(child, flush=True)


class Digests:
    """That process, from outside."""

    def __init__(self, process: subprocess.Popen[str], config: Path) -> None:
        self._process = process
        self._config = config
        self.running: dict[int, tuple[str, ...]] = {}

    def start(self, *arguments: str) -> int:
        """`digest ARGUMENTS`; gives its process id."""
        self._process.stdin.write(json.dumps(["--config", str(self._config), *arguments]) + "\n")
        self._process.stdin.flush()
        number = int(self._process.stdout.readline())
        self.running[number] = arguments
        return number

    def end(self, process: int, how: signal.Signals, seconds: float = 40) -> tuple[str, ...]:
        """Sends it that signal and waits until it is gone; gives what it was."""
        for one in [*children(process), process] if how is signal.SIGKILL else [process]:
            with suppress(ProcessLookupError):
                os.kill(one, how)
        return self._gone(process, seconds)

    def _gone(self, process: int, seconds: float) -> tuple[str, ...]:
        until = time.monotonic() + seconds
        while is_there(process):
            assert time.monotonic() < until, f"{self.running[process]} does not end"
            time.sleep(0.02)
        return self.running.pop(process)

    def stop_all(self, seconds: float = 40) -> None:
        """Asks all of them to end, once, and waits until they have."""
        for process in self.running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)
        for process in list(self.running):
            self._gone(process, seconds)

    def end_all(self) -> None:
        for process in list(self.running):
            self.end(process, signal.SIGKILL)


def is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(process: int) -> list[int]:
    """Those that it started."""
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


@contextmanager
def digests(config: Path, log: Path) -> Iterator[Digests]:
    """Ready to start processes on that configuration; all are ended with the block."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DIGEST_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, __file__, str(log)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout.readline() == "ready\n"
        made = Digests(process, config)
        try:
            yield made
        finally:
            made.end_all()
            process.stdin.close()


if __name__ == "__main__":
    serve(sys.argv[1])
