"""The real fetcher against servers on loopback that behave as the outside does."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Mapping
from datetime import timedelta

import pytest

from build import NOW
from digest.config.machine import GatherSettings
from digest.gather.fetch import AiohttpFetcher
from digest.ports.outside import FetchRequest, FetchResult, FetchStatus
from outside_servers import Behaviour, Outside, answer, drip, endless, hang, reset, serving

LOOPBACK = ("127.0.0.0/8", "::1/128")


def fetched(
    paths: Mapping[str, Behaviour], *wanted: str, asking: Mapping[str, str] | None = None, **settings: object
) -> tuple[list[FetchResult], Outside]:
    """The answers to paths (or URLs, with {} for the server's origin), asked all at once."""

    async def run() -> tuple[list[FetchResult], Outside]:
        chosen = GatherSettings(**({"allow_networks": LOOPBACK, "total_timeout": 5} | settings))  # type: ignore[arg-type]
        async with serving(paths) as outside, AiohttpFetcher(chosen) as fetcher:
            requests = [FetchRequest(outside.url + path, **(asking or {})) for path in wanted]
            return list(await asyncio.gather(*(fetcher.fetch(request, NOW) for request in requests))), outside

    return asyncio.run(run())


def test_a_request_carries_validators_and_no_cookies_or_secrets() -> None:
    paths = {"/": answer(b"x", Set_Cookie="a=b", ETag='"2"', Last_Modified="Tue, 24 Nov 2026 09:00:00 GMT")}
    (result,), outside = fetched(
        paths, "/", asking={"etag": '"1"', "last_modified": "then\r\nX: y", "accept": "text/*"}
    )
    headers = outside.asked[0].headers
    assert (headers["if-none-match"], headers["accept"]) == ('"1"', "text/*")
    assert "if-modified-since" not in headers and "x" not in headers
    assert headers["user-agent"].startswith("DigestPress/")
    assert (result.etag, result.last_modified) == ('"2"', "Tue, 24 Nov 2026 09:00:00 GMT")


def test_cookies_are_not_kept_from_one_request_to_the_next() -> None:
    async def run() -> Outside:
        async with serving({"*": answer(b"x", Set_Cookie="a=b")}) as outside:
            async with AiohttpFetcher(GatherSettings(allow_networks=LOOPBACK)) as fetcher:
                for _ in range(2):
                    await fetcher.fetch(FetchRequest(outside.url), NOW)
            return outside

    assert ["cookie" in asked.headers for asked in asyncio.run(run()).asked] == [False, False]


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (result,), _ = fetched({"/": answer(b"x")}, "/")
    assert result.body == b"x"


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [(301, 308, True), (308, 301, True), (301, 302, False), (307, 308, False), (303, 301, False)],
)
def test_only_a_way_of_permanent_redirects_moves_a_feed(first: int, second: int, moved: bool) -> None:
    paths = {"/a": answer(status=first, Location="/b"), "/b": answer(status=second, Location="/c"), "/c": answer(b"x")}
    (result,), outside = fetched(paths, "/a")
    assert (result.body, result.url) == (b"x", f"{outside.url}/c")
    assert result.moved_to == (f"{outside.url}/c" if moved else "")


def test_redirects_end_at_the_limit() -> None:
    paths = {f"/{n}": answer(status=302, Location=f"/{n + 1}") for n in range(6)} | {"/6": answer(b"x")}
    (far, near), outside = fetched(paths, "/0", "/1", max_redirects=5)
    assert (near.status, near.body) == (FetchStatus.OK, b"x")
    assert (far.status, far.reason) == (FetchStatus.REFUSED, "more than 5 redirects")
    (loop,), outside = fetched({"/": answer(status=301, Location="/")}, "/")
    assert (loop.status, len(outside.asked)) == (FetchStatus.REFUSED, 6)


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "javascript:alert(1)", "data:,x",
                 "http://user:pass@127.0.0.1/", "http://[::1", "http://\xe9\xff/"],
)  # fmt: skip
def test_redirects_lead_to_http_only(location: str) -> None:
    (result,), outside = fetched({"/a": answer(status=302, Location=location)}, "/a")
    assert result.status in (FetchStatus.REFUSED, FetchStatus.FAILED)
    assert result.reason
    assert len(outside.asked) == 1


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"text", mtime=0), "gzip"),
        (zlib.compress(b"text"), "deflate"),
        (zlib.compress(b"text")[2:-4], "deflate"),
    ],
)
def test_encoded_bodies_are_decoded(body: bytes, encoding: str) -> None:
    (result,), _ = fetched({"/": answer(body, Content_Encoding=encoding)}, "/")
    assert result.body == b"text"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_bodies_that_are_not_encoded_as_they_say_are_failures(encoding: str) -> None:
    (result,), _ = fetched({"/": answer(b"\x0bnot encoded", Content_Encoding=encoding)}, "/")
    assert result.status is FetchStatus.FAILED or result.body == b""


