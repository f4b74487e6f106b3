"""Mail servers on loopback: one that says and does what a test wants, and the means to make mail for it."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller, UnixSocketController
from aiosmtpd.lmtp import LMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from digest.model.delivery import DeliveryKey, Message, Outcome
from digest.model.ids import IssueId, SubscriberId

Answer = Callable[[str], str | None]
"""From what the client said ("GREETING", a command line, or "BODY recipient") to the reply; None hangs up, ""
is silence from then on."""
USUAL = {
    "GREETING": "220 test",
    "DATA": "354 go",
    "(no sender)": "503 5.5.1 MAIL first",
    "DATA without a recipient": "503 5.5.1 no valid recipients",
    "QUIT": "221 bye",
}


def usual(said: str, extensions: Sequence[str] = ("PIPELINING", "8BITMIME")) -> str:
    """What a server says that takes everything."""
    if said.startswith(("EHLO", "LHLO")):
        return "".join(f"250-{line}\r\n" for line in ("test", *extensions)) + "250 ENHANCEDSTATUSCODES"
    return USUAL.get(said, "250 2.0.0 Ok")


@dataclass
class MailServer:
    """A running server: what it was told, and whose mail it accepted."""

    port: int = 0
    answer: Answer = usual
    said: list[str] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    accepted: Counter[str] = field(default_factory=Counter)
    connections: int = 0


def offering(*extensions: str) -> Answer:
    """A server with these extensions only."""
    return lambda said: usual(said, extensions)


def but(replies: dict[str, str | None], otherwise: Answer = usual) -> Answer:
    """The usual answers but for what begins like one of these."""

    def answer(said: str) -> str | None:
        for start, reply in replies.items():
            if said.startswith(start):
                return reply
        return otherwise(said)

    return answer


def every(number: int, said: str, answer: str | None, otherwise: Answer) -> Answer:
    """Every so many times that it is said, another answer."""
    times = count(1)

    def reply(line: str) -> str | None:
        return answer if line.startswith(said) and next(times) % number == 0 else otherwise(line)

    return reply


def _in_order(said: str, sender: bool, recipient: str) -> str:
    """What was said, with what is missing before it."""
    if said.startswith("RCPT") and not sender:
        return "(no sender)"
    return "DATA without a recipient" if said == "DATA" and not recipient else said


class _Connection(socketserver.StreamRequestHandler):
    server: _Listener
    disable_nagle_algorithm = True

    def handle(self) -> None:
        seen = self.server.seen
        seen.connections += 1
        sender, recipient = False, ""
        if not self._reply("GREETING"):
            return
        while line := self.rfile.readline():
            said = line.decode().rstrip("\r\n")
            seen.said.append(said)
            if said.startswith("MAIL"):
                recipient = ""
            reply = self._reply(_in_order(said, sender, recipient))
            if not reply or said == "QUIT":
                return
            if said.startswith("MAIL"):
                sender = reply.startswith("250")
            if said.startswith("RCPT") and reply.startswith("250"):
                recipient = said[9:-1]
            if reply.startswith("354") and not self._take(recipient):
                return

    def _take(self, recipient: str) -> bool:
        body = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            body += line
        reply = self._reply(f"BODY {recipient}")
        if reply and reply.startswith("250"):
            self.server.seen.bodies[recipient] = body
            self.server.seen.accepted[recipient] += 1
        return bool(reply)

    def _reply(self, said: str) -> str | None:
        reply = self.server.seen.answer(said)
        if reply:
            self.wfile.write(reply.encode() + b"\r\n")
        elif reply == "":
            self.rfile.read()
        return reply


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    seen: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """The client went away: that is what some tests are about."""


@contextmanager
def mail_server(answer: Answer = usual) -> Iterator[MailServer]:
    """A server on a free port that answers like this."""
    with _Listener(("127.0.0.1", 0), _Connection) as listener:
        listener.seen = MailServer(listener.server_address[1], answer)
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield listener.seen
        finally:
            listener.shutdown()
            thread.join()


class _OnFreePort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class _Lmtp(_OnFreePort):
    def factory(self) -> LMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


class _LmtpSocket(UnixSocketController):
    def factory(self) -> LMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def lmtp(handler: object) -> Iterator[int]:
    """aiosmtpd's LMTP server on a free port, which it gives."""
    controller = _Lmtp(handler, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def lmtp_socket(handler: object, path: Path) -> Iterator[Path]:
    """The same on a socket in the file system."""
    controller = _LmtpSocket(handler, unix_socket=str(path))
    controller.start()
    try:
        yield path
    finally:
        controller.stop()


@contextmanager
def aiosmtpd(handler: object, **options: object) -> Iterator[int]:
    """aiosmtpd on a free port, which it gives."""
    controller = _OnFreePort(handler, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def mail(
    number: int = 1, recipient: str = "", body: bytes = b"Subject: hello\r\n\r\nhello\r\n", **fields: object
) -> Message:
    """A message to reader `number`."""
    segments = (body,)
    defaults = {
        "key": DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(number)),
        "sender": "bounces@press.example.com",
        "recipient": recipient or f"reader{number}@example.com",
        "segments": segments,
        "size": sum(map(len, segments)),
    }
    return Message(**(defaults | fields))  # type: ignore[arg-type]


def collect(sending: Iterable[Outcome], known: list[Outcome]) -> None:
    """Adds each outcome as it comes, so that those before an error are not lost."""
    for outcome in sending:
        known.append(outcome)


def certificate(folder: Path) -> Path:
    """A PEM file with a fresh key and a certificate for 127.0.0.1 that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def server_context(pem: Path) -> ssl.SSLContext:
    """What a server needs to speak TLS with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
