"""Takes the dateline or byline off the front of a paragraph: "PARIS, Jan 3 (AFP) — ", "By Aaron Humes: ".

A dateline is a place in capitals before a dash, or any place before a known agency and a dash. It never takes an
abbreviation in brackets for an agency: "The American Civil Liberties Union (ACLU) has ..." keeps every word.
"""

from __future__ import annotations

import re

_AGENCY = (
    r"(?:AP|Reuters|AFP|UPI|dpa|DPA|EFE|ANSA|APA|ATS|Xinhua|TASS|PTI|ANI|Kyodo|Bloomberg|CNN(?: Business)?|CNBC|BBC"
    r"|NPR|PA|SID|epd|KNA|IPS|Bernama|Associated Press|The Associated Press|Europa Press|EUROPA PRESS|"
    r"Thomson Reuters Foundation|"
    r"Agence France-Presse|Newswire|PRNewswire|PR Newswire|Business Wire|BUSINESS WIRE|GLOBE NEWSWIRE|"
    r"[KW][A-Z]{2,3}|[A-Z]\w*News\w*)"
)
_PLACE = r"[A-ZÀ-Þ][\w.’'-]*(?:[ /][A-ZÀ-Þ(][\w.’')-]*){0,4}"
_CAPITALS = r"[A-ZÀ-Þ]{2}[A-ZÀ-Þ.’'-]*(?:[ /][A-ZÀ-Þ][A-ZÀ-Þ.’'-]*){0,4}"
_DASH = r"\s*(?:[—–]+|--+|-(?=\s))(?:\s*[—–-]+)*\s*"
_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Mai|Juni|Juli|Okt|Dez|janv|févr|mars|avril|juin|juil|août"
    r"|ene|abr|ago|dic|Ene|Abr|Ago|Dic)[a-zé]*\.?"
)
_DAY = rf"(?:(?:le )?\d{{1,2}}\.? {_MONTH}|{_MONTH} \d{{1,2}})(?:,? \d{{4}})?"
_REGION = rf"(?:, (?:{_PLACE}|{_DAY})){{0,3}}"
_FRONTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_PLACE}{_REGION},? )?\((?:{_AGENCY})(?:/{_AGENCY})?\){_DASH}",
        rf"(?:{_PLACE}{_REGION} )?\((?:CNN|CNN Business)\)\s*",
        rf"{_CAPITALS}{_REGION}{_DASH}",
        rf"{_PLACE}, (?:[A-Z]{{2}}|[A-Z]\.[A-Z]\.|{_DAY}|[A-Z][a-z]{{1,4}}\.){_DASH}",
        rf"{_DAY}{_DASH}",
        r"(?:By|Von|Par|Por) [A-ZÀ-Þ][\w.’'-]+(?: [A-ZÀ-Þ][\w.’'-]+){1,3}: ",
        r"[—–-][\s—–-]+",
    )
)
_GOES_ON = re.compile(r"[\"“„«‘'¿¡(]*(?:[^\W_a-zà-ÿ])")
"""A sentence begins after the dateline: never a small letter, or the dash was the sentence's own."""


def without_dateline(paragraph: str) -> str:
    """The paragraph from where its first sentence begins."""
    for front in _FRONTS:
        match = front.match(paragraph)
        if match and _GOES_ON.match(paragraph, match.end()):
            return paragraph[match.end() :]
    return paragraph
