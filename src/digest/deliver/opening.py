"""The opening of a conversation with a mail server: greeting, EHLO or LHLO, STARTTLS, AUTH. Pure: a script, no sockets.

A script is a generator that yields what to write, or START_TLS, and is sent the next reply.
"""

from __future__ import annotations

import base64
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from digest.config.machine import AuthMethod, Protocol, Security
from digest.deliver.outcome import CLOSING, Reply

T = TypeVar("T")
START_TLS = (b"",)
"""What a script yields when the bytes from here on must be encrypted; it is sent no reply then."""
Script = Generator[Sequence[bytes], Reply, T]


class OpeningError(Exception):
    """The server cannot be used: what is wrong, and what to do."""

    def __init__(self, problem: str, remedy: str, closing: str = "") -> None:
        """`closing`: the reply of 421 that the server closed the connection with, if it did."""
        self.problem = problem
        self.remedy = remedy
        self.closing = closing
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Terms:
    """How we present ourselves and what we insist on."""

    helo: str
    security: Security = Security.NONE
    username: str = ""
    password: str = ""
    auth: AuthMethod = AuthMethod.AUTO
    protocol: Protocol = Protocol.SMTP


@dataclass(frozen=True, slots=True)
class Offer:
    """What the server offers: EHLO keywords in capitals and their parameters."""

    keywords: Mapping[str, str]

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.keywords

    @property
    def max_size(self) -> int:
        """Largest message in bytes (RFC 1870); 0: it does not say."""
        size = self.keywords.get("SIZE", "")
        return int(size) if size.isdecimal() else 0


def opening(terms: Terms) -> Script[Offer]:
    """From the greeting to where mail can be sent. Raises OpeningError when it cannot."""
    _expect((yield ()), 220, "does not take mail now", "try later, or check [smtp] host")
    offer = yield from _hello(terms)
    if terms.security is Security.STARTTLS:
        if "STARTTLS" not in offer:
            raise OpeningError("does not offer STARTTLS", "set [smtp] security to tls, or to none for a local relay")
        _expect((yield (b"STARTTLS\r\n",)), 220, "refuses STARTTLS", "check [smtp] security")
        yield START_TLS
        offer = yield from _hello(terms)
    if terms.username:
        yield from _authenticate(terms, offer)
    return offer


def _hello(terms: Terms) -> Script[Offer]:
    verb = "LHLO" if terms.protocol is Protocol.LMTP else "EHLO"
    reply = yield (f"{verb} {terms.helo}\r\n".encode(),)
    if reply.code in (500, 502, 504) and terms.protocol is Protocol.SMTP:
        _expect((yield (f"HELO {terms.helo}\r\n".encode(),)), 250, "refuses HELO", "check [smtp] helo")
        return Offer({})
    _expect(reply, 250, f"refuses {verb}", "check [smtp] helo and protocol")
    return Offer(_offered(reply.lines[1:]))


def _offered(lines: Sequence[str]) -> dict[str, str]:
    """Keywords and parameters; "AUTH=LOGIN" is the old spelling, which some say beside "AUTH PLAIN LOGIN"."""
    offered: dict[str, str] = {}
    for line in lines:
        keyword, _, parameters = line.upper().replace("=", " ", 1).strip().partition(" ")
        words = dict.fromkeys(f"{offered.get(keyword, '')} {parameters}".split())
        offered[keyword] = " ".join(words)
    return offered


def _authenticate(terms: Terms, offer: Offer) -> Script[None]:
    match _method(terms.auth, offer.keywords.get("AUTH", "").split()):
        case AuthMethod.PLAIN:
            reply = yield (_line(b"AUTH PLAIN ", f"\0{terms.username}\0{terms.password}"),)
        case AuthMethod.LOGIN:
            reply = yield (b"AUTH LOGIN\r\n",)
            for secret in (terms.username, terms.password):
                _expect(reply, 334, "refuses AUTH LOGIN", "check [smtp] auth")
                reply = yield (_line(b"", secret),)
        case _:
            bearer = f"user={terms.username}\1auth=Bearer {terms.password}\1\1"
            reply = yield (_line(b"AUTH XOAUTH2 ", bearer),)
            if reply.code == 334:
                reply = yield (b"\r\n",)
    _expect(reply, 235, f"refuses the login of {terms.username}", "check [smtp] username and password_file")


def _method(wanted: AuthMethod, offered: Sequence[str]) -> AuthMethod:
    choices = (AuthMethod.PLAIN, AuthMethod.LOGIN) if wanted is AuthMethod.AUTO else (wanted,)
    for method in choices:
        if method.upper() in offered:
            return method
    asked = " or ".join(method.upper() for method in choices)
    raise OpeningError(f"does not offer AUTH {asked}", "check [smtp] security, port and auth, or leave username empty")


def _line(command: bytes, secret: str) -> bytes:
    return command + base64.b64encode(secret.encode("utf-8")) + b"\r\n"


def _expect(reply: Reply, code: int, problem: str, remedy: str) -> None:
    if reply.code != code:
        raise OpeningError(f"{problem}: {reply}", remedy, str(reply) if reply.code == CLOSING else "")
