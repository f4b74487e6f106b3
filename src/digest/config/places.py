"""Where each key stands in a TOML file: text in, line numbers out. Knows nothing of what the keys mean."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping

KeyPath = tuple[str | int, ...]
"""The way to a value: keys and, in arrays, positions from 0; ("feeds", 2, "url")."""


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line on which each table, key and inline key begins. `text` must be valid TOML."""
    lines: dict[KeyPath, int] = {}
    last_item: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, statement in _statements(text):
        parsed = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _enter(parsed, last_item)
            for end in range(1, len(table) + 1):
                lines.setdefault(table[:end], line)
        for path in _paths(parsed) if parsed and not statement.lstrip().startswith("[") else ():
            lines.setdefault(table + path, line)
    return lines


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement with its first line: no part of one that ends at a line break is valid TOML by itself."""
    held, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        held += line + "\n"
        try:
            tomllib.loads(held)
        except tomllib.TOMLDecodeError:
            continue
        yield start, held
        held, start = "", number + 1


def _enter(header: Mapping[str, object], last_item: dict[KeyPath, int]) -> KeyPath:
    """The full path of a [table] or [[array of tables]] header, counting the items of arrays."""
    path: KeyPath = ()
    node: object = header
    while isinstance(node, dict) and node:
        key, node = next(iter(node.items()))
        path += (key,)
        if isinstance(node, list):
            last_item[path] = last_item.get(path, -1) + 1
        if path in last_item:
            path += (last_item[path],)
    return path


def _paths(node: object) -> Iterator[KeyPath]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        yield (key,)
        for path in _paths(child):
            yield (key, *path)
