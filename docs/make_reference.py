"""Writes docs/reference/ from what the program says of itself: commands, settings, and the operations of its API.

Run it after a change of one of them: `.venv/bin/python docs/make_reference.py`. A test fails while a page is stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import typer

from digest.cli import build
from digest.cli.root import PANELS
from digest.config.load import schema
from digest.config.settings import Settings
from digest.web.api.server import create_api

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


_API = """\
# The API

<!-- Written by docs/make_reference.py: change the program and run that. -->

Under `/api/v1`; JSON in and out, times in RFC 3339. `/api/v1/openapi.json` is this description for programs.
[How to use it](../how-to/api.md) begins with a token. Every operation names the scope that its token needs. Every POST
takes the header `Idempotency-Key`. Besides what is listed, any operation may answer 401, 403, 422, 429, 500 and 503,
one about a name 404, and one with a body 400, 409 and 413: all as [Problem](#problem).
"""


def pages() -> dict[Path, str]:
    """Every page of the folder with its text."""
    texts = {"commands": commands_page(), "configuration": configuration_page(), "api": api_page()}
    return {FOLDER / f"{name}.md": text for name, text in texts.items()}


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


def api_page() -> str:
    """All operations by their tag, then all objects with their fields."""
    description = _openapi()
    by_tag: dict[str, list[str]] = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            by_tag.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    parts = [f"## {tag.capitalize()}\n\n" + "\n".join(texts) for tag, texts in by_tag.items()]
    objects = [
        _object(name, part)
        for name, part in sorted(description["components"]["schemas"].items())
        if "properties" in part
    ]
    return "\n".join([_API, *parts, "## Objects\n", *objects])


@cache
def _openapi() -> Schema:
    """The description, of a site that is not there."""
    site: Any = SimpleNamespace(app=SimpleNamespace(settings=Settings()))
    return create_api(site).openapi()


def _operation(path: str, method: str, operation: Schema) -> str:
    scope = operation["security"][0]["token"][0]
    asked = [
        (f"`{p['name']}`", p["in"], _kind(p["schema"]), p.get("description", ""))
        for p in operation.get("parameters", ())
        if p["in"] != "header"
    ]
    body = operation.get("requestBody", {}).get("content", {})
    lines = [f"### {method.upper()} {path}\n", f"{operation['description']}\n", f"Scope: `{scope}`.\n"]
    lines += [_table(("parameter", "in", "type", "meaning"), asked)] if asked else []
    lines += [f"Body: {_kind(part['schema'])}, as `{kind}`.\n" for kind, part in body.items()]
    good = [f"{status} {_answer(part)}" for status, part in operation["responses"].items() if status.startswith("2")]
    return "\n".join([*lines, f"Answers {' or '.join(good)}.\n"])


def _answer(response: Schema) -> str:
    kinds = [_kind(part["schema"]) for part in response.get("content", {}).values()]
    return f"with {kinds[0]}" if kinds else "with nothing"


def _object(name: str, part: Schema) -> str:
    rows = [
        (f"`{key}`", _kind(of), "yes" if key in part.get("required", ()) else "no", _line(of.get("description", "")))
        for key, of in part["properties"].items()
    ]
    return f"### {name}\n\n{part.get('description', '')}\n\n{_table(('field', 'type', 'required', 'meaning'), rows)}"


def _kind(part: Schema) -> str:
    """The type of a value in words, with a link to an object's own table."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        words = _openapi()["components"]["schemas"][name]
        return ", ".join(f"`{value}`" for value in words["enum"]) if "enum" in words else f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf"):
        if several in part:
            return " or ".join(map(_kind, part[several]))
    if part["type"] == "array":
        return f"list of {_kind(part['items'])}"
    if isinstance(part.get("additionalProperties"), Mapping):
        return f"object of {_kind(part['additionalProperties'])}"
    named = {"date": "date", "date-time": "time", "binary": "bytes"}
    types = {
        "string": "text",
        "integer": "whole number",
        "boolean": "`true`, `false`",
        "null": "null",
        "object": "object",
    }
    return named.get(part.get("format", ""), types[part["type"]]) + _limits(part)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
