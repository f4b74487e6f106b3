"""Text to sentences: takes one paragraph, gives its sentences word for word, in order.

It holds for English, German, French and Spanish (abbreviations, initials, decimals, ordinals, quotes, ellipses) and
for the marks of Japanese, Chinese and Arabic. It knows no grammar and never changes a character inside a sentence.
"""

from __future__ import annotations

import re

from digest.summarise.lexicon import ABBREVIATIONS, OFTEN_LAST, ORDINAL_BEFORE, SAID, STARTERS

_CLOSERS = re.escape("\"'”’»›)]」』）】")
_OPENERS = re.escape("\"'“‘„«‹([「『（【¿¡–—-")
_CANDIDATE = re.compile(
    rf"(?P<mark>[.!?…]+|[؟۔]+|(?P<wide>[。！？｡]+))(?P<close>[{_CLOSERS}]*)(?:(?P<gap>\s+)|$|(?(wide)|(?!)))"
)
_WORD_BEFORE = re.compile(r"[\w.&’'-]*$")
_WORD_AFTER = re.compile(rf"[{_OPENERS}\s]*([\w’'-]+)")
_DOTTED = re.compile(r"(?:\w\.)+\w|\w")
_ROMAN_OR_NUMBER = re.compile(r"\d{1,2}|[IVX]{2,5}")
_SAID_AFTER = re.compile(rf"(?:[\w.’'-]+ ){{1,4}}(?:{'|'.join(sorted(SAID))})\b|(?:{'|'.join(sorted(SAID))})\b")


def split(text: str) -> tuple[str, ...]:
    """The sentences of one paragraph, stripped; nothing but white space between them is lost."""
    found, start = [], 0
    for match in _CANDIDATE.finditer(text):
        if _is_end(text, start, match):
            found.append(text[start : match.end("close")].strip())
            start = match.end()
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if sentence)


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a sentence ends with these marks."""
    after = text[match.end() :]
    if match["wide"] or not after:
        return not (match["close"] and after[:1] in "とっ、，" and after)
    following = _WORD_AFTER.match(after)
    if following and following[1][0].islower():
        return False
    if match["close"] and _SAID_AFTER.match(after):
        return False
    if match["mark"] != "." or match["close"]:
        return True
    before = text[start : match.start()]
    return not _is_abbreviated(before, following[1] if following else "")


def _is_abbreviated(before: str, following: str) -> bool:
    """Whether the full stop after `before` belongs to its last word alone."""
    found = _WORD_BEFORE.search(before)
    word = found[0].strip("’'-") if found else ""
    key = word.casefold()
    if key in ABBREVIATIONS:
        return True
    if key in OFTEN_LAST or (_DOTTED.fullmatch(word) and word.isupper()):
        return following not in STARTERS
    if _DOTTED.fullmatch(word) and not word.isdigit() and "." in word:
        return following not in STARTERS
    if _ROMAN_OR_NUMBER.fullmatch(word):
        rest = before[: len(before) - len(word)].split()
        return not rest or rest[-1].casefold() in ORDINAL_BEFORE
    return False
