"""A mail server on loopback that takes everything, fast, and counts what it accepted by Message-ID."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)\r$", re.MULTILINE)
_END = b"\r\n.\r\n"
_REPLIES = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}


@dataclass
class Sink:
    """What it has seen so far."""

    port: int = 0
    seconds: float = 0
    """How long it takes over each mail before it answers."""
    accepted: Counter[str] = field(default_factory=Counter)
    total: int = 0
    _wake_at: int | None = None
    _woken: threading.Event = field(default_factory=threading.Event)

    def take(self, mail: bytes) -> None:
        """A mail was accepted: the client has not been told yet."""
        found = _MESSAGE_ID.search(mail)
        self.accepted[found[1].decode() if found else ""] += 1
        self.total += 1
        if self._wake_at is not None and self.total >= self._wake_at:
            self._woken.set()

    def wait_for(self, more: int, seconds: float) -> bool:
        """Until so many more were accepted, the last of them not yet answered: True; or the time is over: False."""
        self._woken.clear()
        self._wake_at = self.total + more
        return self._woken.wait(seconds)


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._unread = b""
        self._in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.write(b"220 sink\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while self._mail_taken() if self._in_mail else self._line_answered():
            pass

    def _mail_taken(self) -> bool:
        mail, end, rest = self._unread.partition(_END)
        if end:
            self._sink.take(mail)
            time.sleep(self._sink.seconds)
            self._unread, self._in_mail = rest, False
            self._transport.write(b"250 2.0.0 Ok\r\n")
        return bool(end)

    def _line_answered(self) -> bool:
        line, end, rest = self._unread.partition(b"\r\n")
        if end:
            self._unread, self._in_mail = rest, line == b"DATA"
            self._transport.write(_REPLIES.get(line[:4], b"250 2.0.0 Ok\r\n"))
        return bool(end)


@contextmanager
def counting_sink() -> Iterator[Sink]:
    """A sink on a free port, in a thread of its own."""
    sink, loop = Sink(), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: _Connection(sink), "127.0.0.1", 0))
    sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
