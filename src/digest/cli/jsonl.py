"""Drives the filters: JSON Lines in, JSON Lines out, in order. A bad line is answered in place, not skipped.

Reads standard input or files; each line's answer is written before the next line is read, but for filters that
need to see all of them. Knows nothing of what the lines mean.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

import typer

from digest.cli.output import write_json
from digest.errors import ExitStatus, UsageError

Record = Mapping[str, object]
Item = TypeVar("Item")
_STDIN = Path("-")


class LineError(ValueError):
    """A line that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """What stands in the place of a bad line's answer."""

    line: int
    error: str


def read_lines(files: Sequence[Path]) -> Iterator[bytes]:
    """The lines of the files one after the other; of standard input when none is named, or for "-"."""
    for file in files or (_STDIN,):
        if file == _STDIN:
            yield from sys.stdin.buffer
            continue
        try:
            with file.open("rb") as lines:
                yield from lines
        except OSError as error:
            raise UsageError(str(file), f"cannot be read: {error.strerror}") from error


def answer_each(lines: Iterable[bytes], answer: Callable[[Record], object]) -> None:
    """Answers line by line. Ends the command with status 1 when a line was bad."""
    write_lines(_read(number, line, answer) for number, line in enumerate(lines, 1))


def answer_all(
    lines: Iterable[bytes], read: Callable[[Record], Item], answer: Callable[[Sequence[Item]], Iterable[object]]
) -> None:
    """Reads all lines, then answers them together. Ends the command with status 1 when a line was bad."""
    items = [_read(number, line, read) for number, line in enumerate(lines, 1)]
    answers = iter(answer([item for item in items if not isinstance(item, BadLine)]))
    write_lines(item if isinstance(item, BadLine) else next(answers) for item in items)


def write_lines(answers: Iterable[object]) -> None:
    """One JSON line for each answer, as it comes. Ends the command with status 1 when one was bad."""
    bad = 0
    for answer in answers:
        write_json(answer)
        bad += isinstance(answer, BadLine)
    if bad:
        raise typer.Exit(ExitStatus.FINDINGS)


def _read(number: int, line: bytes, read: Callable[[Record], Item]) -> Item | BadLine:
    try:
        return read(_record(line))
    except LineError as error:
        return BadLine(number, str(error))


def _record(line: bytes) -> Record:
    if not line.strip():
        raise LineError("empty line")
    try:
        value = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise LineError("not a JSON object")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def text_of(record: Record, key: str, required: bool = False) -> str:
    """The text under the key, "" where it is missing or null. Raises LineError."""
    value = record.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise LineError(f"{key} is missing" if value is None else f"{key} is no text")
    return value


def identity_of(record: Record) -> str | int:
    """The line's id. Raises LineError."""
    value = record.get("id")
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise LineError("id is missing" if value is None else "id is neither text nor a whole number")
    return value
