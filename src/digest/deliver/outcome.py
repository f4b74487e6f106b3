"""Takes a server's reply and the phase it came in; gives what it means for the message. Pure.

The class of a reply follows from its code (RFC 5321, section 4.2) and its enhanced code (RFC 3463, RFC 5248).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.model.delivery import DeliveryKey, Message, Outcome, OutcomeKind

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?:\s|$)")
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=1)
_BAD_SENDER = frozenset({(1, 7), (1, 8)})
"""Bad sender's mailbox or system address."""
_ABOUT_THE_READER = frozenset({(7, 2), (7, 13), (7, 17), (7, 18)})
"""Codes of policy that speak of one mailbox: a closed list, a disabled account, a changed owner."""
_TAKEN = 250
_TOO_BIG = 552
_LONGEST_REPLY = 500


CLOSING = 421
"""The server closes the connection after this reply."""


class Phase(StrEnum):
    """What we were waiting for when something came."""

    OPENING = "opening"
    """Greeting, EHLO, STARTTLS, AUTH."""
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "body"
    """The final dot was written."""
    RSET = "RSET"
    QUIT = "QUIT"


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's whole reply: its code, and its lines without it."""

    code: int
    lines: tuple[str, ...] = ()

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced code: (7, 1) of "5.7.1"; None unless it is of the code's own class.

        It should begin every line (RFC 2034, section 4); the first counts that does, as some begin with a greeting.
        """
        for found in filter(None, map(_ENHANCED.match, self.lines)):
            if int(found[1]) == self.code // 100:
                return int(found[2]), int(found[3])
        return None

    def __str__(self) -> str:
        return _one_line(f"{self.code} {' '.join(self.lines)}")


def kind_of(phase: Phase, reply: Reply) -> OutcomeKind:
    """What the reply means for the message that it is about."""
    match reply.code // 100:
        case 4:
            about = reply.enhanced or (0, 0)
            return OutcomeKind.BLOCKED if reply.code == CLOSING and about[0] == 7 else OutcomeKind.DEFERRED
        case 5:
            return OutcomeKind.BLOCKED if _senders_trouble(phase, reply) else OutcomeKind.REFUSED
        case _ if phase is Phase.BODY:
            return OutcomeKind.ACCEPTED if reply.code == _TAKEN else OutcomeKind.UNCERTAIN
        case _:
            return OutcomeKind.DEFERRED


def _senders_trouble(phase: Phase, reply: Reply) -> bool:
    about = reply.enhanced or (0, 0)
    if about in _ABOUT_THE_READER:
        return False
    if about[0] == 7 or about in _BAD_SENDER:
        return True
    return phase is Phase.MAIL and reply.code != _TOO_BIG


def outcome(key: DeliveryKey, phase: Phase, reply: Reply, now: datetime) -> Outcome:
    """The outcome of a message that got this reply."""
    kind = kind_of(phase, reply)
    return Outcome(key, kind, str(reply), _retry_at(kind, now))


def broken(key: DeliveryKey, phase: Phase, why: str, now: datetime) -> Outcome:
    """The outcome of a message whose connection broke: uncertain once the final dot was written."""
    kind = OutcomeKind.UNCERTAIN if phase is Phase.BODY else OutcomeKind.DEFERRED
    return Outcome(key, kind, _one_line(f"{why} (waiting for {phase})"), _retry_at(kind, now))


def unsendable(key: DeliveryKey, why: str) -> Outcome:
    """The outcome of a message that this server cannot take at all, such as one too big for it."""
    return Outcome(key, OutcomeKind.REFUSED, why)


def without_smtputf8(message: Message, now: datetime) -> Outcome:
    """The outcome of a message with accents in an address: the sender's own are nothing against the reader."""
    why = "the server does not offer SMTPUTF8"
    if not message.recipient.isascii():
        return unsendable(message.key, why)
    blocked = OutcomeKind.BLOCKED
    return Outcome(message.key, blocked, f"{why}, which the sender's address needs", _retry_at(blocked, now))


def retry_wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 minutes, doubled each time, an hour at most."""
    return min(_FIRST_WAIT * float(2 ** min(max(attempts - 1, 0), 10)), _LONGEST_WAIT)


def _retry_at(kind: OutcomeKind, now: datetime) -> datetime | None:
    return now + retry_wait(1) if kind in (OutcomeKind.DEFERRED, OutcomeKind.BLOCKED) else None


def _one_line(text: str) -> str:
    printable = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return printable.strip()[:_LONGEST_REPLY]
