"""Lays the environment and the command line over what the file said: nested data, with the origin of each value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from digest.config.fields import SECRETS, file_key, value_of
from digest.config.places import KeyPath
from digest.config.problems import Problem

PREFIX = "DIGEST__"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One setting from outside the file, as it was written."""

    keys: tuple[str, ...]
    text: str
    origin: str


def environment_layer(environ: Mapping[str, str]) -> list[Assignment]:
    """DIGEST__SMTP__PORT=587 and the like; DIGEST_ with one underscore is none of ours."""
    return [
        Assignment(tuple(name.removeprefix(PREFIX).lower().split("__")), text, f"environment {name}")
        for name, text in sorted(environ.items())
        if name.startswith(PREFIX)
    ]


def override_layer(overrides: Mapping[str, str]) -> list[Assignment]:
    """smtp.port = 587; newsletters.weekly.hour = 8."""
    return [Assignment(tuple(key.split(".")), text, "command line") for key, text in overrides.items()]


@dataclass(slots=True)
class Draft:
    """A configuration on its way to validation."""

    data: dict[str, object] = field(default_factory=dict)
    lines: dict[KeyPath, str] = field(default_factory=dict)
    """FILE:LINE of what the file says."""
    assigned: dict[KeyPath, str] = field(default_factory=dict)
    """Origin of what was laid over it."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def origins(self) -> dict[KeyPath, str]:
        """Where each table and key was set."""
        return self.lines | self.assigned

    def lay(self, layer: Iterable[Assignment]) -> None:
        """Puts every assignment over what is there. A secret displaces its file, and a file its secret."""
        paths = [self._put(assignment) for assignment in layer]
        for secret in SECRETS:
            self._displace(secret, file_key(secret), paths)
            self._displace(file_key(secret), secret, paths)

    def _displace(self, given: KeyPath, other: KeyPath, paths: Sequence[KeyPath]) -> None:
        if given in paths and other in paths:
            self.problems.append(Problem(given, f"is set, and {other[-1]} too", "keep one of them"))
        if given in paths:
            table_at(self.data, given[:-1]).pop(str(other[-1]), None)

    def _put(self, assignment: Assignment) -> KeyPath:
        *tables, last = assignment.keys
        node: object = self.data
        path: KeyPath = ()
        try:
            for key in tables:
                step, node = _descend(node, key)
                path += (step,)
            path += (_assign(node, last, assignment.text, path),)
        except LookupError as error:
            path = assignment.keys
            self.problems.append(Problem(path, str(error.args[0])))
        self.lines = {known: place for known, place in self.lines.items() if known[: len(path)] != path}
        self.assigned[path] = assignment.origin
        return path


def table_at(data: object, path: KeyPath) -> dict[str, object]:
    """The table at that path; an empty one where there is none."""
    for key in path:
        data = data.get(str(key)) if isinstance(data, dict) else data[int(key)] if isinstance(data, list) else None
    return data if isinstance(data, dict) else {}


def _descend(node: object, key: str) -> tuple[str | int, object]:
    """The item of an array, or the table under a key, made where there is none. Raises LookupError."""
    if isinstance(node, list):
        position = _position(node, key)
        return position, node[position]
    if isinstance(node, dict) and not isinstance(node.get(key), dict | list):
        node[key] = {}
    return key, _get(node, key)


def _assign(node: object, key: str, text: str, table: KeyPath) -> str | int:
    """Sets one value and gives its key or position. Raises LookupError."""
    if isinstance(node, list):
        position = _position(node, key)
        node[position] = value_of(text, (*table, position))
        return position
    if isinstance(node, dict):
        node[key] = value_of(text, (*table, key))
    return key


def _get(node: object, key: str) -> object:
    return node.get(key) if isinstance(node, dict) else None


def _position(items: Sequence[object], key: str) -> int:
    """The position that a number from 0, a slug or a key names."""
    names = [_get(item, "slug") or _get(item, "key") for item in items]
    for name in (key, key.replace("_", "-")):
        if name in names:
            return names.index(name)
    if key.isascii() and key.isdigit() and int(key) < len(items):
        return int(key)
    raise LookupError(f"there is no {key!r}; write a slug, or a number from 0 to {len(items) - 1}")
