"""Takes an enhanced status code; gives what it means for the reader. Pure.

The codes are those of RFC 3463 and its registry (RFC 5248); the classes are the rules by which we suppress.
"""

from __future__ import annotations

import re

from digest.model.feedback import FeedbackKind

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BASIC = re.compile(r"(?<![\d.])([245])\d\d(?![\d.])")
_BAD_SENDER = frozenset({(1, 7), (1, 8)})
"""Bad sender's mailbox or system address."""
_ABOUT_THE_READER = frozenset({(7, 13), (7, 17), (7, 18)})
"""Codes of policy that speak of one mailbox: disabled, or of another owner now."""
_PASSING = frozenset({(2, 2), (2, 3), (3, 1), (3, 4), (4, 7)})
"""Full, too small for this mail (mailbox or system), expired: the mailbox is there."""


def code_in(text: str) -> str:
    """The first enhanced code in the text, "" without one."""
    found = _CODE.search(text)
    return found[0] if found else ""


def basic_in(text: str) -> str:
    """The class of the first SMTP reply code in the text as an undefined status, such as "5.0.0"; "" without one."""
    found = _BASIC.search(text)
    return f"{found[1]}.0.0" if found else ""


def finer(status: str, said: str) -> str:
    """The status, or the code within what was said where that is of the same class and less vague."""
    if not status.endswith(".0"):
        return status
    codes = (found[0] for found in _CODE.finditer(said))
    return next((code for code in codes if code[0] == status[0] and not code.endswith(".0")), status)


def kind_of(status: str) -> FeedbackKind:
    """What the code means: 4.x.x is soft; of 5.x.x some are the sender's trouble, some pass, the rest are hard."""
    found = _CODE.fullmatch(status)
    if not found or found[1] == "2":
        return FeedbackKind.NONE
    about = (int(found[2]), int(found[3]))
    if found[1] == "4" or about in _PASSING:
        return FeedbackKind.SOFT
    policy = about in _BAD_SENDER or (about[0] == 7 and about not in _ABOUT_THE_READER)
    return FeedbackKind.POLICY if policy else FeedbackKind.HARD


def permanent_in(text: str) -> str:
    """The first enhanced code of class 5 in the text, "" without one."""
    return next((found[0] for found in _CODE.finditer(text) if found[1] == "5"), "")
