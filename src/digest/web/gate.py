"""What every request and answer passes: HEAD answered as GET, safe headers for all, no robots for personal pages.

Takes ASGI requests and hands them on; answers none itself.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_DESK = "/editor"
"""Its forms must come from its own pages: under no-referrer browsers send them with `Origin: null` (Fetch, 3.2)."""
_PERSONAL = ("/r/", "/c/")
"""What links in mails open: never for a search engine."""
ASKED_HEAD = "digest.head"
"""In the scope of a request that was a HEAD: programs look in that way."""


class Gate:
    """Lets requests in and answers out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on. To HEAD the HTTP server sends no body: it keeps a scope of its own."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passed = {**scope, "method": "GET", ASKED_HEAD: True} if scope["method"] == "HEAD" else scope
        await self._app(passed, receive, _with_headers(send, str(scope["path"])))


def _with_headers(send: Send, path: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if path.startswith(_DESK):
                headers.setdefault("Referrer-Policy", "same-origin")
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
            if path.startswith(_PERSONAL):
                headers["X-Robots-Tag"] = "noindex"
        await send(message)

    return sending
