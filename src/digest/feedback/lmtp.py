"""[I/O] Takes mails that came back by LMTP (RFC 2033) on this machine's loopback, and hands each on at once.

The mail server is answered only after the mail was heard: what could not be recorded it keeps, and tries again. The
envelope's recipient is handed on as the mail's first header line, Delivered-To.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from digest.errors import OutsideError

log = logging.getLogger(__name__)
MOST_BYTES = 10_000_000
_HOST = "127.0.0.1"
_LATER = "451 4.3.0 cannot be recorded now"


class LmtpListener:
    """Listens from `start` to `stop`, in a thread of its own."""

    def __init__(self, port: int, hear: Callable[[bytes], object]) -> None:
        self.port = port
        self._controller = _Controller(_Handler(hear), hostname=_HOST, port=port)

    def start(self) -> None:
        """Begins to listen. Raises OutsideError when the port is taken."""
        try:
            socket.create_server((_HOST, self.port)).close()  # aiosmtpd says that it is taken after five seconds
            self._controller.start()
        except OSError as error:
            self._controller.loop.close()  # aiosmtpd leaves it open
            place = f"{_HOST}:{self.port}"
            raise OutsideError(place, f"cannot be listened on: {error.strerror}", "set feedback.lmtp_port") from error

    def stop(self) -> None:
        """Stops listening. A second call does nothing."""
        self._controller.stop(no_assert=True)


class _Handler:
    def __init__(self, hear: Callable[[bytes], object]) -> None:
        self._hear = hear

    async def handle_RCPT(
        self, server: LMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:  # the name is aiosmtpd's
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient at a time"
        if not address.isprintable():
            return "553 5.1.3 this is no address"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        # Only the envelope may tell whose a bounce is: see SenderSettings.verp. Here it becomes a part of the mail.
        delivered_to = "".join(f"Delivered-To: {address}\r\n" for address in envelope.rcpt_tos).encode()
        try:
            await asyncio.to_thread(self._hear, delivered_to + raw)
        except OutsideError as error:
            log.error("a mail that came back cannot be recorded: %s", error)
            return _LATER
        except Exception:
            log.exception("a mail that came back cannot be heard; the mail server keeps it and tries again")
            return _LATER
        return "250 2.0.0 heard"


class _Controller(Controller):
    def factory(self) -> LMTP:
        """Aiosmtpd asks."""
        return LMTP(self.handler, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True)
