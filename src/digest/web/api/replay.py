"""Idempotency keys: a POST that is sent twice under one key is done once, and answered the same both times.

Reads the request, hands it on, keeps the answer; digest.pipeline.answering decides what becomes of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.model.api import Answer, Question
from digest.pipeline.answering import Refused, begin, finish, question_of
from digest.web.api.problems import problem
from digest.web.site import Site

HEADER = "Idempotency-Key"
KEY = "[ -~]{1,255}"
"""What a key may be: printable ASCII."""
REPLAYED = "Idempotency-Replayed"
_OWN = frozenset({"content-length", "date"})
_PROBLEMS = {
    Refused.OTHER_REQUEST: (422, f"this {HEADER} was used for another request; take a new one"),
    Refused.IN_PROGRESS: (409, f"the first request with this {HEADER} is still being answered; try again in a moment"),
}


class Idempotent:
    """Answers what was answered before."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, already let in."""
        key = Headers(scope=scope).get(HEADER) if scope["type"] == "http" and scope["method"] == "POST" else None
        if key is None:
            await self._app(scope, receive, send)
        elif not re.fullmatch(KEY, key):
            await problem(422, f"{HEADER}: must be 1 to 255 printable ASCII characters")(scope, receive, send)
        else:
            await self._keyed(key, scope, receive, send)

    async def _keyed(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _read(receive)
        except HTTPException as error:
            await problem(error.status_code, str(error.detail))(scope, receive, send)
            return
        press, token = self._site.app.press, scope["state"]["token"]
        question = question_of(press, token, key, _request(scope, body))
        known = await run_in_threadpool(begin, press, question, self._site.app.clock())
        if known is None:
            await self._first(question, scope, _given(body, receive), send)
        else:
            await _again(known)(scope, receive, send)

    async def _first(self, question: Question, scope: Scope, receive: Receive, send: Send) -> None:
        kept: list[Message] = []

        async def keeping(message: Message) -> None:
            kept.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await run_in_threadpool(self._keep, question, kept)
                for part in kept:
                    await send(part)

        try:
            await self._app(scope, receive, keeping)
        except Exception:
            await run_in_threadpool(self._site.app.press.store.answers.drop, question)
            raise

    def _keep(self, question: Question, messages: list[Message]) -> None:
        start, *parts = messages
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        body = b"".join(part.get("body", b"") for part in parts).decode()
        wanted = {name: value for name, value in headers.items() if name not in _OWN}
        finish(self._site.app.press, question, start["status"], wanted, body)


def _request(scope: Scope, body: bytes) -> bytes:
    """Everything by which two requests differ."""
    kind = Headers(scope=scope).get("Content-Type", "")
    return b"\n".join([str(scope["path"]).encode("utf-8", "replace"), scope["query_string"], kind.encode(), body])


async def _read(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _given(body: bytes, receive: Receive) -> Receive:
    """The body that was read, to be read once more; then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def giving() -> Message:
        return waiting.pop() if waiting else await receive()

    return giving


def _again(known: Answer | Refused) -> Response:
    if isinstance(known, Refused):
        return problem(*_PROBLEMS[known])
    headers: Mapping[str, str] = {**known.headers, REPLAYED: "true"}
    return Response(known.body, known.status, dict(headers))
