"""[I/O] Takes messages; hands them to a mail server over a few connections and gives what it said of each.

The event loop runs in the caller's thread, and only while the caller waits for an outcome: messages are pulled as
connections need them, so memory does not grow with the list. What is said is decided in `dialogue`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from datetime import datetime

from digest.config.machine import Security, SmtpSettings
from digest.deliver.lane import Lane, LaneEnd
from digest.deliver.opening import OpeningError, Terms
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome

_MOMENT = 0.001
"""Seconds; leaving and entering the loop for each outcome would cost as much as a fifth of the sending."""
_FRUITLESS = 5
"""So many connections in a row that took no mail mean that the server does not want any."""


class SmtpTransport:
    """Sends over as many connections as the settings allow, pipelined where the server offers it."""

    def __init__(self, settings: SmtpSettings) -> None:
        """The password must be in the settings by now: no file is read here."""
        self._settings = settings

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        """One outcome for each message, as soon as it is known. Must not be called inside a running event loop.

        Raises OutsideError when the server cannot be used; messages without an outcome were not begun. An exception
        of `messages` itself is raised once everything under way is settled.
        """
        with closing(_Sending(self._settings, iter(messages), now)) as sending:
            yield from sending.outcomes()


class _Sending:
    """One call of `send`: the lanes, what is still to be sent and what is known already."""

    def __init__(self, settings: SmtpSettings, messages: Iterator[Message], now: datetime) -> None:
        self._settings = settings
        self._messages: Iterator[Message] | None = messages
        self._waiting: deque[Message] = deque()
        self._known: list[Outcome] = []
        self._now = now
        self._context = _context(settings)
        self._loop = _new_loop()
        self._turn = self._loop.create_future()
        self._lanes: set[Lane] = set()
        self._failure: Exception | None = None
        self._fruitless = 0
        self._widened = False

    def outcomes(self) -> Iterator[Outcome]:
        """Runs the loop whenever nothing is known."""
        if self._more(1):
            self._open_lane()
        while self._lanes:
            self._turn = self._loop.create_future()
            self._loop.run_until_complete(self._turn)
            known, self._known = self._known, []
            yield from known
        if self._failure:
            raise self._failure

    def close(self) -> None:
        """Drops what is still open."""
        for lane in self._lanes:
            lane.drop()
        self._loop.run_until_complete(_wind_up())
        self._loop.close()

    # What a dialogue asks for (dialogue.Tray)

    def opened(self) -> None:
        """The first connection works: open the others, if there is work for them."""
        if not self._widened:
            self._widened = True
            for _ in range(min(self._settings.connections, self._more(self._settings.connections)) - 1):
                self._open_lane()

    def take(self) -> Message | None:
        """The next message."""
        return self._waiting.popleft() if self._more(1) else None

    def give_back(self, message: Message) -> None:
        """To be sent over another connection."""
        self._waiting.appendleft(message)

    def report(self, outcome: Outcome) -> None:
        """Hands an outcome to the caller, together with those of the next moment."""
        if not self._known:
            self._loop.call_later(_MOMENT, self._end_turn)
        self._known.append(outcome)

    # What a lane tells

    def ended(self, end: LaneEnd) -> None:
        """A connection is gone; another takes its place while there are messages."""
        self._lanes.discard(end.lane)
        self._fruitless = 0 if end.served else self._fruitless + bool(end.why)
        if end.failure:
            self._failure_of(end.failure)
        elif self._fruitless >= _FRUITLESS:
            self._failure_of(OpeningError(f"took no mail over {_FRUITLESS} connections: {end.why}", "look at its log"))
        elif self._failure is None and len(self._lanes) < self._more(len(self._lanes) + 1):
            self._open_lane()
        if not self._lanes:
            self._end_turn()

    def _end_turn(self) -> None:
        if not self._turn.done():
            self._turn.set_result(None)

    def _failure_of(self, error: OpeningError) -> None:
        """Matters only when no other connection is left to send with."""
        if not self._lanes and (self._more(1) or not self._widened):
            place = f"{self._settings.host}:{self._settings.port}"
            self._failure = self._failure or OutsideError(place, error.problem, error.remedy)

    def _open_lane(self) -> None:
        lane = Lane(self._settings, self._terms, self, self.ended, self._context, self._now)
        self._lanes.add(lane)
        lane.open(self._loop)

    def _more(self, wanted: int) -> int:
        """How many messages wait, after pulling until there are `wanted`."""
        while self._messages and len(self._waiting) < wanted:
            try:
                self._waiting.append(next(self._messages))
            except StopIteration:
                self._messages = None
            except Exception as error:  # raised by `outcomes`, once what is under way is settled
                self._messages, self._failure = None, error
        return len(self._waiting)

    def _terms(self, own_address: str) -> Terms:
        settings = self._settings
        return Terms(
            helo=settings.helo or _own_name(own_address),
            security=settings.security,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else "",
            auth=settings.auth,
        )


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415 - not made for every system
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _wind_up() -> None:
    """Ends what connections still had to do, and lets their sockets close."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


def _context(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.security is Security.NONE:
        if settings.username and not _is_loopback(settings.host):
            place = f"{settings.host}:{settings.port}"
            raise OutsideError(place, "the password would go there unencrypted", 'set [smtp] security = "starttls"')
        return None
    context = ssl.create_default_context()
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _own_name(address: str) -> str:
    """This machine's full name, or its address as a literal (RFC 5321, section 4.1.3)."""
    name = socket.gethostname()
    if "." in name.strip("."):
        return name
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
