"""Guards the editor's pages that have no login: only this machine, under its own names, not from other sites.

A page elsewhere whose name is pointed at 127.0.0.1 (DNS rebinding) has a foreign Host; a form there has a foreign
Origin; what a proxy on this machine passes on says so in its headers. All of them are refused.
"""

from __future__ import annotations

import ipaddress

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.model.urls import split_url

_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class LocalOnly:
    """Refuses what does not come from this machine, for paths under `prefix`."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers 403."""
        if scope["type"] != "http" or not str(scope["path"]).startswith(self._prefix) or _is_local(scope):
            await self._app(scope, receive, send)
            return
        refusal = PlainTextResponse("The editor's pages answer on this machine only.\n", 403)
        await refusal(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    client = scope.get("client")
    return (
        (client is None or is_loopback(client[0]))
        and is_loopback(_host_of(f"//{headers.get('host', '')}"))
        and (origin is None or is_loopback(_host_of(origin)))
        and not is_passed_on(headers)
    )


def is_passed_on(headers: Headers) -> bool:
    """Whether a proxy says that somebody else asks: it may stand on this machine."""
    return any(name in headers for name in _PASSED_ON)


def _host_of(url: str) -> str:
    return split_url(url).hostname or ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
