"""Answers a body over its route's limit with a page of the desk: the router itself says only "Content Too Large".

Takes ASGI requests and hands them on; what their answers say otherwise stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class TooMuch:
    """Puts a page in the place of a bare 413, for paths under `prefix`."""

    def __init__(self, app: ASGIApp, prefix: str, page: Callable[[str], Response]) -> None:
        """`page`: given the path, says how much is too much, and what to do."""
        self._app = app
        self._prefix = prefix
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on, and watches how the answer begins."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or not path.startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        refused = False

        async def sending(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413 and not _is_page(message):
                refused = True
            if not refused:
                await send(message)

        await self._app(scope, receive, sending)
        if refused:
            await self._page(path)(scope, receive, send)


def _is_page(message: Message) -> bool:
    return any(name.lower() == b"content-type" and b"html" in value for name, value in message["headers"])
