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
        self._context = context or tls_context(settings.verify)

    def read(self, hear: Callable[[bytes], object]) -> int:
        """Hands on every mail that was not seen yet, and marks it."""
        count = 0
        with opened(self._settings, self._context, "[feedback.imap]") as server:
            select(server, self._settings.folder)
            for uid in _unseen(server):
                if mail := _fetched(server, uid):
                    hear(mail)
                self._mark(server, uid)
                count += 1
        return count

    def _mark(self, server: imaplib.IMAP4, uid: str) -> None:
        """As seen before it is moved: what is moved twice is not heard twice."""
        answer(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"), "mark a mail as seen")
        if not self._settings.done:
            return
        if "MOVE" in server.capabilities:
            answer(server.uid("MOVE", uid, _quoted(self._settings.done)), f"move to {self._settings.done}")
            return
        answer(server.uid("COPY", uid, _quoted(self._settings.done)), f"copy to {self._settings.done}")
        answer(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"), "remove a copied mail")
        answer(server.expunge(), "remove copied mails")


@contextmanager
def opened(settings: ImapSettings, context: ssl.SSLContext, table: str) -> Iterator[imaplib.IMAP4]:
    """A connection that is logged in. Raises OutsideError; `table` of the settings is what to check then."""
    try:
        server = _connected(settings, context)
        try:
            server.login(settings.username, settings.password.get_secret_value() if settings.password else "")
            yield server
        finally:
            server.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        problem = str(error).strip() or type(error).__name__
        raise OutsideError(f"imap {settings.host}:{settings.port}", problem, f"check {table}") from error


def _connected(settings: ImapSettings, context: ssl.SSLContext) -> imaplib.IMAP4:
    if settings.security is Security.TLS:
        return imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=settings.timeout)
    server = imaplib.IMAP4(settings.host, settings.port, timeout=settings.timeout)
    if settings.security is Security.STARTTLS:
        server.starttls(context)
    return server


def select(server: imaplib.IMAP4, folder: str, readonly: bool = False) -> None:
    """Opens a folder. Raises IMAP4.error when it is not there."""
    answer(server.select(_quoted(folder), readonly), f"open the folder {folder}")


def _unseen(server: imaplib.IMAP4) -> list[str]:
    """Their numbers (UID), oldest first."""
    found = answer(server.uid("SEARCH", "UNSEEN"), "search")
    return b" ".join(part for part in found if isinstance(part, bytes)).decode("ascii").split()


def _fetched(server: imaplib.IMAP4, uid: str) -> bytes:
    """The first megabyte; nothing when another client has removed it meanwhile."""
    parts = answer(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"), "fetch a mail")
    return next((part[1] for part in parts if isinstance(part, tuple) and isinstance(part[1], bytes)), b"")


def answer(said: tuple[str, Sequence[object]], what: str) -> Sequence[object]:
    """What the server gave. Raises IMAP4.error when it did not do it."""
    kind, data = said
    if kind != "OK":
        detail = b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")
        raise imaplib.IMAP4.error(f"cannot {what}: {detail}")
    return data


def _quoted(folder: str) -> str:
    """A mailbox name as a quoted string (RFC 9051, section 9)."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def tls_context(verify: bool) -> ssl.SSLContext:
    """How certificates are checked."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
