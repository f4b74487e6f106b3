"""The name that somebody wrote of themselves: one line, and no advertising, for mails to others may greet by it. Pure.

The mail that asks for a confirmation goes to whoever's address was written, and says what was written as the name.
"""

from __future__ import annotations

import re
import unicodedata

from digest.subscribe.preferences import WishError

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_LONGEST = 200
_ADDRESS = re.compile(r"[/@\\]|[^\W_]\.[^\W\d_]{2,}")
"""What mail programs make a link of: paths, addresses, and hosts: a dot, and two letters right behind it."""

_PROBLEM = "a name cannot hold a web or mail address"
_REMEDY = "leave out / and @, and put a space after each dot"


def clean_name(name: str) -> str:
    """One line without control characters, at most 200 characters; empty for what looks like an address.

    For rows of a file, which nobody could be asked about.
    """
    line = _line(name)
    return "" if _leads_somewhere(line) else line


def read_name(name: str) -> str:
    """The same. Raises WishError for what looks like an address of the web or of mail."""
    line = _line(name)
    if _leads_somewhere(line):
        raise WishError("name", _PROBLEM, _REMEDY)
    return line


def _line(name: str) -> str:
    return " ".join(_CONTROLS.sub(" ", name).split())[:_LONGEST]


def _leads_somewhere(line: str) -> bool:
    if not line.isascii():  # as a mail program reads it: wide letters and dots are others, and some are not seen
        seen = "".join(one for one in unicodedata.normalize("NFKC", line) if unicodedata.category(one) != "Cf")
        line = seen.replace("\u3002", ".")
    return _ADDRESS.search(line) is not None
