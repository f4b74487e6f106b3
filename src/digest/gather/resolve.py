"""[I/O] Names to addresses for the fetcher: asks the system's resolver in threads of its own, and hands on only
addresses that the guard lets pass. That is a courtesy to the reader of the error; what protects is the check at the
connecting socket, because a name may change its mind in between.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
AddressRule = Callable[[str], str]
"""An address to the reason against it, or ""."""


class AddressRefused(OSError):
    """The guard said no to an address; carries no errno, so that nobody takes it for the network's own failure."""


class GuardedResolver(AbstractResolver):
    """getaddrinfo in own threads: names that hang must not hold up the threads that parse."""

    def __init__(self, problem: AddressRule, threads: int) -> None:
        self._problem = problem
        self._threads = ThreadPoolExecutor(threads, "resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Public addresses of the name. Raises AddressRefused when it has none but others."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _addresses, host, port, family)
        public = [address for address in found if not self._problem(address[1])]
        if found and not public:
            raise AddressRefused(f"{host}: {self._problem(found[0][1])}")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=socket.IPPROTO_TCP, flags=_NUMERIC)
            for kind, address in public
        ]

    async def close(self) -> None:
        """Waits for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str, port: int, family: socket.AddressFamily) -> list[tuple[int, str]]:
    """Family and address of each answer; link-local ones keep their zone, which the guard refuses anyway."""
    answers = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
    return [(int(kind), str(where[0])) for kind, _, _, _, where in answers]
