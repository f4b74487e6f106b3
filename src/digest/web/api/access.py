"""Lets in whoever has a token (RFC 6750), before a byte of the body is read, and no more bytes than agreed."""

from __future__ import annotations

import hmac

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web.api.problems import problem
from digest.web.site import Site

MOST_BYTES = 10_000_000
"""Of one request."""
_TOO_LARGE = f"the body is larger than {MOST_BYTES:,} bytes; send fewer articles at once"


class TokenGate:
    """Answers 401 or 413, or lets the request through with `request.state.pusher`: the token's name."""

    def __init__(self, app: ASGIApp, site: Site, open_path: str) -> None:
        """`open_path`: the description of the API, which everybody may read."""
        self._app = app
        self._site = site
        self._open = open_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or str(scope["path"]).endswith(self._open):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        name = self._name(headers.get("Authorization", ""))
        if name is None:
            challenge = {"WWW-Authenticate": 'Bearer realm="api"'}
            refusal = problem(401, "send the header Authorization: Bearer TOKEN with a good token", headers=challenge)
            await refusal(scope, receive, send)
            return
        if headers.get("Content-Length", "0").isdigit() and int(headers.get("Content-Length", "0")) > MOST_BYTES:
            await problem(413, _TOO_LARGE)(scope, receive, send)
            return
        scope.setdefault("state", {})["pusher"] = name
        await self._app(scope, _bounded(receive), send)

    def _name(self, authorization: str) -> str | None:
        """Whose token it is. All are compared, each in the same time whatever it is."""
        scheme, _, token = authorization.partition(" ")
        given = token.strip().encode() if scheme.lower() == "bearer" else b""
        tokens = self._site.app.settings.api.tokens
        same = [name for name, known in tokens if hmac.compare_digest(known.encode(), given)]
        return same[0] if same else None


def _bounded(receive: Receive) -> Receive:
    """The body, counted: a sender may say nothing of its length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BYTES:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return counted
