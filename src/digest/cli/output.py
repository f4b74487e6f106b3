"""How commands answer: tables for people, tab-separated lines for pipes, JSON for programs.

Takes values, writes to standard output. Text from outside (titles, addresses) can move no cursor: control
characters are shown as �.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import PurePath
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

SCHEMA = 1
"""Version of the shape of all JSON answers."""

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_UNSAFE = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F)), "�")
_LINE = _UNSAFE | {ord(space): " " for space in "\t\n\r"}
_TEXT = _UNSAFE | {ord("\n"): "\n"}


def terminal(stderr: bool = False) -> Console:
    """A console without guessed colours; NO_COLOR is kept, and what is no terminal gets plain text."""
    return Console(stderr=stderr, highlight=False, emoji=False)


def clean(text: str) -> str:
    """The text without control characters other than line feeds."""
    return _encodable(text).translate(_TEXT)


def _encodable(text: str) -> str:
    """The text with ? for lone surrogates, which no output can take."""
    return text.encode("utf-8", "replace").decode()


def show_table(out: Console, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on a terminal; elsewhere a line for each row, with tabs between the values and names on top."""
    lines = [[_cell(value) for value in row] for row in rows]
    if not out.is_terminal:
        for line in ([column.lower() for column in columns], *lines):
            out.file.write("\t".join(line) + "\n")  # print would turn the tabs into spaces
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for line in lines:
        table.add_row(*map(Text, line))
    out.print(table)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}Z"
    return "" if value is None else _encodable(str(value)).translate(_LINE)


def emit_json(data: Mapping[str, object]) -> None:
    """One JSON object with "schema": 1, on standard output."""
    write_json({"schema": SCHEMA, **data}, indent=2)


def write_json(value: object, indent: int | None = None) -> None:
    """JSON and a line feed, as UTF-8; a lone surrogate becomes its escape, which JSON reads back."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=indent, allow_nan=False)
    typer.echo(text.encode("utf-8", "backslashreplace"))


def plain(value: object) -> object:
    """What JSON can hold: times as RFC 3339 UTC, enums as their values, dataclasses as objects, sets sorted."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return plain(value.value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case str() | date() | PurePath():
            return str(value)
    return _plain_items(value)


def _plain_items(value: object) -> object:
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if not isinstance(value, Iterable):
        raise TypeError(f"no JSON for {type(value).__name__}")
    items = [plain(item) for item in value]
    return sorted(items, key=str) if isinstance(value, Set) else items