def test_decoded_bytes_are_counted_not_promised_ones() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    part = bomb.compress(b"\0" * 2_000_000) + bomb.flush(zlib.Z_FULL_FLUSH)
    again = bomb.compress(b"\0" * 2_000_000) + bomb.flush(zlib.Z_FULL_FLUSH)
    paths = {"/gzip": endless(part, again, Content_Encoding="gzip"), "/plain": endless(b"x" * 1000, b"x" * 1000)}
    results, _ = fetched(paths, "/gzip", "/plain")
    assert [(r.status, r.body, r.reason) for r in results] == [
        (FetchStatus.REFUSED, b"", "the answer is larger than 10,000,000 bytes")
    ] * 2
    (small,), _ = fetched({"/": answer(b"x" * 101)}, "/", asking={"max_bytes": 100})  # type: ignore[dict-item]
    assert small.status is FetchStatus.REFUSED


def test_a_deadline_ends_what_hangs_and_what_drips() -> None:
    (hung, dripped), _ = fetched({"/hang": hang, "/drip": drip}, "/hang", "/drip", total_timeout=0.3)
    assert (hung.status, dripped.status) == (FetchStatus.FAILED, FetchStatus.FAILED)
    assert hung.reason == dripped.reason == "no complete answer within 0.3 seconds"


def test_the_deadline_holds_for_all_redirects_together() -> None:
    async def slowly(*arguments: object) -> None:
        await asyncio.sleep(0.2)
        await answer(status=302, Location="/")(*arguments)  # type: ignore[arg-type]

    (result,), _ = fetched({"/": slowly}, "/", total_timeout=0.3)
    assert result.reason == "no complete answer within 0.3 seconds"


def test_waiting_for_a_turn_does_not_count() -> None:
    async def slowly(*arguments: object) -> None:
        await asyncio.sleep(0.2)
        await answer(b"x")(*arguments)  # type: ignore[arg-type]

    results, outside = fetched({"*": slowly}, *(f"/{n}" for n in range(4)), total_timeout=0.5, per_host=1)
    assert [result.body for result in results] == [b"x"] * 4
    assert outside.most_open == 1


def test_the_whole_is_limited_too() -> None:
    async def slowly(*arguments: object) -> None:
        await asyncio.sleep(0.05)
        await answer(b"x", Connection="close")(*arguments)  # type: ignore[arg-type]

    async def run() -> int:
        settings = GatherSettings(allow_networks=LOOPBACK, per_host=9, concurrency=3)
        async with serving({"*": slowly}) as outside, AiohttpFetcher(settings) as fetcher:
            await asyncio.gather(*(fetcher.fetch(FetchRequest(outside.url), NOW) for _ in range(9)))
            return outside.most_open

    assert asyncio.run(run()) <= 3


def test_connections_that_break_are_failures_with_a_reason() -> None:
    async def silence(asked: object, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def noise(asked: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")

    async def long_line(asked: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n")

    paths = {"/reset": reset, "/silence": silence, "/noise": noise, "/long": long_line,
             "/short": answer(b"x", Content_Length="500", Connection="close")}  # fmt: skip
    results, _ = fetched(paths, *paths, total_timeout=2)
    assert [(result.status, bool(result.reason)) for result in results] == [(FetchStatus.FAILED, True)] * 5


def test_a_server_that_is_not_there_is_a_failure() -> None:
    async def run() -> FetchResult:
        async with serving({}) as outside:
            url = outside.url
        async with AiohttpFetcher(GatherSettings(allow_networks=LOOPBACK)) as fetcher:
            return await fetcher.fetch(FetchRequest(url), NOW)

    result = asyncio.run(run())
    assert result.status is FetchStatus.FAILED
    assert result.reason.startswith("cannot connect")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, FetchStatus.OK), (203, FetchStatus.OK), (304, FetchStatus.UNCHANGED), (410, FetchStatus.GONE),
     (429, FetchStatus.WAIT), (503, FetchStatus.WAIT), (404, FetchStatus.FAILED), (500, FetchStatus.FAILED),
     (301, FetchStatus.FAILED), (799, FetchStatus.FAILED)],
)  # fmt: skip
def test_each_status_has_its_meaning(status: int, kind: FetchStatus) -> None:
    (result,), _ = fetched({"/": answer(status=status, Retry_After="60", Cache_Control="max-age=5")}, "/")
    assert (result.status, result.max_age) == (kind, 5)
    assert result.retry_at == (NOW + timedelta(minutes=1) if kind is FetchStatus.WAIT else None)
