"""Takes a bounce that follows no standard; gives whom it speaks of: flufl.bounce knows many servers' wording. Pure."""

from __future__ import annotations

import logging
from collections.abc import Set
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

from digest.feedback.parts import own_text
from digest.feedback.status import kind_of, permanent_in
from digest.model.feedback import FeedbackKind

_NOBODY = "nobody@unknown.invalid"
"""For mails without a sender: a detector needs one."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the wording of a bounce says."""

    kind: FeedbackKind
    addresses: tuple[str, ...]
    status: str


def read_wording(mail: Message) -> Wording | None:
    """None when it reads like no bounce. A code of policy, or of a full mailbox, goes before the wording."""
    passing, lasting = _failures(mail)
    addresses = tuple(sorted(address.decode("ascii", "replace") for address in passing | lasting))
    if not addresses:
        return None
    if not lasting:
        return Wording(FeedbackKind.SOFT, addresses, "")
    status = permanent_in(own_text(mail))
    return Wording(kind_of(status) if status else FeedbackKind.HARD, addresses, status)


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
