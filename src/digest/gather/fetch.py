"""[I/O] Fetches URLs over HTTP: a request in, a result out, whatever the outside does. It decides only what HTTP says
(what a status means); what is allowed is the guard's word, and what to make of the answer is `due`'s.

Bounded in decoded bytes, redirects, connections and time: waiting for a free connection does not count, everything
after it does. The guard sees every URL on the way and, at the socket, every address before a connection is made.
"""

from __future__ import annotations

import asyncio
import socket
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from digest.config.machine import GatherSettings
from digest.gather import guard
from digest.gather.headers import max_age, plain_header, retry_at
from digest.gather.resolve import AddressRefused, GuardedResolver
from digest.ports.outside import FetchRequest, FetchResult, FetchStatus

_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_KNOWN = frozenset(status.value for status in HTTPStatus)
_STATUSES: dict[int, FetchStatus] = {
    HTTPStatus.NOT_MODIFIED: FetchStatus.UNCHANGED,
    HTTPStatus.GONE: FetchStatus.GONE,
    HTTPStatus.TOO_MANY_REQUESTS: FetchStatus.WAIT,
    HTTPStatus.SERVICE_UNAVAILABLE: FetchStatus.WAIT,
}


@dataclass(frozen=True, slots=True)
class _Redirect:
    """An answer that points elsewhere."""

    url: str
    permanent: bool


class _TooLarge(Exception):
    """The body has more decoded bytes than are wanted."""


class AiohttpFetcher:
    """The Fetcher on aiohttp; an async context manager, for one event loop."""

    def __init__(self, settings: GatherSettings, resolver: AbstractResolver | None = None) -> None:
        """Raises ConfigError for an allow-list that cannot be read. `resolver` takes the place of the system's."""
        self._settings = settings
        self._allowed = guard.networks(settings.allow_networks)
        self._resolver = resolver
        self._all = asyncio.Semaphore(settings.concurrency)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(settings.per_host))

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._resolver = self._resolver or GuardedResolver(self._address_problem, settings.concurrency)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, limit_per_host=0, resolver=self._resolver, socket_factory=self._socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, max_field_size=64 * 1024, max_line_size=16 * 1024,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout),
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": "gzip, deflate"},
        )  # fmt: skip
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._session.close()
        if self._resolver:
            await self._resolver.close()

    async def fetch(self, request: FetchRequest, now: datetime) -> FetchResult:
        """One request with its redirects; failures are values with a reason."""
        try:
            return await self._follow(request, now)
        except TimeoutError:
            reason = f"no complete answer within {self._settings.total_timeout:g} seconds"
            return FetchResult(request, FetchStatus.FAILED, request.url, reason=reason)
        except _TooLarge as error:
            return FetchResult(request, FetchStatus.REFUSED, request.url, reason=str(error))
        except (aiohttp.ClientError, OSError, ValueError, AssertionError) as error:
            # ValueError: yarl and idna on odd redirects. AssertionError: aiohttp on compressed bodies cut short.
            cause = getattr(error, "os_error", error)
            status = FetchStatus.REFUSED if isinstance(cause, AddressRefused) else FetchStatus.FAILED
            return FetchResult(request, status, request.url, reason=_reason(cause))

    async def _follow(self, request: FetchRequest, now: datetime) -> FetchResult:
        url, permanent, left = request.url, True, self._settings.total_timeout
        for hop in range(self._settings.max_redirects + 1):
            if problem := guard.url_problem(url):
                return FetchResult(request, FetchStatus.REFUSED, url, reason=problem)
            async with self._turn(url), asyncio.timeout(left) as limit:
                answer = await self._ask(url, request, now)
                left = (limit.when() or 0) - asyncio.get_running_loop().time()
            if isinstance(answer, FetchResult):
                return replace(answer, moved_to=url if hop and permanent else "")
            url, permanent = answer.url, permanent and answer.permanent
        reason = f"more than {self._settings.max_redirects} redirects"
        return FetchResult(request, FetchStatus.REFUSED, url, reason=reason)

    @asynccontextmanager
    async def _turn(self, url: str) -> AsyncIterator[None]:
        """Waits until the host, and then the whole, has room for one more."""
        parts = urlsplit(url)
        async with self._hosts[f"{parts.hostname}:{parts.port}"], self._all:
            yield

    async def _ask(self, url: str, request: FetchRequest, now: datetime) -> FetchResult | _Redirect:
        asked = {"Accept": request.accept, "If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
        headers = {name: plain for name, value in asked.items() if (plain := plain_header(value))}
        async with self._session.get(URL(url), headers=headers, allow_redirects=False) as response:
            location = response.headers.get("Location", "")
            if response.status in _REDIRECTS and location:
                return _Redirect(urljoin(url, location.strip()), response.status in _PERMANENT)
            limit = self._settings.max_bytes if request.max_bytes is None else request.max_bytes
            body = await _read(response, limit) if 200 <= response.status < 300 else b""
            return _result(request, url, response, body, now)

    def _socket(self, where: aiohttp.AddrInfoType) -> socket.socket:
        """A socket for the address about to be connected. Raises AddressRefused."""
        family, kind, proto, _, address = where
        if problem := self._address_problem(str(address[0])):
            raise AddressRefused(problem)
        return socket.socket(family, kind, proto)

    def _address_problem(self, address: str) -> str:
        return guard.address_problem(address, self._allowed)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The decoded body. aiohttp inflates no further ahead than its buffer, so a bomb ends at the limit."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise _TooLarge(f"the answer is larger than {limit:,} bytes")
    return bytes(body)


def _result(
    request: FetchRequest, url: str, response: aiohttp.ClientResponse, body: bytes, now: datetime
) -> FetchResult:
    headers = response.headers
    status = _STATUSES.get(response.status, FetchStatus.OK if 200 <= response.status < 300 else FetchStatus.FAILED)
    return FetchResult(
        request, status, url, body=body,
        content_type=plain_header(headers.get("Content-Type")),
        etag=plain_header(headers.get("ETag")),
        last_modified=plain_header(headers.get("Last-Modified")),
        retry_at=retry_at(headers.get("Retry-After", ""), now) if status is FetchStatus.WAIT else None,
        max_age=max_age(headers.get("Cache-Control", "")),
        reason="" if status in (FetchStatus.OK, FetchStatus.UNCHANGED) else _said(response.status),
    )  # fmt: skip


def _said(status: int) -> str:
    phrase = f" {HTTPStatus(status).phrase}" if status in _KNOWN else ""
    return f"the server said {status}{phrase}"


def _reason(error: BaseException) -> str:
    """One printable line about a foreign exception."""
    match error:
        case AddressRefused():
            told = str(error)
        case aiohttp.ClientPayloadError():
            told = "the answer broke off, or is not encoded as it says"
        case OSError() if error.strerror:
            told = f"cannot connect: {error.strerror}"
        case _:
            told = str(error) or type(error).__name__
    return " ".join("".join(c for c in told if c.isprintable()).split())[:300]
