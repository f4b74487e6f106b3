"""Takes an enhanced status code; gives what it means for the reader. Pure.

The codes are those of RFC 3463 and its registry (RFC 5248, RFC 7505); the classes are the rules by which we suppress.
"""

from __future__ import annotations

import re

from digest.model.feedback import FeedbackKind

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BASIC = re.compile(r"(?<![\d.])([245])\d\d(?![\d.])")
_PASSING_REPLY = re.compile(r"\s*4\d\d(?![\d.])")
_LAST_SUBJECT = 7
"""Beyond it there are no codes, but versions of programs (4.94.2)."""
_BAD_SENDER = frozenset({(1, 7), (1, 8)})
"""Bad sender's mailbox or system address."""
_ABOUT_THE_READER = frozenset({(7, 13), (7, 17), (7, 18)})
"""Codes of policy that speak of one mailbox: disabled, or of another owner now."""
_GONE = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}) | _ABOUT_THE_READER
"""No such mailbox, no such domain, no address at all, moved away, a domain that takes no mail, disabled."""
_VAGUE = frozenset({(0, 0), (1, 0), (2, 0), (3, 0)})
"""Other or undefined, of the address, the mailbox or its system perhaps: the wording may say more."""
_WORDED = re.compile(
    r"""(?ix)
    \b (?: unknown | no[ ]such | invalid | non-?existent ) [ ]
        (?: (?: local | virtual | final[ ]delivery | or[ ]illegal | e?-?mail | destination | recipient ) [ ] )?
        (?: user (?:id|name)? | recipient | addressee | mailbox | address | account | alias | host | domain ) \b
    | \b (?: user | recipient | addressee | mailbox | address | account | domain ) \b (?: [^.;\n] | \.(?=\S) ){0,80}? \b
        (?: unknown | disabled | not[ ](?:found|known|recogni[sz]ed|listed) | does(?:[ ]not|n't)[ ](?:exist|have)
          | no[ ]longer[ ](?:valid|active|available|in[ ]use|exists?) ) \b
    | \b no[ ](?:mailbox|user|account)[ ](?:here[ ])?(?:by|with|of)[ ](?:that|this)[ ]name \b
    | \b (?:host|domain)[ ]unknown \b
    | \b n'existe[ ]pas \b
    """
)
"""A wording that says of a mailbox or a domain that there is none."""
_OF_THE_SENDER = re.compile(r"(?i)\b(?:sender|helo|ehlo|mail from|client|reverse|ptr|rdns)\b")
"""The mailbox or domain is ours, where this stands before it."""
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
    """The status, or the code within what was said where that is of the same class and less vague.

    Where the status says nothing ("5.0.0", Exim's of all that failed), what was said decides on the class too: a full
    mailbox is still there when the sender has given up.
    """
    if not status.endswith(".0"):
        return status
    says_nothing = status == "5.0.0"
    classes = "45" if says_nothing else status[0]
    codes = (found for found in _CODE.finditer(said) if found[1] in classes and int(found[2]) <= _LAST_SUBJECT)
    passing = "4.0.0" if says_nothing and _PASSING_REPLY.match(said) else status
    return next((code[0] for code in codes if not code[0].endswith(".0")), passing)


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


def is_gone(status: str, said: str) -> bool:
    """Whether the mailbox or its domain is said not to exist: by the code, or by the wording where that is vague.

    What else fails for good (routing, the protocol, the mail's content) says nothing of the mailbox.
    """
    found = _CODE.fullmatch(status or "5.0.0")
    if not found or found[1] != "5":
        return False
    about = (int(found[2]), int(found[3]))
    return about in _GONE or (about in _VAGUE and any(map(_tells_of_none, said.splitlines())))


def _tells_of_none(line: str) -> bool:
    found = _WORDED.search(line)
    return found is not None and not _OF_THE_SENDER.search(line[: found.end()])


def permanent_in(text: str) -> str:
    """The first enhanced code of class 5 in the text, "" without one."""
    return next((found[0] for found in _CODE.finditer(text) if found[1] == "5"), "")
