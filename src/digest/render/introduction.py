"""The editor's own introduction: a little Markdown and a few variables, as pieces that the templates place.

Takes text, gives paragraphs of pieces. Of Markdown (CommonMark) it knows emphasis, links and paragraphs; everything
else, HTML too, stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt

from digest.model.issue import VARIABLES
from digest.render.typography import link, polish

_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "link", "escape"])
_VARIABLE = re.compile(r"\{(" + "|".join(VARIABLES) + r")\}")
_OPENS = {"strong_open": {"strong": True}, "em_open": {"em": True}}
_CLOSES = {"strong_close": {"strong": False}, "em_close": {"em": False}, "link_close": {"url": ""}}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of one look, or a slot among them."""

    text: str = ""
    variable: str = ""
    """Name of a slot, instead of text."""
    url: str = ""
    strong: bool = False
    em: bool = False

    @property
    def stand_in(self) -> str:
        """What stands for a variable while lines are wrapped, so that they break alike whatever its value is."""
        return chr(0xE000 + VARIABLES.index(self.variable)) * 3


def paragraphs(text: str, language: str) -> tuple[tuple[Piece, ...], ...]:
    """The paragraphs of an introduction."""
    inline = (token.children or [] for token in _MARKDOWN.parse(text) if token.type == "inline")
    return tuple(tuple(_pieces(children, language)) for children in inline)


def _pieces(tokens: list, language: str) -> Iterator[Piece]:  # type: ignore[type-arg]  # markdown-it's Token
    look = Piece()
    for token in tokens:
        if token.type == "link_open":
            look = replace(look, url=link(str(token.attrs.get("href", ""))))
        elif token.type in _OPENS or token.type in _CLOSES:
            look = replace(look, **(_OPENS | _CLOSES)[token.type])  # type: ignore[arg-type]  # of its own fields
        else:
            yield from _words(token.content or " ", look, language)


def _words(text: str, look: Piece, language: str) -> Iterator[Piece]:
    for at, part in enumerate(_VARIABLE.split(text)):
        if part:
            yield replace(look, variable=part) if at % 2 else replace(look, text=_polished(part, language))


def _polished(part: str, language: str) -> str:
    """Typographic, with the spaces at its ends, which belong between pieces."""
    start, end = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{start}{polish(part, language)}{end}" if part.strip() else part
