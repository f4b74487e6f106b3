"""Article text to the paragraphs that tell its story: takes plain text, gives cleaned paragraphs in order.

Paragraphs are separated by blank lines, or by line breaks where there are none. It drops whole paragraphs,
the dateline or byline in front of one and the unfinished sentence at its end; it never rewrites what it keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from digest.summarise.boilerplate import kind_of
from digest.summarise.dateline import without_dateline
from digest.summarise.sentences import ends_whole, split
from digest.summarise.words import content, is_wide

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_SPACE = re.compile(r"\s+")
_END_MARK = re.compile(r"[.!?…:。！？؟۔]\W*$")
_FULL_STOP = re.compile(r"[.!…:。！۔]\W*$")
_SAME_TITLE = 0.6
"""Share of a heading's words in the title from which it repeats it."""
_OF_TITLE = 0.5
"""Share of the title's words in a line without a full stop from which the line is a longer form of the title."""
_BODY_BEFORE_FOOTER = 4
"""After so many paragraphs a promotion or sign-up ends the article: what follows is about others."""
_MOST = 8
"""Paragraphs kept; a teaser never comes from further down."""
_TOLD_CHARS = 100
"""Characters before an invitation that make a paragraph part of the story."""
_WIDTHS = (40, 100)
"""Characters of a line in hard-wrapped text."""
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
    """The paragraphs as they stand, each on one line."""
    stripped = text.strip()
    pieces = _BLANK_LINE.split(stripped) if _BLANK_LINE.search(stripped) else stripped.split("\n")
    for piece in pieces:
        lines = [line for raw in piece.split("\n") if (line := _SPACE.sub(" ", raw).strip())]
        yield from [" ".join(lines)] if _is_wrapped(lines) else lines


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether the lines of a paragraph are one text broken to fit a width, and not a line for each thing."""
    full = [line for line in lines[:-1] if _WIDTHS[0] <= len(line) <= _WIDTHS[1]]
    ended = sum(_END_MARK.search(line) is not None for line in lines[:-1])
    return len(lines) > 1 and len(full) == len(lines) - 1 and 2 * ended <= len(full)


def _story(blocks: Iterator[str], title: str) -> Iterator[Paragraph]:
    """What is left when everything that stands around the story is gone."""
    at, titled = 0, content(title)
    for block in blocks:
        kind = kind_of(block)
        if kind in _FOOTERS and at >= _BODY_BEFORE_FOOTER:
            return
        told = _without_last(block) if kind in _FOOTERS else "" if kind else block
        if not told or _repeats(told, titled):
            continue
        paragraph = without_dateline(told)
        if at == 0 and _is_standfirst(paragraph):
            yield Paragraph(paragraph, at, is_standfirst=True)
        elif kind_of(paragraph) or not (paragraph := _whole(paragraph)):
            continue
        else:
            yield Paragraph(paragraph, at)
        at += 1


def _without_last(block: str) -> str:
    """The block without its last sentence, where that alone invites the reader to something; else nothing."""
    told = block.removesuffix(split(block)[-1]).rstrip()
    return told if len(told) >= _TOLD_CHARS and not kind_of(told) else ""


def _whole(paragraph: str) -> str:
    """The paragraph to the end of its last whole sentence: "Here is what stood out:" leads to a list that is gone."""
    if ends_whole(paragraph):
        return paragraph
    unfinished = split(paragraph)[-1]
    return paragraph.removesuffix(unfinished).rstrip()


def _repeats(block: str, titled: frozenset[str]) -> bool:
    """Whether the block is the title again, or another form of it."""
    words = content(block)
    shared = len(words & titled)
    if not shared:
        return False
    is_line = not _FULL_STOP.search(block) and len(split(block)) == 1
    if not is_line and len(words) > len(titled) + 2:
        return False
    return shared >= _SAME_TITLE * len(words) or (is_line and shared >= _OF_TITLE * len(titled))


def _is_standfirst(block: str) -> bool:
    """Whether a block without a final mark reads as a sentence: long enough, and not in headline capitals."""
    words = block.split()
    if _END_MARK.search(block) or is_wide(block) or not 8 <= len(words) <= 40:
        return False
    capitals = sum(word[0].isupper() for word in words[1:])
    return block[0].isupper() and capitals <= 0.5 * len(words) and block[-1].isalnum()
