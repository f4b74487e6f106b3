"""[I/O] Mails that came back on an IMAP server (RFC 9051); implements ports.feedback.Mailbox."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from digest.config.machine import Security
from digest.config.returns import ImapSettings
from digest.errors import OutsideError

MOST_BYTES = 1_000_000
"""Of one mail."""


class ImapMailbox:
    """A folder's mails that were not seen yet; heard ones are marked as seen, and moved where the settings say so."""

    def __init__(self, settings: ImapSettings, context: ssl.SSLContext | None = None) -> None:
        """`context`: how certificates are checked; by the system's authorities without."""
        self._settings = settings
        self._context = context or _context(settings.verify)

    def read(self, hear: Callable[[bytes], object]) -> int:
        """Hands on every mail that was not seen yet, and marks it."""
        count = 0
        with self._opened() as server:
            for uid in _unseen(server):
                if mail := _fetched(server, uid):
                    hear(mail)
                self._mark(server, uid)
                count += 1
        return count

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        settings = self._settings
        place = f"imap {settings.host}:{settings.port}"
        try:
            server = self._connected()
            try:
                server.login(settings.username, settings.password.get_secret_value() if settings.password else "")
                _answer(server.select(_quoted(settings.folder)), f"open the folder {settings.folder}")
                yield server
            finally:
                server.logout()
        except (imaplib.IMAP4.error, OSError) as error:
            problem = str(error).strip() or type(error).__name__
            raise OutsideError(place, problem, "check [feedback.imap]") from error

    def _connected(self) -> imaplib.IMAP4:
        settings = self._settings
        if settings.security is Security.TLS:
            return imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=self._context, timeout=settings.timeout)
        server = imaplib.IMAP4(settings.host, settings.port, timeout=settings.timeout)
        if settings.security is Security.STARTTLS:
            server.starttls(self._context)
        return server

    def _mark(self, server: imaplib.IMAP4, uid: str) -> None:
        """As seen before it is moved: what is moved twice is not heard twice."""
        _answer(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"), "mark a mail as seen")
        if not self._settings.done:
            return
        if "MOVE" in server.capabilities:
            _answer(server.uid("MOVE", uid, _quoted(self._settings.done)), f"move to {self._settings.done}")
            return
        _answer(server.uid("COPY", uid, _quoted(self._settings.done)), f"copy to {self._settings.done}")
        _answer(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"), "remove a copied mail")
        _answer(server.expunge(), "remove copied mails")


def _unseen(server: imaplib.IMAP4) -> list[str]:
    """Their numbers (UID), oldest first."""
    found = _answer(server.uid("SEARCH", "UNSEEN"), "search")
    return b" ".join(part for part in found if isinstance(part, bytes)).decode("ascii").split()


def _fetched(server: imaplib.IMAP4, uid: str) -> bytes:
    """The first megabyte; nothing when another client has removed it meanwhile."""
    parts = _answer(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"), "fetch a mail")
    return next((part[1] for part in parts if isinstance(part, tuple) and isinstance(part[1], bytes)), b"")


def _answer(said: tuple[str, Sequence[object]], what: str) -> Sequence[object]:
    kind, data = said
    if kind != "OK":
        detail = b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")
        raise imaplib.IMAP4.error(f"cannot {what}: {detail}")
    return data


def _quoted(folder: str) -> str:
    """A mailbox name as a quoted string (RFC 9051, section 9)."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
