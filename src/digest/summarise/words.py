"""Words of a text for comparing texts: takes text in any script, gives them folded; knows nothing of meaning."""

from __future__ import annotations

import re

from digest.summarise.lexicon import FUNCTION

_WIDE = "぀-ヿ㐀-鿿豈-﫿가-힣"
_TOKEN = re.compile(rf"[{_WIDE}]|[^\W_{_WIDE}]+")
_WIDE_ONE = re.compile(f"[{_WIDE}]")
_LETTERS = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s\b")


def tokens(text: str) -> tuple[str, ...]:
    """Every word, casefolded, in order; Chinese, Japanese and Korean by the character."""
    return tuple(_TOKEN.findall(_POSSESSIVE.sub("", text.casefold())))


def content(text: str) -> frozenset[str]:
    """The words that carry a subject."""
    return frozenset(tokens(text)) - FUNCTION[""]


def count(text: str) -> int:
    """How many words a reader reads; about two characters of a script without spaces make one."""
    wide = len(_WIDE_ONE.findall(text))
    return len(_LETTERS.findall(_WIDE_ONE.sub(" ", text))) + (wide + 1) // 2


def is_wide(text: str) -> bool:
    """Whether the text is mostly in a script without spaces."""
    return 2 * len(_WIDE_ONE.findall(text)) > len(text)
