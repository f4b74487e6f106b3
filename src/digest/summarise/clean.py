"""Article text to the paragraphs that tell its story: takes plain text, gives cleaned paragraphs in order.

Paragraphs are separated by blank lines, or by line breaks where there are none. It only ever drops whole paragraphs
or the dateline and byline in front of one; it never rewrites what it keeps.
"""

from __future__ import annotations

import re

from digest.summarise.sentences import split

_BLANK_LINE = re.compile(r"\n\s*\n")
_SPACE = re.compile(r"\s+")
_ENDS = re.compile(r"[.!?…。！？؟۔][\"'”’»)\]」』）]*$")
_LIST = re.compile(r"^(?:[-*•·–—▪●]|\d{1,2}[.)])\s")


def paragraphs(text: str, title: str = "") -> tuple[str, ...]:
    """The paragraphs of the article that tell something, in order."""
    found = _BLANK_LINE.split(text.strip())
    if len(found) == 1:
        found = text.strip().split("\n")
    flat = [_SPACE.sub(" ", paragraph).strip() for paragraph in found]
    return tuple(p for p in flat if p and p != title and not _LIST.match(p) and _ENDS.search(p) and split(p))
