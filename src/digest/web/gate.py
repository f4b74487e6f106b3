"""What every request and answer passes: no body longer than a form of ours, HEAD answered as GET, safe headers.

Takes ASGI requests and hands them on; answers none itself.
"""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_BODY = 65_536
"""Bytes; a form with every field at its longest and a hundred topics has fewer than half of that."""
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_API = "/api/"
"""Its own gate takes more, of those who have a token."""
_PERSONAL = "/r/"
"""What signed links open: never for a search engine."""


class Gate:
    """Lets requests in and answers out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on. To HEAD the HTTP server sends no body: it keeps a scope of its own."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passed = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        path = str(scope["path"])
        read = receive if path.startswith(_API) else _counted(receive)
        await self._app(passed, read, _with_headers(send, path))


def _counted(receive: Receive) -> Receive:
    """Raises HTTPException 413 into the route that reads too much."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LONGEST_BODY:
            raise HTTPException(413)
        return message

    return counted


def _with_headers(send: Send, path: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
            if path.startswith(_PERSONAL):
                headers["X-Robots-Tag"] = "noindex"
        await send(message)

    return sending
