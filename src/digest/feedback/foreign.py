"""Takes a bounce that follows no standard; gives whom it speaks of: flufl.bounce knows many servers' wording. Pure."""

from __future__ import annotations

import logging
import re
from collections.abc import Set
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

from digest.feedback.parts import own_text, subject_of
from digest.feedback.status import is_gone, kind_of, permanent_in
from digest.model.feedback import FeedbackKind

_NOBODY = "nobody@unknown.invalid"
"""For mails without a sender: a detector needs one."""

_OWN_WORDS = 2000
"""Characters in which a bounce says why."""
_RETURNED = re.compile(r"(?im)^>? ?(?:return-path|received|message-id):")
"""Where our own mail begins in the same text."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the wording of a bounce says."""

    kind: FeedbackKind
    addresses: tuple[str, ...]
    status: str
    is_gone: bool = False
    """It says that there is no such mailbox or domain."""


def read_wording(mail: Message) -> Wording | None:
    """None when it reads like no bounce. A code of policy, or of a full mailbox, goes before the wording."""
    passing, lasting = _failures(mail)
    addresses = tuple(sorted(address.decode("ascii", "replace") for address in passing | lasting))
    if not addresses:
        return None
    if not lasting:
        return Wording(FeedbackKind.SOFT, addresses, "")
    text = own_text(mail)
    status = permanent_in(text)
    kind = kind_of(status) if status else FeedbackKind.HARD
    why = _RETURNED.split(text, maxsplit=1)[0][:_OWN_WORDS]
    gone = kind is FeedbackKind.HARD and is_gone(status, f"{subject_of(mail)}\n{why}")
    return Wording(kind, addresses, status, gone)


def _failures(mail: Message) -> tuple[Set[bytes], Set[bytes]]:
    """Passing and lasting failures. A detector that stumbles over a mail is no trouble of ours, nor of our log's."""
    if not any(address for _, address in getaddresses([str(mail.get("From", ""))])):
        del mail["From"]
        mail["From"] = _NOBODY
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)
    try:
        return all_failures(mail)
    except Exception:
        return frozenset(), frozenset()
