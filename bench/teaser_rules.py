"""The rules of a teaser once more, written apart from the product: it imports nothing of it, so they check each other.

`broken` names the rules that a teaser breaks; `in_order` says whether its words stand in the order of one paragraph.
"""

from __future__ import annotations

import re

OPENERS = {
    "en": "he she it they him her his hers its their them this that these those such but however and or so yet also "
    "then meanwhile moreover furthermore additionally besides therefore thus hence nevertheless nonetheless still "
    "instead otherwise consequently similarly likewise finally indeed plus here's it's he's she's they're that's",
    "de": "er sie es ihm ihr ihn ihnen sein seine ihre dies diese dieser dieses jene aber doch jedoch und oder denn "
    "dann auch außerdem zudem trotzdem dennoch deshalb daher allerdings",
    "fr": "il elle ils elles ce cet cette ces cela ceci mais et ou donc or car cependant toutefois pourtant ensuite "
    "puis aussi ainsi",
    "es": "él ella ellos ellas este esta estos estas esto ese esa eso pero y o sino además también entonces luego",
}
DAYS = set(
    "week month year morning evening afternoon summer winter spring autumn fall weekend season days week's month's "  # noqa: SIM905
    "year's article post guide".split()
)
END = re.compile(r"[.!?。！？؟۔][\"'”’»)\]」』]*$")
SPEAKER = re.compile(
    r"^[\"”’']?,?[\"”’']? (?:according to|as reported by"
    r"|(?:[A-Z][\w.’'-]+ ){1,4}(?:said|says|told|wrote|added|claimed)\b"
    r"|(?:said|says|told|wrote|added|claimed) |(?:the|a|an) (?:\w+ ){1,3}(?:said|says|told|added|claimed)\b)"
)
CHROME = re.compile(
    r"\bsubscribe\b.{0,40}\b(?:newsletter|now|today|receive)|\bsign up\b|\bnewsletter\b.{0,30}\binbox\b"
    r"|\bcookies\b.{0,60}\b(?:site|accept|browser)|\ball rights reserved\b|\bclick here\b|\bread more\b"
    r"|\bcontinue reading\b|\bfollow us\b|\bview all\b|\bconsider attending\b|©|\bphoto by\b|\bgetty images\b"
    r"|\bjavascript\b.{0,30}\b(?:enable|disabled)|\bterms of (?:use|service)\b",
    re.IGNORECASE,
)
BYLINE = re.compile(
    r"^(?:By|Posted by|Written by) [A-Z]\w+ [A-Z]\w+|^\((?:Reuters|AP|AFP|CNN)\)"
    r"|^[A-Z]{3,}[A-Z .,]* (?:\([A-Za-z ]+\) )?[—–-]+ "
    r"|^[A-Z]\w+(?: \w+)?(?:, [\w. ]+)? \((?:Reuters|AP|AFP|dpa|CNN|EFE)\) ?[—–-]"
)
BOUNDARY = re.compile(r"(?<!\b[A-Z])(?<![ .][A-Za-z]{2})[.!?][\"”’)]* (?=[A-Z“\"])")
COMMON = set(
    "the of and to in is that for with was on are this from have has be by at an as it its not but will which they "  # noqa: SIM905
    "their he she his her we our you your i who what when where how why than into about after before more been were "
    "can could would a or if so no all new s t".split()
)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def broken(teaser: str, title: str, text: str, language: str = "en", most: int = 220) -> list[str]:
    """The names of the rules that the teaser breaks."""
    found = {
        "length": not 30 <= len(teaser) <= most,
        "end": not END.search(teaser) or teaser.rstrip("\"'”’»)").endswith(("..", "…")),
        "opening": opens_badly(teaser, language),
        "repeats the title": repeats(teaser, title),
        "chrome": bool(CHROME.search(teaser)),
        "byline": bool(BYLINE.match(teaser)),
        "markup": bool(re.search(r"<\w|https?://|\n|^[-*•|#]", teaser)),
        "quotes": teaser.count('"') % 2 == 1
        or teaser.count("“") != teaser.count("”")
        or teaser.count("(") != teaser.count(")"),
        "attribution cut": loses_speaker(teaser, text),
        "sentences": len(BOUNDARY.findall(teaser)) > 3,
    }
    return [name for name, bad in found.items() if bad]


def opens_badly(teaser: str, language: str) -> bool:
    match = re.match(r"\W*([\w’'-]+)\W*([\w’'-]*)", teaser)
    if not match:
        return True
    first, second = (word.replace("’", "'").casefold() for word in match.groups())
    if match[1][0].islower() and match[1].islower():
        return True
    return first in OPENERS[language].split() and not (first in {"this", "these"} and second in DAYS)


def repeats(teaser: str, title: str) -> bool:
    own = set(words(teaser)) - COMMON
    return len(own - set(words(title))) < max(3, 0.2 * len(own))


def loses_speaker(teaser: str, text: str) -> bool:
    """Whether the article goes on with the speaker where the teaser stops."""
    last = re.sub(r"[.!?\"”’)]+$", "", teaser)[-40:]
    at = " ".join(text.split()).find(last)
    rest = " ".join(text.split())[at + len(last) :] if at >= 0 else ""
    return bool(SPEAKER.match(rest))


def in_order(teaser: str, text: str) -> bool:
    """Whether the words of the teaser stand in the order of one paragraph, with gaps or without."""
    return any(is_within(words(teaser), words(paragraph)) for paragraph in text.split("\n\n"))


def is_within(few: list[str], many: list[str]) -> bool:
    there = iter(many)
    return all(word in there for word in few)
