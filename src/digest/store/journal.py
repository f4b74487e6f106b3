"""[I/O] ErasureJournal in a file: a JSON line for each erasure, added and never changed. It names nobody.

It stays when a backup of the database is restored, and tells it who was erased since.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from digest.errors import OutsideError
from digest.model.people import Erasure

_LINE: TypeAdapter[Erasure] = TypeAdapter(Erasure)
_TAIL = 4096
"""Bytes that hold the last line."""


class FileErasureJournal:
    """The file is made with the first erasure, readable by its owner only."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def append(self, erasure: Erasure) -> None:
        """Adds a line and waits until it is on the disk. Raises OutsideError when it cannot be written."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "rb+", buffering=0) as file:
                torn = _tail(file.fileno())[-1:] not in {b"", b"\n"}  # somebody died while writing
                file.write(b"\n" * torn + _LINE.dump_json(erasure) + b"\n")
                os.fsync(file.fileno())
        except OSError as error:
            problem = f"cannot be written ({error.strerror}), so nobody was erased"
            raise OutsideError(str(self._file), problem, "check the disk and the rights of the folder") from error

    def last(self) -> Erasure | None:
        """The latest whole line."""
        if not self._file.exists():
            return None
        with self._file.open("rb") as file:
            lines = _tail(file.fileno()).splitlines()
        return next(filter(None, map(_erasure, reversed(lines))), None)

    def erasures(self) -> Iterator[Erasure]:
        """All whole lines, oldest first."""
        if self._file.exists():
            with self._file.open("rb") as file:
                yield from filter(None, map(_erasure, file))


def _tail(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, _TAIL, max(0, size - _TAIL))


def _erasure(line: bytes) -> Erasure | None:
    """None for a line that was torn when somebody died while writing it: that erasure never happened."""
    try:
        return _LINE.validate_json(line)
    except ValidationError:
        return None
