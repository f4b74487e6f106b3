"""Loopback servers that behave as the outside does: well, oddly, slowly and not at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

THIS_MACHINE = [
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.0.0.1",
    "0177.0.0.1", "017700000001", "0x7f.1", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "１２７.０.０.１",
    "127。0。0。1", "①②⑦.⓪.⓪.①", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[::1%lo]", "[::1%25lo]", "[fe80::1%25lo]",
    "[::ffff:0:127.0.0.1]",
    "user@127.0.0.1", "user:pass@localhost", "example.com@127.0.0.1", "%31%32%37.0.0.1", "127%2e0%2e0%2e1",
]  # fmt: skip
"""Ways to write this machine in a URL; a port follows."""
PRIVATE = [
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "100.100.100.200", "[fd00:ec2::254]",
    "[fe80::1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]",
    "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "224.0.0.1", "255.255.255.255", "[ff02::1]", "198.18.0.1",
]  # fmt: skip
"""Addresses of private networks and metadata services in a URL."""


@dataclass(frozen=True)
class Asked:
    """A request as the server saw it."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""


@dataclass
class Outside:
    """A running server: where it is, what it was asked, and how often somebody connected."""

    url: str
    port: int
    connections: int = 0
    open_now: int = 0
    most_open: int = 0
    asked: list[Asked] = field(default_factory=list)


Behaviour = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes = b"", status: int = 200, **headers: str) -> Behaviour:
    """One plain answer; header names with underscores for hyphens."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode("latin-1") + body)
        await writer.drain()

    return behave


async def hang(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await asyncio.sleep(3600)


async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Promises much and gives a byte a second."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(1)


async def reset(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Cuts the connection the hard way (RST)."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await writer.drain()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def endless(first: bytes, again: bytes, **headers: str) -> Behaviour:
    """An answer without end, as long as somebody reads."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\n{lines}\r\n".encode() + first)
        while True:
            writer.write(again)
            await writer.drain()

    return behave


@asynccontextmanager
async def serving(paths: Mapping[str, Behaviour], host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Outside]:
    """A server that behaves by path ("*" for all others) until the block ends."""
    outside = Outside("", 0)
    tasks: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        outside.connections += 1
        outside.open_now += 1
        outside.most_open = max(outside.most_open, outside.open_now)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").split("\r\n")
                pairs = (line.split(":", 1) for line in lines if ":" in line)
                asked = Asked(first.split(" ")[1], {name.lower(): value.strip() for name, value in pairs})
                outside.asked.append(asked)
                await paths.get(asked.path, paths.get("*", answer(status=404)))(asked, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            outside.open_now -= 1
            writer.transport.abort()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(converse(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(begin, host, port)
    outside.port = server.sockets[0].getsockname()[1]
    outside.url = f"http://{f'[{host}]' if ':' in host else host}:{outside.port}"
    try:
        yield outside
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
