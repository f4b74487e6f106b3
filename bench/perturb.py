"""Titles as other publishers would have changed them: takes a title and a source of chance, gives a form of it."""

from __future__ import annotations

import random
from collections.abc import Callable

_OUTLETS = ("Reuters", "Wired", "The Guardian", "BBC News", "TechCrunch", "CNN", "Ars Technica", "The Evening Ledger")
_MARKS = ("UPDATE 2-", "Exclusive: ", "BREAKING: ", "EXCLUSIVE - ", "Watch: ", "Analysis: ", "CORRECTED-")
_LEFT = 0.65


def suffix(title: str, chance: random.Random) -> str:
    return title + chance.choice((" - ", " | ", " — ", " – ")) + chance.choice(_OUTLETS)


def prefix(title: str, chance: random.Random) -> str:
    return chance.choice(_MARKS) + title


def drop(title: str, chance: random.Random) -> str:
    """One or two words less; three are always left."""
    words = title.split()
    for _ in range(chance.choice((1, 2))):
        if len(words) > 3:
            words.pop(chance.randrange(len(words)))
    return " ".join(words)


def swap(title: str, chance: random.Random) -> str:
    """One or two pairs of neighbours change places."""
    words = title.split()
    for _ in range(chance.choice((1, 2)) if len(words) > 2 else 0):
        at = chance.randrange(len(words) - 1)
        words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def truncate(title: str, chance: random.Random) -> str:
    return title[: int(len(title) * _LEFT)] + chance.choice(("", "...", "…"))


def punctuate(title: str, chance: random.Random) -> str:
    if chance.random() < 0.5:
        return "".join(character for character in title if character not in ",.:;!?'\"‘’“”")
    return title.replace(" ", ", ", 1).replace("'", "’") + chance.choice("!.?")


PERTURBATIONS: tuple[Callable[[str, random.Random], str], ...] = (suffix, prefix, drop, swap, truncate, punctuate)
