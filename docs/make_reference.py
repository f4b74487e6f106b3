"""Writes docs/reference/ from what the program says of itself: its tree of commands and the schema of its settings.

Run it after a change of either: `.venv/bin/python docs/make_reference.py`. A test fails while a page is stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from digest.cli import build
from digest.cli.root import PANELS
from digest.config.load import schema

FOLDER = Path(__file__).resolve().parent / "reference"
Schema = Mapping[str, Any]
"""A JSON Schema, or a part of one."""

_COMMANDS = """\
# Commands

<!-- Written by docs/make_reference.py: change the program and run that. -->

`digest COMMAND --help` says the same in the terminal.

- `--json` prints one object with `"schema": 1`; times are RFC 3339 in UTC.
- `--jsonl` filters answer line by line and in order; a bad line is answered in its place with `{"line", "error"}`, and
  the exit status is then 1.
- What is not a terminal gets plain lines with tabs between the values. `NO_COLOR` is kept.
- Errors go to standard error and name the file, key, row or address, and the next step.

| exit status | means |
|---|---|
| 0 | good |
| 1 | findings: something needs your attention |
| 2 | the command was called wrongly |
| 3 | the configuration cannot be used |
| 4 | something outside failed: a network, a server, a disk |
"""
_CONFIGURATION = """\
# Configuration

<!-- Written by docs/make_reference.py: change the program and run that. -->

One TOML file, `config.toml` in the current folder or the one that `--config PATH` or `DIGEST_CONFIG` names. A value on
the command line (`--set smtp.port=2525`) wins over the environment (`DIGEST__SMTP__PORT=2525`), which wins over the
file, which wins over the default. Relative paths count from the file's folder. An unknown key is an error.
`digest config show --origins` says which value is in force and where it comes from; `digest config schema` prints all
of this as JSON Schema. [How to write your own](../how-to/configure.md) has the steps.

