"""What every Fetcher does, the fake of the tests and the real one alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

import pytest

from build import NOW
from digest.config.machine import GatherSettings
from digest.gather.fetch import AiohttpFetcher
from digest.ports.outside import Fetcher, FetchRequest, FetchResult, FetchStatus
from fake_fetcher import FakeFetcher
from outside_servers import answer, reset, serving

Play: TypeAlias = Callable[[Fetcher, str], Awaitable[None]]
BODY = b"<rss/>"


def played_on_the_fake(play: Play) -> None:
    origin, request = "https://feeds.example.com", FetchRequest("")
    pages: dict[str, bytes | FetchResult | Exception] = {
        "/ok": BODY,
        "/same": FetchResult(request, FetchStatus.UNCHANGED, f"{origin}/same"),
        "/gone": FetchResult(request, FetchStatus.GONE, f"{origin}/gone", reason="the server said 410 Gone"),
        "/busy": FetchResult(request, FetchStatus.WAIT, f"{origin}/busy", reason="the server said 503",
                             retry_at=NOW + timedelta(minutes=2)),
        "/file": FetchResult(request, FetchStatus.REFUSED, f"{origin}/file", reason="only http and https are fetched"),
    }  # fmt: skip
    fetcher = FakeFetcher({origin + path: page for path, page in pages.items()}, "application/rss+xml")
    asyncio.run(play(fetcher, origin))  # type: ignore[arg-type]


def played_for_real(play: Play) -> None:
    paths = {
        "/ok": answer(BODY, ETag='"1"', Content_Type="application/rss+xml"),
        "/same": answer(status=304),
        "/gone": answer(status=410),
        "/busy": answer(status=503, Retry_After="120"),
        "/file": answer(status=302, Location="file:///etc/passwd"),
        "/cut": reset,
    }

    async def run() -> None:
        async with (
            serving(paths) as outside,
            AiohttpFetcher(GatherSettings(allow_networks=("127.0.0.0/8",))) as fetcher,
        ):
            await play(fetcher, outside.url)

    asyncio.run(run())


@pytest.fixture(params=[played_on_the_fake, played_for_real])
def play(request: pytest.FixtureRequest) -> Callable[[Play], None]:
    """Runs a scene with a fetcher and the origin that answers it."""
    return request.param  # type: ignore[no-any-return]


def test_a_body_comes_with_what_the_server_says_of_it(play: Callable[[Play], None]) -> None:
    async def scene(fetcher: Fetcher, origin: str) -> None:
        request = FetchRequest(f"{origin}/ok")
        result = await fetcher.fetch(request, NOW)
        assert (result.status, result.body, result.url) == (FetchStatus.OK, BODY, request.url)
        assert (result.request, result.etag, result.content_type) == (request, '"1"', "application/rss+xml")
        assert (result.reason, result.moved_to) == ("", "")

    play(scene)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/same", FetchStatus.UNCHANGED),
        ("/gone", FetchStatus.GONE),
        ("/busy", FetchStatus.WAIT),
        ("/file", FetchStatus.REFUSED),
        ("/none", FetchStatus.FAILED),
        ("/cut", FetchStatus.FAILED),
    ],
)
def test_everything_else_is_a_value_without_body(play: Callable[[Play], None], path: str, status: FetchStatus) -> None:
    async def scene(fetcher: Fetcher, origin: str) -> None:
        result = await fetcher.fetch(FetchRequest(origin + path), NOW)
        assert (result.status, result.body) == (status, b"")
        assert bool(result.reason) == (status is not FetchStatus.UNCHANGED)
        assert result.retry_at == (NOW + timedelta(minutes=2) if status is FetchStatus.WAIT else None)

    play(scene)
