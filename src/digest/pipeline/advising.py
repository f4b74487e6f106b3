"""What there is to do about a delivery that failed or is in doubt, in a sentence; pure.

Goes by what the mail server said (RFC 3463) and what the newsletter does with doubts. Does nothing itself.
"""

from __future__ import annotations

import re

from digest.config.publication import UncertainPolicy
from digest.model.delivery import DeliveryState
from digest.pipeline.reporting import DeliveryLine
from digest.pipeline.settling import MOST_DOUBTS

_STATUS = re.compile(r"\b[45]\.(\d{1,3})\.(\d{1,3})\b")
_NO_MAILBOX = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
_FULL, _TOO_LARGE = (2, 2), frozenset({(2, 3), (3, 4)})
_POLICY = 7


def advice(line: DeliveryLine, address: str, policy: UncertainPolicy) -> str:
    """What to do, or that there is nothing to do. `address`: the reader's, to name in a command, or none."""
    if line.state is DeliveryState.UNCERTAIN:
        return _of_doubt(line, policy)
    if line.state is not DeliveryState.FAILED:
        return "Nothing to do. It was in doubt for a while, so there may be two copies under one Message-ID."
    if line.reply.startswith("given up"):
        return "Nothing to do. It was put off for too long; the next issue is tried as usual."
    return _of_failure(line, address)


def _of_doubt(line: DeliveryLine, policy: UncertainPolicy) -> str:
    if policy is UncertainPolicy.RESEND and line.attempts < MOST_DOUBTS:
        return "Nothing to do. It is sent again under the same Message-ID."
    return "It is not sent again. Look for its Message-ID in the mail server’s log to see whether it was taken."


def _of_failure(line: DeliveryLine, address: str) -> str:
    found = _STATUS.search(line.reply)
    status = (int(found[1]), int(found[2])) if found else (0, 0)
    if status in _NO_MAILBOX:
        remedy = f" If it is there again: digest subscribers release {address}" if address else ""
        return f"There is no such mailbox, and it is mailed no more.{remedy}"
    if status == _FULL:
        return "The mailbox is full. The next issue is tried as usual."
    if status in _TOO_LARGE:
        return "That server takes no mail of this size. A smaller max_bytes of the newsletter helps."
    if status[0] == _POLICY:
        return "Refused for who we are, not for the reader. Look at SPF, DKIM and DMARC: digest doctor."
    return "Read what the server said. The next issue is tried as usual."
