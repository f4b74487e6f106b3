"""[I/O] The canary's mailbox on an IMAP server; implements ports.alarms.SeedMailbox. Marks and moves nothing."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator

from digest.config.alarms import CanarySettings
from digest.feedback.imap import answer, opened, select, tls_context


class ImapSeed:
    """Looks into the inbox first, then among the spam."""

    def __init__(self, settings: CanarySettings, context: ssl.SSLContext | None = None) -> None:
        """`context`: how certificates are checked; by the system's authorities without."""
        self._settings = settings
        self._context = context or tls_context(settings.verify)

    def find(self, message_id: str) -> str | None:
        """The folder that holds the mail of that Message-ID."""
        with opened(self._settings, self._context, "[alarms.canary]") as server:
            return next((folder for folder in self._folders(server) if _holds(server, folder, message_id)), None)

    def _folders(self, server: imaplib.IMAP4) -> Iterator[str]:
        """Those that are there; not every provider has the second."""
        yield self._settings.folder
        if self._settings.junk:
            pattern = '"' + self._settings.junk.replace("\\", "\\\\").replace('"', '\\"') + '"'
            if any(answer(server.list('""', pattern), "list folders")):
                yield self._settings.junk


def _holds(server: imaplib.IMAP4, folder: str, message_id: str) -> bool:
    select(server, folder, readonly=True)
    wanted = message_id.strip("<>").replace("\\", "").replace('"', "")
    found = answer(server.uid("SEARCH", "HEADER", "Message-ID", f'"{wanted}"'), "search")
    return any(isinstance(part, bytes) and part.strip() for part in found)