A *slug* is a short name of lower-case letters, digits and hyphens. Keys without a default are required, but only
where their section is there. `[[name]]` may stand any number of times.
"""


def pages() -> dict[Path, str]:
    """Every page of the folder with its text."""
    return {FOLDER / "commands.md": commands_page(), FOLDER / "configuration.md": configuration_page()}


def commands_page() -> str:
    """All commands by the panels of `digest --help`, each with its usage, options and example."""
    root = typer.main.get_command(build())
    parts = [_COMMANDS, "## Global options\n\nThey stand before the command.\n", _parameters(root)]
    for panel in PANELS:
        parts.append(f"## {panel}\n")
        for name in root.list_commands(None):
            if root.commands[name].rich_help_panel == panel:
                parts += map(_command, *zip(*leaves(root.commands[name], f"digest {name}"), strict=True))
    return "\n".join(filter(None, parts))


def leaves(command: Any, path: str) -> Iterator[tuple[Any, str]]:
    """Every command below that one that does something, with the words that call it."""
    below = getattr(command, "commands", None)
    if below is None:
        yield command, path
        return
    for name, child in below.items():
        yield from leaves(child, f"{path} {name}")


def _command(command: Any, path: str) -> str:
    words = [path, *("[OPTIONS]" for p in command.params[:1] if any(map(_is_option, command.params)))]
    words += [p.metavar for p in command.params if not _is_option(p)]
    example = (command.epilog or "").removeprefix("Example: ")
    parts = [f"### {path}\n", f"{command.help}\n", f"```\n{' '.join(words)}\n```\n", _parameters(command)]
    return "\n".join(filter(None, [*parts, f"Example:\n\n```console\n$ {example}\n```\n"]))


def _parameters(command: Any) -> str:
    rows = [(f"`{_written(p)}`", _help(p)) for p in command.params if not p.hidden]
    return _table(("", ""), rows) if rows else ""


def _is_option(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "option")


def _written(parameter: Any) -> str:
    if not _is_option(parameter):
        return str(parameter.metavar)
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {parameter.metavar or _choices(parameter)}"


def _choices(parameter: Any) -> str:
    return "|".join(str(member) for member in parameter.type_descriptor.annotation)


def _help(parameter: Any) -> str:
    required = "Required. " if _is_option(parameter) and parameter.required else ""
    repeated = " May be repeated." if _is_option(parameter) and parameter.multiple else ""
    return f"{required}{parameter.help}{repeated}"


def configuration_page() -> str:
    """All sections with their keys, types, defaults and meanings, in the order of the file."""
    root = schema()
    tables, single = [], {}
    for name, part in root["properties"].items():
        if _is_table(part, root):
            tables.append(_section(name, _resolved(part, root), root, repeated="items" in part))
        else:
            single[name] = part
    top = f"## At the top of the file\n\n{_keys(single, (), root)}"
    return "\n".join([_CONFIGURATION, top, *tables])


def _section(name: str, table: Schema, root: Schema, repeated: bool) -> str:
    """A section and the sections within it."""
    header = f"[[{name}]]" if repeated else f"[{name}]"
    plain = {key: part for key, part in table["properties"].items() if not _is_table(part, root)}
    inner = [
        _section(f"{name}.{key}{'.NAME' * _is_named(part)}", _resolved(part, root), root, repeated="items" in part)
        for key, part in table["properties"].items()
        if key not in plain
    ]
    text = f"## `{header}`\n\n{table.get('description', '')}\n\n{_keys(plain, table.get('required', ()), root)}"
    return "\n".join([text, *inner])


def _keys(parts: Mapping[str, Schema], required: Sequence[str], root: Schema) -> str:
    rows = [
        (f"`{key}`", _type(part, root), _default(key, part, required), _line(part.get("description", "")))
        for key, part in parts.items()
    ]
    return _table(("key", "type", "default", "meaning"), rows)


def _is_table(part: Schema, root: Schema) -> bool:
    return "properties" in _resolved(part, root)


def _is_named(part: Schema) -> bool:
    """Whether it holds any number of tables, each under a name."""
    return "$ref" in dict(part.get("additionalProperties") or {})


def _resolved(part: Schema, root: Schema) -> Schema:
    """What a reference, an optional value or the items of an array are about."""
    if "$ref" in part:
        return _resolved(root["$defs"][part["$ref"].rpartition("/")[2]], root)
    if "anyOf" in part:
        return _resolved(part["anyOf"][0], root)
    if _is_named(part):
        return _resolved(part["additionalProperties"], root)
    return _resolved(part["items"], root) if "$ref" in part.get("items", ()) else part


def _type(part: Schema, root: Schema) -> str:
    if part.get("type") == "array":
        if "prefixItems" in part:
            return f"pairs of {_type(part['prefixItems'][0], root)}s"
        items = _type(part["items"], root)
        if items.startswith("pairs"):
            return f"list of {items}"
        name, comma, limits = items.partition(",")
        return f"list of {items}" if name.startswith("`") else f"list of {name}s{comma}{limits}"
    kind = _resolved(part, root)
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    if str(kind.get("pattern", "")).startswith("^[a-z0-9]"):
        return "slug"
    named = {"password": "text, secret", "path": "path", "date": "date"}
    types = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true`, `false`"}
    if kind.get("type") == "object":
        values = kind.get("additionalProperties") or next(iter(kind["patternProperties"].values()))
        return f"table of {_type(values, root).replace('list', 'lists', 1)}"
    return named.get(kind.get("format", ""), types[kind["type"]]) + _limits(kind)


def _limits(kind: Schema) -> str:
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    if {"minimum", "maximum"} <= kind.keys():
        return f", {kind['minimum']} to {kind['maximum']}"
    return "".join(f", {word} {kind[key]}" for key, word in words.items() if key in kind)


def _default(key: str, part: Schema, required: Sequence[str]) -> str:
    if key in required:
        return "required"
    if part.get("default") in (None, ""):
        return ""
    return f"`{json.dumps(part['default'], ensure_ascii=False)}`"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
