"""Peers written in C for benchmarks of sending: the discard server of this folder, and Postfix's smtp-source.

Nothing is installed: fast_sink is compiled into a folder of the benchmark, smtp-source is taken from where it is or
unpacked from the Debian package, which is never set up or started.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


class MissingError(Exception):
    """A peer is not to be had here."""


@dataclass(frozen=True)
class Source:
    """smtp-source, and where its libraries are."""

    program: str
    libraries: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | ({"LD_LIBRARY_PATH": self.libraries} if self.libraries else {})


def compiled(folder: Path) -> Path:
    """fast_sink, compiled."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise MissingError("no C compiler for fast_sink.c")
    made = folder / "fast_sink"
    subprocess.run([compiler, "-O2", "-o", made, HERE / "fast_sink.c"], check=True)
    return made


def smtp_source(folder: Path) -> Source:
    """smtp-source, found or unpacked."""
    if found := shutil.which("smtp-source"):
        return Source(found)
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise MissingError("smtp-source: install Debian's postfix, or run this on Debian")
    got = subprocess.run(["apt-get", "download", "postfix"], cwd=folder, capture_output=True, text=True, check=False)
    packages = list(folder.glob("postfix_*.deb"))
    if not packages:
        raise MissingError(f"smtp-source: {got.stderr.strip().splitlines()[-1:]}")
    subprocess.run(["dpkg", "-x", packages[0], folder], check=True)
    return Source(str(folder / "usr/sbin/smtp-source"), str(folder / "usr/lib/postfix"))


@contextmanager
def running(program: Path) -> Iterator[int]:
    """fast_sink on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    sink = subprocess.Popen([program, str(port)], stdout=subprocess.DEVNULL)
    try:
        _until_listening(port)
        yield port
    finally:
        sink.terminate()
        sink.wait()


def _until_listening(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise MissingError("fast_sink does not listen")
