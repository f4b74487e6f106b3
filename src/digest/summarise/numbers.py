"""Numbers of a text as values that can be compared: "1,000", "1.000" and "1 000"; "3.5bn", "3,5 Mrd." and "six".

It takes text in English, German, French or Spanish and gives every reading of every number; it converts no units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_SCALES: Final = MappingProxyType(
    dict.fromkeys(("k", "thousand", "tausend", "tsd", "mille", "mil"), 3)
    | dict.fromkeys(("m", "mn", "million", "millions", "millionen", "mio", "millón", "millones"), 6)
    | dict.fromkeys(("bn", "billion", "billions", "mrd", "milliarde", "milliarden", "milliard", "milliards"), 9)
    | {"mil millones": 9, "tn": 12, "trillion": 12, "trillions": 12, "billionen": 12}
)
_PERCENT = "%|percent\\b|per cent\\b|prozent\\b|pour cent\\b|por ciento\\b|pc\\b"
_CURRENCIES: Final = MappingProxyType(
    dict.fromkeys(("$", "usd", "dollar", "dollars", "dólares"), "$")
    | dict.fromkeys(("€", "eur", "euro", "euros"), "€")
    | dict.fromkeys(("£", "gbp", "pound", "pounds", "pfund", "livres", "libras"), "£")
    | dict.fromkeys(("¥", "yen", "jpy"), "¥")
)
_NUMBER = re.compile(
    r"(?P<before>[$€£¥])?\s?(?<![\w])(?P<digits>\d+(?:[.,'’\u00a0\u202f]\d+)*)\s?-?"
    rf"(?P<scale>(?:{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b\.?)?\s?-?"
    rf"(?:(?P<percent>{_PERCENT})|(?P<after>[€£$¥]|(?:{'|'.join(c for c in _CURRENCIES if c.isalpha())})\b))?",
    re.IGNORECASE,
)
_WORDS: Final = MappingProxyType(
    {
        word: value
        for value, words in {
            2: "two zwei deux dos", 3: "three drei trois tres", 4: "four vier quatre cuatro", 5: "five fünf cinq cinco",
            6: "six sechs seis", 7: "seven sieben siete", 8: "eight huit ocho", 9: "nine neun nueve",
            10: "ten zehn dix diez", 11: "eleven", 12: "twelve zwölf douze doce", 13: "thirteen",
            14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen",
            20: "twenty zwanzig vingt",
            30: "thirty dreißig trente treinta", 40: "forty vierzig", 50: "fifty fünfzig", 60: "sixty", 70: "seventy",
            80: "eighty", 90: "ninety",
        }.items()
        for word in words.split()
    }
)  # fmt: skip
"""Words for numbers, without those that mean something else too."""
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, and every value that the writing can mean."""

    written: str
    values: frozenset[float]
    is_percent: bool = False
    currency: str = ""

    def agrees_with(self, other: Number) -> bool:
        """Whether the other may be the same number; a currency or a per cent sign has to be there on both sides."""
        alike = self.is_percent == other.is_percent and self.currency == other.currency
        return alike and not self.values.isdisjoint(other.values)


def numbers(text: str) -> Iterator[Number]:
    """Every number of the text, in digits or as a word."""
    for match in _NUMBER.finditer(text):
        scale = 10.0 ** _SCALES.get((match["scale"] or "").casefold().rstrip("."), 0)
        currency = _CURRENCIES.get((match["before"] or match["after"] or "").casefold(), "")
        values = frozenset(round(value * scale, 6) for value in _readings(match["digits"]))
        yield Number(match[0].strip(), values, bool(match["percent"]), currency)
    for word in _WORD.findall(text):
        if value := _WORDS.get(word.casefold()):
            yield Number(word, frozenset({float(value)}))


def _readings(digits: str) -> Iterator[float]:
    """A dot or comma before three digits may group thousands or begin the decimals."""
    parts = re.split(r"[.,'’\u00a0\u202f]", digits)
    if len(parts) == 1 or all(len(part) == 3 for part in parts[1:]):
        yield float("".join(parts))
    if len(parts) > 1:
        yield float("".join(parts[:-1]) + "." + parts[-1])
