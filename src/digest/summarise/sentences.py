"""Text to sentences: takes one paragraph, gives its sentences word for word, in order.

It holds for English, German, French and Spanish (abbreviations, initials, decimals, ordinals, quotes, ellipses) and
for the marks of Japanese, Chinese and Arabic. It knows no grammar and never changes a character inside a sentence.
"""

from __future__ import annotations

import re

from digest.summarise.lexicon import ABBREVIATIONS, NUMBERED, OFTEN_LAST, ORDINAL_BEFORE, SAID, STARTERS

_CLOSERS = re.escape("\"'”’»›)]」』）】“‘")
_OPENERS = re.escape("\"'“‘„«‹([「『（【¿¡–—-")
_CANDIDATE = re.compile(
    rf"(?P<mark>[.!?…]+|[؟۔]+|(?P<wide>[。！？｡]+))"
    rf"(?P<close>(?:[{_CLOSERS}]|[ \u00a0\u202f]+[»›](?!\w))*)"
    rf"(?:(?P<gap>\s+)|$|(?(wide)|(?!)))"
)
_WORD_BEFORE = re.compile(r"[\w.&’'-]*$")
_WORD_AFTER = re.compile(rf"[{_OPENERS}\s]*([\w’'-]+)")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ORDINAL = re.compile(r"\d{1,2}|[IVX]{2,5}")
_VERBS = "|".join(sorted(SAID))
_SAID_AFTER = re.compile(rf"(?:[\w.’'-]+ ){{0,4}}(?:{_VERBS})\b")
_GOES_ON = re.compile(r"[とっ、，とのはがを]")
"""A Japanese quotation goes on after its closing mark."""


def split(text: str) -> tuple[str, ...]:
    """The sentences of one paragraph, stripped; nothing but white space between them is lost."""
    found, start = [], 0
    for match in _CANDIDATE.finditer(text):
        if _is_end(text, start, match):
            found.append(text[start : match.end("close")].strip())
            start = match.end()
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if sentence)


def ends_whole(text: str) -> bool:
    """Whether the text ends with the mark of a sentence's end, and not with an ellipsis that cuts it off."""
    match = re.search(rf"[.!?。！？｡؟۔](?:[{_CLOSERS}]|\s+[»›])*$", text)
    return match is not None and not re.search(rf"(?:\.\.|…|\[…\]|\.\s\.)[{_CLOSERS}]*$", text)


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a sentence ends with these marks."""
    if match["wide"]:
        return not (match["close"] and _GOES_ON.match(text, match.end()))
    following = _WORD_AFTER.match(text, match.end())
    word = following[1] if following else ""
    if word and word[0].islower():
        return False
    if match["close"]:
        return not _SAID_AFTER.match(text, match.end())
    return match["mark"] != "." or not word or not _is_abbreviated(text[start : match.start()], word)


def _is_abbreviated(before: str, following: str) -> bool:
    """Whether the full stop between `before` and the word that follows belongs to an abbreviation or ordinal."""
    found = _WORD_BEFORE.search(before)
    word = found[0].strip("’'-") if found else ""
    key = word.casefold()
    if key in ABBREVIATIONS or (key in NUMBERED and following[0].isdigit()):
        return True
    if _ORDINAL.fullmatch(word):
        rest = before[: len(before) - len(word)].split()
        return not rest or rest[-1].casefold() in ORDINAL_BEFORE
    return (key in OFTEN_LAST or _DOTTED.fullmatch(word) is not None) and following not in STARTERS
