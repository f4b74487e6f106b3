"""[I/O] This machine: room on the disk, files that must be written, a clock that must be right."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from digest.errors import OutsideError
from digest.model.checks import Check, advice, good, problem
from digest.ports.names import Web

_OFF = 60.0
"""Seconds that a clock may be off: links and one-time codes depend on it."""
_ASKED = 5
"""Servers whose clock is looked at."""


def check_disk(folder: Path, least_mb: int) -> Check:
    """Room for the database and its copies."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < least_mb:
        return problem("disk", f"{free:,} MB are free at {folder}", f"make room: at least {least_mb:,} MB")
    return good("disk", f"{free:,} MB are free at {folder}")


def check_rights(folders: Sequence[Path]) -> Iterator[Check]:
    """Whether files can be made where they have to be."""
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
                pass
        except OSError as error:
            yield problem("write rights", f"{folder}: {error.strerror}", "give it to the user that runs digest")
        else:
            yield good("write rights", f"{folder} can be written")


def check_keys(files: Sequence[Path]) -> Iterator[Check]:
    """Keys that others on this machine can read are no secrets."""
    for file in files:
        if file.exists() and file.stat().st_mode & 0o077:
            yield problem("key files", f"{file} can be read by others", f"chmod 600 {file}")


def check_database_file(file: Path) -> Iterator[Check]:
    """Every reader's address is in it. New files are their owner's; a group may share one."""
    files = [file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")]
    if opened := [one for one in files if one.exists() and one.stat().st_mode & 0o007]:
        named = shlex.join(map(str, opened))
        yield problem("database file", f"{opened[0]} can be read by every user of this machine", f"chmod o= {named}")


def check_clock(web: Web, urls: Sequence[str], now: datetime) -> Iterator[Check]:
    """Against the first web server that tells its own time."""
    for url in urls[:_ASKED]:
        try:
            date = web.get(url).date
        except OutsideError:
            continue
        if date:
            off = (now - date).total_seconds()
            if abs(off) > _OFF:
                detail = f"is {abs(off):,.0f} seconds {'ahead' if off > 0 else 'behind'} by {url}"
                yield problem("clock", detail, "set it, and keep it right by NTP (timedatectl set-ntp true)")
            else:
                yield good("clock", f"within {_OFF:.0f} seconds of {url}")
            return
    yield advice("clock", "no web server could be asked for the time", "compare it yourself; NTP keeps it right")
