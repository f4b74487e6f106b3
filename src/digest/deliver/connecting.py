"""[I/O] What a connection to the mail server needs before it is opened: a loop, certificates, and who we are."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from contextlib import suppress

from digest.config.machine import RelaySettings, Security
from digest.deliver.opening import Terms
from digest.errors import OutsideError


def new_loop() -> asyncio.AbstractEventLoop:
    """The fastest event loop there is."""
    try:
        import uvloop  # noqa: PLC0415 - not made for every system
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def wind_up() -> None:
    """Ends what connections still had to do, and lets their sockets close."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


def tls_context(settings: RelaySettings) -> ssl.SSLContext | None:
    """How certificates are checked; None without TLS. Raises OutsideError before a password goes out in the clear."""
    if settings.security is Security.NONE:
        if settings.username and not (settings.is_socket or _is_loopback(settings.host)):
            raise OutsideError(
                settings.place, "the password would go there unencrypted", 'set [smtp] security = "starttls"'
            )
        return None
    context = ssl.create_default_context()
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def terms(settings: RelaySettings, own_address: str) -> Terms:
    """How we present ourselves from that address of ours, and what we insist on."""
    return Terms(
        helo=settings.helo or _own_name(own_address),
        security=settings.security,
        username=settings.username,
        password=settings.password.get_secret_value() if settings.password else "",
        auth=settings.auth,
        protocol=settings.protocol,
    )


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _own_name(address: str) -> str:
    """This machine's full name, or its address as a literal (RFC 5321, section 4.1.3); a local socket has none."""
    name = socket.gethostname()
    if "." in name.strip("."):
        return name
    if not address:
        return "localhost"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
