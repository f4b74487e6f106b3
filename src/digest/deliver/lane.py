"""[I/O] One connection to a mail server: carries what a dialogue says, encrypts it, and keeps its deadlines."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from digest.config.machine import RelaySettings, Security
from digest.deliver.dialogue import Dialogue, Tray
from digest.deliver.opening import Offer, OpeningError, Terms
from digest.deliver.outcome import Phase

_TICKS = 10
"""Silence is measured in tenths of the time that a server has to answer."""
_BODY_PATIENCE = 10
"""A server may take ten times as long over a whole message as over a command (RFC 5321, section 4.5.3.2)."""


@dataclass(frozen=True, slots=True)
class LaneEnd:
    """How a connection ended."""

    lane: Lane
    served: int
    """Messages that the server answered."""
    failure: OpeningError | None
    """Why it could send nothing at all."""
    why: str = ""
    """How it broke; empty when it ended as it should."""
    offer: Offer | None = None
    """What the server offered, if it came so far."""


class Lane(asyncio.Protocol):
    """Connects, talks, and tells `ended` exactly once."""

    def __init__(self, settings: RelaySettings, terms: Callable[[str], Terms], tray: Tray,
                 ended: Callable[[LaneEnd], None], context: ssl.SSLContext | None, now: datetime) -> None:  # fmt: skip
        """`terms`: from our own address, what we say of ourselves."""
        self._settings = settings
        self._terms = terms
        self._tray = tray
        self._ended = ended
        self._context = context
        self._now = now
        self._dialogue: Dialogue | None = None
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._silence = 0
        self._done = False

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to connect."""
        self._loop = loop
        self._task = loop.create_task(self._connect())

    def drop(self) -> None:
        """Closes without another word, and without telling."""
        self._done = True
        if self._watch:
            self._watch.cancel()
        if self._transport:
            self._transport.abort()

    def break_off(self, why: str) -> None:
        """Closes in mid-sentence: what was under way is settled, and the end is told."""
        if self._dialogue:
            self._lost(why)
        else:
            self._end(OpeningError(why, "try again"))

    async def _connect(self) -> None:
        settings = self._settings
        implicit = settings.security is Security.TLS
        try:
            async with asyncio.timeout(settings.timeout):
                if settings.is_socket:
                    await self._loop.create_unix_connection(lambda: self, settings.host)
                else:
                    await self._loop.create_connection(
                        lambda: self, settings.host, settings.port,
                        ssl=self._context if implicit else None, server_hostname=settings.host if implicit else None,
                    )  # fmt: skip
        except OSError as error:
            self._end(_cannot_connect(error))

    async def _encrypt(self) -> None:
        assert self._transport and self._context and self._dialogue
        try:
            encrypted = await self._loop.start_tls(
                self._transport, self, self._context, server_hostname=self._settings.host,
                ssl_handshake_timeout=self._settings.timeout,
            )  # fmt: skip
        except OSError as error:
            self._end(_cannot_connect(error))
            return
        if encrypted is None:
            self._end(OpeningError("closed the connection during STARTTLS", "check [smtp] security"))
            return
        self._transport = encrypted
        self._say(self._dialogue.tls_started())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server can be heard."""
        self._transport = cast(asyncio.Transport, transport)
        own = transport.get_extra_info("sockname")
        address = own[0] if isinstance(own, tuple) else ""
        self._dialogue = Dialogue(self._terms(address), self._tray, self._now)
        self._tick()

    def data_received(self, data: bytes) -> None:
        """The server said something; only a whole reply breaks the silence, not a byte now and then."""
        assert self._dialogue
        before = self._dialogue.heard
        self._say(self._dialogue.receive(data))
        if self._dialogue.heard > before:
            self._silence = 0
        if self._dialogue.tls_due:
            self._task = self._loop.create_task(self._encrypt())
        elif self._dialogue.over:
            self._end(self._dialogue.failure)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up, or the network did."""
        self._lost(f"connection lost: {exc}" if exc else "the server closed the connection")

    def _say(self, write: Sequence[bytes]) -> None:
        if write and self._transport and not self._done:
            self._transport.writelines(write)

    def _lost(self, why: str) -> None:
        if self._dialogue and not self._done:
            self._dialogue.lost(why)
            self._end(self._dialogue.failure)

    def _end(self, failure: OpeningError | None) -> None:
        if not self._done:
            self.drop()
            said = self._dialogue
            self._ended(
                LaneEnd(self, said.served, failure, said.why, said.offer) if said else LaneEnd(self, 0, failure)
            )

    def _tick(self) -> None:
        """Counts silence. Ticks come only while the loop runs, so a caller who is slow to come back costs nothing."""
        assert self._dialogue
        self._silence += 1
        allowed = _TICKS * (_BODY_PATIENCE if self._dialogue.phase is Phase.BODY else 1)
        if self._silence > allowed:
            self._lost("no answer in time")
        else:
            self._watch = self._loop.call_later(self._settings.timeout / _TICKS, self._tick)


def _cannot_connect(error: OSError) -> OpeningError:
    if isinstance(error, ssl.SSLCertVerificationError):
        remedy = "name the server as its certificate does, or set [smtp] verify = false for a relay on this machine"
        return OpeningError(f"its certificate is not to be trusted: {error.verify_message}", remedy)
    if isinstance(error, ssl.SSLError):
        return OpeningError(f"no TLS: {error.reason or error}", "check [smtp] security and port")
    if isinstance(error, TimeoutError):
        return OpeningError("no answer in time", "check [smtp] host and port")
    return OpeningError(f"cannot connect: {error.strerror or error}", "check [smtp] host and port")
