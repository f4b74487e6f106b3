"""One connection's conversation with a mail server: takes what it sends, gives what to write. Pure: no sockets.

With PIPELINING (RFC 2920) each write holds one message's body and the next one's envelope, so that a message costs
one round trip; without it every line waits for its reply. Outcomes are reported as soon as they are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digest.deliver.opening import START_TLS, Offer, OpeningError, Script, Terms, opening
from digest.deliver.outcome import CLOSING, Phase, Reply, broken, outcome, unsendable, without_smtputf8
from digest.deliver.replies import ProtocolError, ReplyReader
from digest.model.delivery import Message, Outcome, OutcomeKind

_ENVELOPE = (Phase.MAIL, Phase.RCPT, Phase.DATA)
_DOT = b".\r\n"
_RESET = b"RSET\r\n"
_QUIT = b"QUIT\r\n"


class Tray(Protocol):
    """Where a conversation takes messages from and puts what became of them."""

    def opened(self) -> None:
        """The server takes mail from now on."""
        ...

    def take(self) -> Message | None:
        """The next message; None: there is no more."""
        ...

    def give_back(self, message: Message) -> None:
        """Puts back a message that was not begun in earnest, for another connection."""
        ...

    def report(self, outcome: Outcome) -> None:
        """What became of a message."""
        ...

    def closed(self, said: str, message: Message | None) -> None:
        """The server closed the connection with that reply (421); the message, if any, was under way."""
        ...


class _ClosedError(Exception):
    """The connection is lost, or about to be: there was a reply of 421, or only a reason."""

    def __init__(self, why: str, reply: Reply | None = None) -> None:
        self.why = why
        self.reply = reply
        super().__init__(why)


class Dialogue:
    """Talks until there is no more message, the server closes, or the opening fails."""

    def __init__(self, terms: Terms, tray: Tray, now: datetime) -> None:
        self.phase = Phase.OPENING
        """What we are waiting for."""
        self.over = False
        """Nothing more is to be said; the connection can be closed."""
        self.tls_due = False
        """The connection must be encrypted now; `tls_started` goes on."""
        self.heard = 0
        """Replies so far, each whole."""
        self.served = 0
        """Messages that got a reply of their own."""
        self.failure: OpeningError | None = None
        """Why no mail could be sent."""
        self.offer: Offer | None = None
        """What the server offers, once it takes mail."""
        self.why = ""
        """How the connection ended, when it was not us who ended it."""
        self._tray = tray
        self._now = now
        self._reader = ReplyReader()
        self._current: Message | None = None
        self._following: Message | None = None
        self._trouble: tuple[Phase, Reply] | None = None
        self._script = self._talk(terms)
        next(self._script)

    def receive(self, data: bytes) -> Sequence[bytes]:
        """What to write after these bytes came; an empty sequence to wait for more."""
        try:
            replies = self._reader.feed(data)
        except ProtocolError as error:
            self.lost(str(error))
            return ()
        self.heard += len(replies)
        write: list[bytes] = []
        for number, reply in enumerate(replies, start=1):
            if self.over:
                break
            said = self._advance(reply)
            if said is START_TLS:
                self._before_tls(unread=number < len(replies) or self._reader.unfinished)
                break
            write += said
        return write

    def tls_started(self) -> Sequence[bytes]:
        """What to write first on the encrypted connection."""
        self.tls_due = False
        return next(self._script)

    def lost(self, why: str) -> None:
        """The connection is gone: settles what was under way."""
        if not self.over:
            self.over = True
            try:
                self._script.throw(_ClosedError(why))
            except StopIteration:
                pass
            except OpeningError as error:
                self.failure = error

    def _advance(self, reply: Reply) -> Sequence[bytes]:
        try:
            return self._script.send(reply)
        except StopIteration:
            self.over = True
        except OpeningError as error:
            self.over = True
            self.failure = error
        return ()

    def _before_tls(self, unread: bool) -> None:
        """Whatever was said in the clear after STARTTLS could be anybody's (CVE-2011-0411)."""
        if unread:
            self.lost("spoke after STARTTLS before the connection was encrypted")
        else:
            self.tls_due = True

    def _talk(self, terms: Terms) -> Script[None]:
        try:
            offer = yield from opening(terms)
        except _ClosedError as closed:
            raise OpeningError(f"closed the connection: {closed.why}", "check [smtp] host, port, security") from closed
        self.offer = offer
        self._tray.opened()
        try:
            yield from self._pipelined(offer) if "PIPELINING" in offer else self._in_lockstep(offer)
        except _ClosedError as closed:
            self.why = closed.why
            self._settle(closed)

    def _pipelined(self, offer: Offer) -> Script[None]:
        self._turn_to(self._take(offer))
        write: tuple[bytes, ...] = (_begin(self._current, offer),)
        while self._current:
            for phase in _ENVELOPE:
                reply = yield from self._ask(phase, write)
                write = ()
            self._following = self._take(offer)
            begin = _begin(self._following, offer)
            if not self._trouble:
                self._finish((yield from self._ask(Phase.BODY, (*self._current.segments, _DOT, begin))))
            else:
                self._finish()
                if reply.code // 100 == 3:  # DATA was granted without a recipient (RFC 2920, section 3.1)
                    yield from self._ask(Phase.RSET, (_DOT,))
                yield from self._ask(Phase.RSET, (_RESET, begin))
            self._turn_to(self._following)
        yield from self._ask(Phase.QUIT, write)

    def _in_lockstep(self, offer: Offer) -> Script[None]:
        while message := self._take(offer):
            self._turn_to(message)
            for phase, line in zip(_ENVELOPE, _envelope(message, offer), strict=True):
                if not self._trouble:
                    yield from self._ask(phase, (line,))
            if not self._trouble:
                self._finish((yield from self._ask(Phase.BODY, (*message.segments, _DOT))))
            else:
                self._finish()
                yield from self._ask(Phase.RSET, (_RESET,))
        yield from self._ask(Phase.QUIT, (_QUIT,))

    def _turn_to(self, message: Message | None) -> None:
        self._current, self._following, self._trouble = message, None, None

    def _ask(self, phase: Phase, write: Sequence[bytes]) -> Script[Reply]:
        """Writes, and waits for the reply of that phase; remembers the first that speaks against the message."""
        self.phase = phase
        reply = yield write
        if reply.code == CLOSING:
            raise _ClosedError(str(reply), reply)
        if phase in _ENVELOPE and not self._trouble and reply.code // 100 != (3 if phase is Phase.DATA else 2):
            self._trouble = (phase, reply)
        return reply

    def _finish(self, reply: Reply | None = None) -> None:
        """Reports the current message: the reply to its body, or the trouble with its envelope."""
        assert self._current
        phase, said = (Phase.BODY, reply) if reply else self._trouble or (Phase.BODY, Reply(0))
        self._tray.report(outcome(self._current.key, phase, said, self._now))
        self._current = None
        self.served += 1

    def _settle(self, closed: _ClosedError) -> None:
        """A message that met the end of a connection that had served others has another connection to try."""
        if closed.reply and self.phase is not Phase.QUIT:
            self._tray.closed(closed.why, self._current)
        if self._following:
            self._tray.give_back(self._following)
        if not self._current:
            return
        key = self._current.key
        said = closed.reply
        met = outcome(key, self.phase, said, self._now) if said else broken(key, self.phase, closed.why, self._now)
        if self._trouble:
            self._finish()
        elif self.served and met.kind is OutcomeKind.DEFERRED and self.phase is not Phase.BODY:
            self._tray.give_back(self._current)
        else:
            self._tray.report(met)

    def _take(self, offer: Offer) -> Message | None:
        """The next message that this server can take; reports the others."""
        while message := self._tray.take():
            if message.smtputf8 and "SMTPUTF8" not in offer:
                self._tray.report(without_smtputf8(message, self._now))
            elif 0 < offer.max_size < message.size:
                self._tray.report(unsendable(message.key, f"{message.size} bytes; the server takes {offer.max_size}"))
            else:
                return message
        return None


def _begin(message: Message | None, offer: Offer) -> bytes:
    """The next envelope in one piece, or QUIT when there is none."""
    return b"".join(_envelope(message, offer)) if message else _QUIT


def _envelope(message: Message, offer: Offer) -> tuple[bytes, bytes, bytes]:
    options = f" SIZE={message.size}" if "SIZE" in offer else ""
    if "DSN" in offer:
        options += f" RET=HDRS ENVID={message.key}"
    if message.smtputf8:
        options += " BODY=8BITMIME SMTPUTF8"
    return (
        f"MAIL FROM:<{message.sender}>{options}\r\n".encode(),
        f"RCPT TO:<{message.recipient}>\r\n".encode(),
        b"DATA\r\n",
    )
