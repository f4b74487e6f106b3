"""What is wrong with a configuration, said for people: pydantic's errors in, lines with place and remedy out.

A line names the file and line (or the environment variable, or the command line), the key, what is wrong and what
to do. Values of secrets are never repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from digest.config.fields import field_at, fields_of, is_secret
from digest.config.model import without_credentials
from digest.config.places import KeyPath
from digest.config.settings import Settings
from digest.errors import ConfigError

_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    path: KeyPath
    text: str
    remedy: str = ""


def problems_in(error: ValidationError) -> list[Problem]:
    """Each error of validation as a problem; contradictions between tables as one for each."""
    found = []
    for detail in error.errors(include_url=False):
        if detail["type"] == "default_factory_not_called":
            continue
        if detail["type"] == "contradiction":
            found += [Problem(tuple(path), text) for path, text in detail["ctx"]["found"]]
        else:
            found.append(_problem(detail))
    return found


def _problem(detail: ErrorDetails) -> Problem:
    path: KeyPath = detail["loc"]
    match detail["type"]:
        case "extra_forbidden":
            return Problem(path, "unknown key" if path[1:] else "unknown section or key", _instead_of(path))
        case "missing":
            return Problem(path, "is missing", _meaning(path))
        case "value_error":
            return Problem(path, detail["msg"].removeprefix("Value error, "))
    text = re.sub(r"^.*?\bshould ", "should ", detail["msg"])
    given = detail["input"]
    if not isinstance(given, str | int | float) or is_secret(path):
        return Problem(path, text)
    shown = without_credentials(repr(given).lower() if isinstance(given, bool) else repr(given))
    allowed = re.findall(r"'([^']*)'", detail.get("ctx", {}).get("expected", ""))
    return Problem(path, f"{text}, not {shown[:_LONGEST_VALUE]}", _did_you_mean(str(given), allowed))


def _instead_of(path: KeyPath) -> str:
    """What to write for an unknown key: a similar one, the section where it belongs, or the list of all."""
    key, known = str(path[-1]), list(fields_of(path[:-1]) or ())
    homes = [name for name in Settings.model_fields if key in (fields_of((name,)) or ())]
    if path[1:] and not get_close_matches(key, known, 1) and homes:
        return f"{key} belongs to {_table((homes[0],))}"
    return _did_you_mean(key, known) or f"the keys here are {', '.join(known)}"


def _did_you_mean(given: str, known: Iterable[str]) -> str:
    close = get_close_matches(given, list(known), 1)
    return f"did you mean {close[0]}?" if close else ""


def _meaning(path: KeyPath) -> str:
    field = field_at(path)
    return field.description.rstrip(".") if field and field.description else ""


def described(path: KeyPath) -> str:
    """The key as people find it in the file: "[smtp] port", "[[feeds]] no. 3: url", "templates"."""
    if not path:
        return ""
    if len(path) == 1:
        return str(path[0]) if fields_of(path) is None else _table(path)
    head, rest = (path[:2], path[2:]) if isinstance(path[1], int) else (path[:1], path[1:])
    key = ".".join(map(str, rest))
    return f"{_table(head)}{':' if head[1:] and key else ''} {key}".rstrip()


def _table(path: KeyPath) -> str:
    """The table's header: "[smtp]", "[[feeds]]", "[[feeds]] no. 3"."""
    field = field_at(path[:1])
    many = len(path) > 1 or bool(field and str(field.annotation).startswith("tuple"))
    name = f"[[{path[0]}]]" if many else f"[{path[0]}]"
    return f"{name} no. {int(path[1]) + 1}" if len(path) > 1 else name


def origin_of(path: KeyPath, origins: Mapping[KeyPath, str]) -> str | None:
    """Where the key was set, or else the first of what is in it, or else the nearest table around it."""
    if path in origins:
        return origins[path]
    within = (origin for known, origin in origins.items() if path and known[: len(path)] == path)
    around = (origins[path[:end]] for end in range(len(path) - 1, 0, -1) if path[:end] in origins)
    return next(within, None) or next(around, None)


def refusal(problems: Iterable[Problem], origins: Mapping[KeyPath, str], source: str) -> ConfigError:
    """All problems as one error, in the order of the file. `source` names the file where a key has no line."""
    lines = []
    for problem in problems:
        origin = origin_of(problem.path, origins) or source
        place = ": ".join(filter(None, (origin, described(problem.path))))
        lines.append((_line_number(origin), ConfigError(place, problem.text, problem.remedy)))
    ordered = [error for _, error in sorted(lines, key=lambda pair: pair[0])]
    if len(ordered) == 1:
        return ordered[0]
    return ConfigError(source, f"{len(ordered)} problems\n" + "\n".join(f"  {error}" for error in ordered))


def _line_number(origin: str) -> int:
    number = origin.rpartition(":")[2]
    return int(number) if number.isdigit() else 0
