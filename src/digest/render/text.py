"""The text part of each block: links numbered through the whole issue, lines of at most 72 columns."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from digest.render.blocks import Block
from digest.render.templates import Templates


class Footnotes:
    """Numbers links in the order in which the superset names them; the same URL keeps its number."""

    def __init__(self, behind: Mapping[str, str] = MappingProxyType({})) -> None:
        """`behind`: from counted links to the addresses where they lead: these are what is numbered."""
        self._numbers: dict[str, int] = {}
        self.behind = behind

    def number(self, url: str) -> int:
        """From 1."""
        return self._numbers.setdefault(self.behind.get(url, url), len(self._numbers) + 1)


def render_text(block: Block, templates: Templates, theme: str, shared: Mapping[str, object]) -> str:
    """One block as text that ends with one line feed, or nothing. Empty lines at its top set it off."""
    names = (f"themes/{theme}/text/{block.template}.txt", f"text/{block.template}.txt")
    lines = templates.render_first(names, {**shared, **block.variables}).rstrip().split("\n")
    text = "\n".join(line.rstrip() for line in lines)
    return f"{text}\n" if text else ""
