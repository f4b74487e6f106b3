"""Article text to the paragraphs that tell its story: takes plain text, gives cleaned paragraphs in order.

Paragraphs are separated by blank lines, or by line breaks where there are none. It drops whole paragraphs, and the
dateline or byline in front of one; it never rewrites what it keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from digest.summarise.boilerplate import kind_of
from digest.summarise.dateline import without_dateline
from digest.summarise.sentences import ends_whole
from digest.summarise.words import content, is_wide

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_SPACE = re.compile(r"\s+")
_END_MARK = re.compile(r"[.!?…:。！？؟۔]\W*$")
_SAME_TITLE = 0.6
"""Share of a heading's words in the title from which it repeats it."""
_BODY_BEFORE_FOOTER = 4
"""After so many paragraphs a promotion or sign-up ends the article: what follows is about others."""
_MOST = 12
"""Paragraphs kept; a teaser never comes from further down."""
_FOOTERS = frozenset({"promotion", "sign-up", "legal"})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the story."""

    text: str
    at: int
    """How many paragraphs of the story come before it."""
    is_standfirst: bool = False
    """A summary set as a headline is: whole, in front of the text, without a final mark."""


def paragraphs(text: str, title: str = "") -> tuple[Paragraph, ...]:
    """The first paragraphs of the article that tell something, in order."""
    return tuple(islice(_story(_blocks(text), title), _MOST))


def _blocks(text: str) -> Iterator[str]:
    """The paragraphs as they stand, each on one line; a line that goes on in small letters joins the one before."""
    stripped = text.strip()
    if _BLANK_LINE.search(stripped):
        pieces = _BLANK_LINE.split(stripped)
    else:
        pieces = re.sub(r"(?<![.!?:…\"”’)\n])\n(?=[a-zà-ÿ])", " ", stripped).split("\n")
    for piece in pieces:
        lines = [_SPACE.sub(" ", line).strip() for line in piece.split("\n")]
        if any(kind_of(line) == "list" for line in lines[1:]):
            yield from filter(None, lines)
        elif joined := " ".join(filter(None, lines)):
            yield joined


def _story(blocks: Iterator[str], title: str) -> Iterator[Paragraph]:
    """What is left when everything that stands around the story is gone."""
    at, titled = 0, content(title)
    for block in blocks:
        kind = kind_of(block)
        if kind in _FOOTERS and at >= _BODY_BEFORE_FOOTER:
            return
        if kind or _repeats(block, titled):
            continue
        paragraph = without_dateline(block)
        standfirst = at == 0 and _is_standfirst(paragraph)
        if standfirst or (ends_whole(paragraph) and not kind_of(paragraph)):
            yield Paragraph(paragraph, at, standfirst)
            at += 1


def _repeats(block: str, titled: frozenset[str]) -> bool:
    """Whether the block is the title again, or a variant of it set as a heading."""
    words = content(block)
    if not words or not titled:
        return False
    shared = len(words & titled)
    if _END_MARK.search(block) and len(words) > len(titled) + 2:
        return False
    return shared >= _SAME_TITLE * len(words)


def _is_standfirst(block: str) -> bool:
    """Whether a block without a final mark reads as a sentence: long enough, and not in headline capitals."""
    words = block.split()
    if _END_MARK.search(block) or is_wide(block) or not 8 <= len(words) <= 40:
        return False
    capitals = sum(word[0].isupper() for word in words[1:])
    return block[0].isupper() and capitals <= 0.5 * len(words) and block[-1].isalnum()
