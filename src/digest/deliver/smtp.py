"""[I/O] Takes messages; hands them to a mail server by SMTP (RFC 5321) and gives what it said of each."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable, Iterator
from datetime import datetime

from digest.config.machine import Security, SmtpSettings
from digest.deliver.outcome import Phase, Reply, broken, outcome, reply_of, unsendable
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome


class SmtpTransport:
    """Sends one message after the other over one connection."""

    def __init__(self, settings: SmtpSettings, helo: str = "") -> None:
        """`helo`: the name we greet with; this machine's when empty."""
        self._settings = settings
        self._helo = helo

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        """One outcome for each message. Raises OutsideError when the server cannot be used at all."""
        server: smtplib.SMTP | None = None
        for message in messages:
            server = server or self._connect()
            result, alive = _send_one(server, message, now)
            if not alive:
                server = None
            yield result
        if server:
            _quit(server)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        place = f"{settings.host}:{settings.port}"
        context = _context(settings.verify)
        try:
            if settings.security is Security.TLS:
                server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, self._helo or None,
                                                        timeout=settings.timeout, context=context)  # fmt: skip
            else:
                server = smtplib.SMTP(settings.host, settings.port, self._helo or None, settings.timeout)
            if settings.security is Security.STARTTLS:
                server.starttls(context=context)
            if settings.username:
                server.login(settings.username, settings.password.get_secret_value() if settings.password else "")
            server.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            raise OutsideError(place, f"cannot send mail there: {error}", "check [smtp] in config.toml") from error
        return server


def _send_one(server: smtplib.SMTP, message: Message, now: datetime) -> tuple[Outcome, bool]:
    """The outcome, and whether the connection still serves."""
    if message.smtputf8 and not server.has_extn("smtputf8"):
        return unsendable(message.key, "the server does not offer SMTPUTF8"), True
    phase = Phase.MAIL
    options = " SMTPUTF8" if message.smtputf8 else ""
    steps = (
        (Phase.MAIL, f"MAIL FROM:<{message.sender}>{options}".encode()),
        (Phase.RCPT, f"RCPT TO:<{message.recipient}>".encode()),
        (Phase.DATA, b"DATA"),
        (Phase.BODY, b"".join(message.segments) + b"."),
    )
    try:
        for phase, line in steps:
            server.send(line + b"\r\n")
            reply = _reply(server)
            if reply.code // 100 != (3 if phase is Phase.DATA else 2):
                return outcome(message.key, phase, reply, now), _reset(server, reply)
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        return broken(message.key, phase, str(error), now), False
    return outcome(message.key, phase, reply, now), True


def _reset(server: smtplib.SMTP, reply: Reply) -> bool:
    if reply.code == 421:
        server.close()
        return False
    try:
        return server.rset()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _quit(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _reply(server: smtplib.SMTP) -> Reply:
    code, text = server.getreply()
    return reply_of(code, text.decode("utf-8", "replace").split("\n"))


def _context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
