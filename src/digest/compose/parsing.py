"""Takes one file of an exported issue as bytes; gives its TOML as model objects, its words, or an error with the line.

Knows nothing of what an issue is made of.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from digest.compose.folder import FENCE
from digest.config.places import KeyPath, key_lines
from digest.errors import DigestError

_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class FolderError(DigestError):
    """A file of an exported issue cannot be taken; `place` names the file, and the line or the key."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a TOML file says, or a part of it."""

    file: str
    toml: str
    """All of it: where to look for lines."""
    table: Any
    first_line: int = 1
    """Of the TOML within the file."""
    path: KeyPath = ()
    """Where the part stands in the file."""
    lines: dict[KeyPath, int] = field(default_factory=dict, compare=False)

    def within(self, name: str) -> Said:
        """The part of that name; an empty list where there is none."""
        return Said(self.file, self.toml, self.table.get(name, []), self.first_line, (*self.path, name))

    def error(self, path: KeyPath, problem: str, remedy: str) -> FolderError:
        """What is wrong at a path from the top of the file, with its line."""
        lines = key_lines(self.toml)
        known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in lines), None)
        line = f":{lines[known] + self.first_line - 1}" if known else ""
        return FolderError(f"{self.file}{line}: {_key(path)}", problem, remedy)


def _key(path: KeyPath) -> str:
    """The way to a key for people: "sections no. 3: category", "picture.alt"."""
    joined = "".join(f" no. {part + 1}:" if isinstance(part, int) else f".{part}" for part in path)
    return joined.replace(":.", ": ").strip(".:")


def text_of(file: str, data: bytes) -> str:
    """The file's text with line feeds only. Raises FolderError unless it is UTF-8."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FolderError(f"{file}:{line}", "is not UTF-8", "save the file as UTF-8") from error


def toml_of(file: str, toml: str, first_line: int = 1) -> Said:
    """What the TOML says. Raises FolderError with the line."""
    try:
        return Said(file, toml, tomllib.loads(toml), first_line)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _LINE.search(str(error))
        line = f":{int(found[1]) + first_line - 1}" if found else ""
        raise FolderError(f"{file}{line}", f"is no TOML: {_LINE.sub('', str(error)).strip()}", "correct it") from error


def front_of(file: str, text: str) -> Said:
    """What stands between the lines of `+++` at the top. Raises FolderError."""
    head, end = _split(text)
    if end is None:
        raise FolderError(f"{file}:1", f"has no facts between two lines of {FENCE}", "see the files beside it")
    return toml_of(file, head, first_line=2)


def body_of(text: str) -> str:
    """What stands below, without the empty lines around it."""
    return (_split(text)[1] or "").strip("\n")


def _split(text: str) -> tuple[str, str | None]:
    if not text.startswith(f"{FENCE}\n"):
        return "", None
    head, fence, body = f"{text}\n".removeprefix(f"{FENCE}\n").partition(f"\n{FENCE}\n")
    return f"{head}\n", body if fence else None


def made(kind: type, said: Said, many: bool = False) -> Any:
    """The model object (or as many as there are) that the tables say. Raises FolderError naming the key."""
    tables = said.table if many else [said.table]
    try:
        found = _reader(kind).validate_python(tables)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = first["loc"] if many else first["loc"][1:]
        raise said.error((*said.path, *where), _problem(first), _remedy(kind, first)) from error
    return found if many else found[0]


def _problem(detail: Mapping[str, Any]) -> str:
    match detail["type"]:
        case "unexpected_keyword_argument":
            return "unknown key"
        case "missing":
            return "is missing"
    given = detail["input"]
    shown = f", not {given!r:.60}" if isinstance(given, str | int | float) else ""
    return re.sub(r"^.*?\bshould ", "should ", str(detail["msg"])) + shown


def _remedy(kind: type, detail: Mapping[str, Any]) -> str:
    if detail["type"] == "missing":
        return "add it"
    if detail["type"] != "unexpected_keyword_argument" or len(detail["loc"]) > 2:  # further down: another model's
        return "see the files beside it"
    known = [name for name in getattr(kind, "__dataclass_fields__", ()) if name != "story"]
    close = get_close_matches(str(detail["loc"][-1]), known, 1)
    return f"did you mean {close[0]}?" if close else f"the keys here are {', '.join(known)}"


@cache
def _reader(kind: type) -> TypeAdapter[Any]:
    """Reads a list of them; keys that the model does not have are refused, also further down."""
    return TypeAdapter(tuple[kind, ...], config=ConfigDict(extra="forbid"))  # type: ignore[valid-type]  # made here
