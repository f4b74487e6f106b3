"""Nobody outside makes us connect to an address that is not the public internet, however it is written."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from build import NOW
from digest.config.machine import GatherSettings
from digest.gather.fetch import AiohttpFetcher
from digest.ports.outside import FetchRequest, FetchResult, FetchStatus
from outside_servers import PRIVATE, THIS_MACHINE, answer, serving


class Answers(AbstractResolver):
    """A name server that says what it is told to, one answer after the other."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=one, port=port, proto=0, flags=socket.AI_NUMERICHOST,
                          family=socket.AF_INET6 if ":" in one else socket.AF_INET)
            for one in addresses
        ]  # fmt: skip

    async def close(self) -> None:
        pass


def test_no_spelling_of_this_machine_connects() -> None:
    async def run() -> tuple[list[FetchResult], int]:
        async with serving({"*": answer(b"secret")}) as inside, AiohttpFetcher(GatherSettings()) as fetcher:
            urls = [f"http://{host}:{inside.port}/" for host in THIS_MACHINE]
            return [await fetcher.fetch(FetchRequest(url), NOW) for url in urls], inside.connections

    results, connections = asyncio.run(run())
    assert connections == 0
    assert [result.request.url for result in results if result.status is FetchStatus.OK] == []
    assert all(result.body == b"" and result.reason for result in results)


def test_no_redirect_to_this_machine_or_a_private_network_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hop is allowed by its address, the second is refused: the guard looks at every hop."""

    async def run() -> tuple[list[FetchResult], int, int]:
        settings = GatherSettings(allow_networks=("127.0.0.9/32",), connect_timeout=0.2, total_timeout=0.5)
        async with serving({"*": answer(b"secret")}) as inside:
            hosts = [*THIS_MACHINE, *PRIVATE]
            hops = {f"/{n}": answer(status=302, Location=f"http://{host.encode().decode('latin-1')}:{inside.port}/")
                    for n, host in enumerate(hosts)}  # fmt: skip
            async with serving(hops, "127.0.0.9") as outside, AiohttpFetcher(settings) as fetcher:
                results = [await fetcher.fetch(FetchRequest(f"{outside.url}/{n}"), NOW) for n in range(len(hosts))]
                return results, inside.connections, len(outside.asked)

    made = watch_sockets(monkeypatch)
    results, connections, hops = asyncio.run(run())
    assert (connections, hops) == (0, len(results))
    assert [result.url for result in results if result.status is FetchStatus.OK] == []
    assert set(made) == {"127.0.0.9"}


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["10.0.0.1", "127.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], ["64:ff9b::7f00:1"]],
)
def test_names_that_stand_for_inner_addresses_do_not_connect(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> tuple[FetchResult, int]:
        async with (
            serving({"*": answer(b"secret")}) as inside,
            AiohttpFetcher(GatherSettings(), Answers(addresses)) as fetcher,
        ):
            url = f"http://inner.example.com:{inside.port}/"
            return await fetcher.fetch(FetchRequest(url), NOW), inside.connections

    made = watch_sockets(monkeypatch)
    result, connections = asyncio.run(run())
    assert (result.status, connections, made) == (FetchStatus.REFUSED, 0, [])


def test_a_name_that_changes_its_mind_between_two_questions_does_not_connect() -> None:
    """Rebinding: the address that counts is the one at the socket, not the one of an earlier look-up."""

    async def run() -> tuple[list[FetchStatus], int]:
        settings = GatherSettings(allow_networks=("127.0.0.9/32",))
        async with serving({"*": answer(b"secret")}) as inside:
            hop = {"/": answer(status=302, Location=f"http://rebound.example.com:{inside.port}/", Connection="close")}
            async with serving(hop, "127.0.0.9") as outside:
                names = Answers(["127.0.0.9"], ["127.0.0.1"])
                async with AiohttpFetcher(settings, names) as fetcher:
                    url = f"http://rebound.example.com:{outside.port}/"
                    results = [await fetcher.fetch(FetchRequest(url), NOW) for _ in range(3)]
                return [result.status for result in results], inside.connections

    statuses, connections = asyncio.run(run())
    assert FetchStatus.OK not in statuses
    assert connections == 0


def test_the_allow_list_opens_what_it_names() -> None:
    async def run() -> list[FetchStatus]:
        async with serving({"*": answer(b"x")}) as inside:
            settings = GatherSettings(allow_networks=("127.0.0.1/32",))
            async with AiohttpFetcher(settings) as fetcher:
                urls = [f"http://{host}:{inside.port}/" for host in ("127.0.0.1", "localhost", "127.0.0.2")]
                return [(await fetcher.fetch(FetchRequest(url), NOW)).status for url in urls]

    assert asyncio.run(run()) == [FetchStatus.OK, FetchStatus.OK, FetchStatus.REFUSED]


def watch_sockets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the fetcher makes a socket for, in order."""
    made: list[str] = []
    original = AiohttpFetcher._socket

    def watched(self: AiohttpFetcher, where: object) -> socket.socket:
        made_socket = original(self, where)  # type: ignore[arg-type]
        made.append(where[4][0])  # type: ignore[index]
        return made_socket

    monkeypatch.setattr(AiohttpFetcher, "_socket", watched)
    return made
