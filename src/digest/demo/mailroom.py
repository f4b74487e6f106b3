"""A real SMTP server on loopback that keeps every mail it receives as a file. [I/O]"""

from __future__ import annotations

import re
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailroom:
    """Receives mail on a free port of 127.0.0.1 and writes it to `folder`, one file for each recipient."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self._controller = Controller(_Keeper(folder), hostname="127.0.0.1", port=self.port, ready_timeout=30)

    def files(self) -> list[Path]:
        """What has come, in order."""
        return sorted(self.folder.glob("*.eml"))

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._controller.stop()


class _Keeper:
    """Writes what the SMTP dialogue delivers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        for recipient in envelope.rcpt_tos:
            self._count += 1
            name = re.sub(r"[^a-z0-9.@+-]", "_", recipient.lower())[:80]
            draft = self._folder / f"{self._count:03}-{name}.part"
            draft.write_bytes(content)
            draft.rename(draft.with_suffix(".eml"))  # whoever looks meanwhile finds a whole mail or none
        return "250 2.0.0 kept"


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
