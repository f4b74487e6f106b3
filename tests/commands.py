"""Runs `digest` as a person would, by its command; and a demonstration that has been played.

Each command is a process of its own. It is forked, as `python tests/commands.py`, by one that has imported everything:
to import it takes longer than most commands do.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(frozen=True)
class Done:
    """A process that has ended."""

    status: int
    stdout: str
    stderr: str


class Forker:
    """The process that forks the others, from outside. It ends with this one."""

    def __init__(self) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DIGEST_")}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, __file__]
        self._pipes = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self._folder = TemporaryDirectory(prefix="digest-said-")

    def run(self, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str] = {}) -> Done:
        """`digest ARGUMENTS` in that folder, with nothing to read, and these variables besides the usual."""
        out, err = (Path(self._folder.name) / name for name in ("out", "err"))
        out.unlink(missing_ok=True)
        err.unlink(missing_ok=True)
        status = self.wait(self.start(arguments, cwd, out, err, environment))
        return Done(status, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def start(
        self, arguments: Sequence[str], cwd: Path, out: Path, err: Path, environment: Mapping[str, str] = {}
    ) -> int:
        """Begins it; gives the process id. What it says is added to those files."""
        return self._ask("start", list(arguments), str(cwd), [str(out), str(err)], dict(environment))

    def wait(self, process: int, seconds: float = 300) -> int:
        """Its exit status, when it ends; after so long it is killed."""
        return self._ask("wait", process, seconds)

    def _ask(self, *what: object) -> int:
        self._pipes.stdin.write(json.dumps(what) + "\n")
        self._pipes.stdin.flush()
        return int(self._pipes.stdout.readline())

    def close(self) -> None:
        """No more of them."""
        self._pipes.stdin.close()
        self._pipes.stdout.close()
        self._pipes.wait(10)
        self._folder.cleanup()


@cache
def forker() -> Forker:
    """That of this test process."""
    made = Forker()
    atexit.register(made.close)
    return made


def forked() -> bool:
    """Does what standard input asks for; True in each process that it forks, which is to become `digest`."""
    for line in sys.stdin:
        what, *asked = json.loads(line)
        if what == "wait":
            print(_status(*asked), flush=True)
        elif child := os.fork():
            print(child, flush=True)
        else:
            _prepare(*asked)
            return True
    return False


def _status(process: int, seconds: float) -> int:
    until = time.monotonic() + seconds
    while (ended := os.waitpid(process, os.WNOHANG)) == (0, 0):
        if time.monotonic() > until:
            os.kill(process, signal.SIGKILL)
        time.sleep(0.005)
    return os.waitstatus_to_exitcode(ended[1])


def _prepare(arguments: list[str], cwd: str, said: list[str], environment: dict[str, str]) -> None:
    os.chdir(cwd)
    os.environ.update(environment)
    sys.argv = ["digest", *arguments]
    for number, name in enumerate((os.devnull, *said)):
        file = os.open(name, os.O_RDWR if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)


def run_digest(*arguments: str, cwd: Path, status: int = 0) -> str:
    """Runs the command; gives its standard output."""
    return _run(arguments, cwd, status).stdout


def refusal(*arguments: str, cwd: Path, status: int) -> str:
    """Runs a command that must fail; gives what it said on standard error, which is no traceback."""
    said = _run(arguments, cwd, status).stderr
    assert "Traceback" not in said
    return said


def _run(arguments: tuple[str, ...], cwd: Path, status: int) -> Done:
    done = forker().run(arguments, cwd)
    assert done.status == status, f"exit status {done.status}\n{done.stdout}\n{done.stderr}"
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


def be_digest() -> int:
    """Gives the exit status."""
    from digest.cli import main

    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    import digest

    for module in pkgutil.walk_packages(digest.__path__, "digest."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.freeze()
    if forked():
        os._exit(be_digest())  # to take down all that was imported would take longer than most commands do
