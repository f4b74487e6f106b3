"""Lets in whoever has a good token (RFC 6750), before a byte of the body is read: no more often, and no more bytes,
than agreed. What the token allows is asked by each route.
"""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer, SecurityScopes
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.model.access import Actor, Role
from digest.model.api import Scope as Allowed
from digest.model.api import Token
from digest.model.people import Origin
from digest.pipeline.tokens import seconds_to_wait, token_of
from digest.web.api.problems import problem
from digest.web.site import Site

MOST_BYTES = 10_000_000
"""Of one request."""
TOO_LARGE = f"the body is larger than {MOST_BYTES:,} bytes; send less at once"
_NO_TOKEN = "send the header Authorization: Bearer TOKEN with a good token; digest token add makes one"  # noqa: S105
_BEARER = HTTPBearer(scheme_name="token", auto_error=False, description="A token of `digest token add`.")
"""For the description only: the gate is what checks."""


class TokenGate:
    """Answers 401, 413 or 429, or lets the request through with `request.state.token`."""

    def __init__(self, app: ASGIApp, site: Site, open_path: str) -> None:
        """`open_path`: of the description of the API, below where it is mounted; everybody may read it."""
        self._app = app
        self._site = site
        self._open = open_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or self._is_open(scope):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        met = await run_in_threadpool(self._met, headers.get("Authorization", ""))
        length = headers.get("Content-Length", "0")
        if isinstance(met, Token) and length.isdigit() and int(length) > MOST_BYTES:
            met = problem(413, TOO_LARGE)
        if isinstance(met, JSONResponse):
            await met(scope, receive, send)
            return
        scope.setdefault("state", {})["token"] = met
        await self._app(scope, _bounded(receive), _unstored(send))

    def _is_open(self, scope: Scope) -> bool:
        """Whether the description is asked for: that very path, and to read it. A key, a slug may end like it."""
        return scope["method"] in {"GET", "HEAD"} and scope["path"] == f"{scope.get('root_path', '')}{self._open}"

    def _met(self, authorization: str) -> Token | JSONResponse:
        """Whose request it is, or what it is answered."""
        scheme, _, secret = authorization.partition(" ")
        press, now = self._site.app.press, self._site.app.clock()
        token = token_of(press, secret.strip(), now) if scheme.lower() == "bearer" else None
        if token is None:
            return problem(401, _NO_TOKEN, headers={"WWW-Authenticate": 'Bearer realm="api"'})
        wait = seconds_to_wait(press, token, now)
        if wait:
            most = press.settings.api.per_minute
            told = f"a token may make {most:,} requests a minute; wait {wait} s"
            return problem(429, told, headers={"Retry-After": str(wait)})
        return token


def needs(scope: Allowed) -> Any:
    """What a route asks of a token."""
    return Security(_allowed, scopes=[scope.value])


def _allowed(request: Request, needed: SecurityScopes, _: object = Security(_BEARER)) -> None:
    for scope in needed.scopes:
        demand(request, Allowed(scope))


def demand(request: Request, scope: Allowed) -> None:
    """Answers 403 where the token does not allow that."""
    if scope not in caller(request).scopes:
        told = f"this token lacks the scope {scope}"
        challenge = f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
        raise HTTPException(403, told, {"WWW-Authenticate": challenge})


def caller(request: Request) -> Token:
    """The token that the request was let in with."""
    token: Token = request.state.token
    return token


def origin_of(request: Request) -> Origin:
    """Where a change comes from, for the log of consent."""
    return Origin(f"api {caller(request).name}")


def actor_of(request: Request) -> Actor:
    """Who does it, for the log of deeds."""
    return Actor(f"api:{caller(request).name}", Role.EDITOR)


def _unstored(send: Send) -> Send:
    """What the API says of people is for no cache between here and the program."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def _bounded(receive: Receive) -> Receive:
    """The body, counted: a sender may say nothing of its length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BYTES:
            raise HTTPException(413, TOO_LARGE)
        return message

    return counted
