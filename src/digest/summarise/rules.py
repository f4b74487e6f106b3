"""The rules that every teaser keeps: takes a text and its title, gives the rules it breaks with the words at fault.

It judges words only, never whether they are true of the article: that is for `support`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from digest.model.stories import Reason
from digest.summarise.boilerplate import chrome_in
from digest.summarise.dateline import without_dateline
from digest.summarise.lexicon import BEFORE_COMMA, CONNECTIVES, PHRASES, RESOLVED_BY, UNRESOLVED
from digest.summarise.sentences import ends_whole, split
from digest.summarise.words import content, is_wide

_LEAST, _LEAST_WIDE = 40, 15
"""Shortest teaser in characters; scripts without spaces say more in fewer."""
_MOST_SENTENCES = 2
_LEAST_NEW, _LEAST_NEW_SHARE = 3, 0.25
"""How many words, and which share of them, a teaser adds to the title."""
_FIRST_WORDS = re.compile(r"^[\"'“‘„«‹(\[「『¿¡\s–—-]*([\w’'-]+)(?:[\s,]+([\w’'-]+))?")
_MARKUP = re.compile(r"<[a-z/!][^>]*>|https?://|www\.|\{\{|\{%|&(?:[a-z]+|#\d+);|\[\w+\]\(", re.IGNORECASE)
_PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"), ("「", "」"), ("『", "』"))
_SINGLE_CLOSE = re.compile(r"[.,!?]’")


def broken(text: str, title: str, language: str, most_chars: int) -> tuple[Reason, ...]:
    """Every rule that the text breaks as a teaser under this title; none when it may be used."""
    return tuple(
        Reason(f"teaser.{rule}", detail)
        for rule, check in _CHECKS
        if (detail := check(text, title, language, most_chars))
    )


def is_fit(text: str, title: str, language: str, most_chars: int) -> bool:
    """Whether the text keeps every rule."""
    return not any(check(text, title, language, most_chars) for _, check in _CHECKS)


def opening_fault(text: str, language: str) -> str:
    """The words at the beginning that lean on something before; "" when it stands on its own."""
    match = _FIRST_WORDS.match(text)
    if not match:
        return text[:20]
    first = match[1].replace("’", "'").casefold()
    second = (match[2] or "").replace("’", "'").casefold().removesuffix("'s")
    if first in CONNECTIVES[language] or (first in BEFORE_COMMA and text[match.end(1) :].startswith(",")):
        return match[1]
    if first in UNRESOLVED[language] and second not in RESOLVED_BY.get(first, ()):
        return match[1]
    start = text[match.start(1) :].casefold()
    return next(
        (phrase for phrase in PHRASES if start.startswith(phrase) and not start[len(phrase) :][:1].isalnum()), ""
    )


def _length(text: str, title: str, language: str, most_chars: int) -> str:
    least = _LEAST_WIDE if is_wide(text) else _LEAST
    return "" if least <= len(text) <= most_chars else f"{len(text)} characters, not {least} to {most_chars}"


def _whole(text: str, title: str, language: str, most_chars: int) -> str:
    if not ends_whole(text):
        return f"does not end a sentence: {text[-20:]}"
    first = next((character for character in text if character.isalnum()), "")
    word = text[text.find(first) :].split(maxsplit=1)[0] if first else ""
    return f"begins within a sentence: {word}" if not first or word.islower() else ""


def _sentences(text: str, title: str, language: str, most_chars: int) -> str:
    found = len(split(text))
    return f"{found} sentences" if found > _MOST_SENTENCES else ""


def _opening(text: str, title: str, language: str, most_chars: int) -> str:
    return opening_fault(text, language)


def _adds(text: str, title: str, language: str, most_chars: int) -> str:
    words = content(text)
    new = words - content(title)
    enough = len(new) >= _LEAST_NEW and len(new) >= _LEAST_NEW_SHARE * len(words)
    return "" if enough else "says the title again"


def _chrome(text: str, title: str, language: str, most_chars: int) -> str:
    return chrome_in(text)


def _dateline(text: str, title: str, language: str, most_chars: int) -> str:
    rest = without_dateline(text)
    return text[: len(text) - len(rest)]


def _balance(text: str, title: str, language: str, most_chars: int) -> str:
    if text.count('"') % 2:
        return '"'
    if text.count("‘") > text.count("’") or len(_SINGLE_CLOSE.findall(text)) > text.count("‘"):
        return "‘’"
    german = text.count("„")
    return next(
        (
            opener + closer
            for opener, closer in _PAIRS
            if (text.count(opener) != text.count(closer) if opener != "“" or not german else text.count("“") != german)
        ),
        "",
    )


def _markup(text: str, title: str, language: str, most_chars: int) -> str:
    if "\n" in text:
        return "a line break"
    return next(_found(_MARKUP, text), "")


def _found(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (match[0] for match in pattern.finditer(text))


_Check = Callable[[str, str, str, int], str]
_CHECKS: tuple[tuple[str, _Check], ...] = (
    ("length", _length),
    ("whole", _whole),
    ("opening", _opening),
    ("sentences", _sentences),
    ("balance", _balance),
    ("markup", _markup),
    ("adds", _adds),
    ("dateline", _dateline),
    ("boilerplate", _chrome),
)
