"""Sending to a discard server in C: our client beside Postfix's smtp-source, smtplib and aiosmtplib.

Every client runs in a process of its own and measures itself without its start; clients take turns, and medians of the
rounds are compared. smtp-source opens a connection for each message unless it is told not to: the bar is its best
median with -s 1, 8 and 32; what it does over lasting connections (-d) is reported beside it.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from sinks import MissingError, Source, compiled, running, smtp_source

from digest.config.machine import Security, SmtpSettings
from digest.deliver.smtp import SmtpTransport
from digest.model.delivery import DeliveryKey, Message, OutcomeKind
from digest.model.ids import IssueId, SubscriberId

SIZES = {"10 KB": 10_000, "60 KB": 60_000}
ROUNDS = 5
CONNECTIONS = 8
SENDER, READER = "sender@example.org", "reader@example.org"
Figures = dict[str, float]
"""Messages a second, and microseconds of processor time for each."""


def body(size: int) -> bytes:
    """Lines of 76 characters, as quoted-printable has them."""
    return b"Subject: benchmark\r\n\r\n" + (b"x" * 74 + b"\r\n") * (size // 76)


def ours(port: int, size: int, count: int) -> None:
    """Eight connections, and messages made of segments as `deliver.message` makes them."""
    whole = body(size)
    cut = whole.index(b"\r\n", size // 2) + 2
    settings = SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE, connections=CONNECTIONS)

    def messages() -> Iterator[Message]:
        for number in range(count):
            key = DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(number))
            head = b"To: reader%d@example.org\r\n" % number
            yield Message(key, SENDER, READER, (head, whole[:cut], whole[cut:]), size)

    outcomes = SmtpTransport(settings).send(messages(), datetime(2026, 11, 24, tzinfo=UTC))
    assert sum(outcome.kind is OutcomeKind.ACCEPTED for outcome in outcomes) == count


def with_smtplib(port: int, size: int, count: int) -> None:
    """One connection."""
    whole = body(size)
    with smtplib.SMTP("127.0.0.1", port) as server:
        for _ in range(count):
            server.sendmail(SENDER, READER, whole)


def with_aiosmtplib(port: int, size: int, count: int) -> None:
    """Eight connections."""
    import aiosmtplib  # noqa: PLC0415 - a peer that may be missing

    whole = body(size)

    async def lane() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as server:
            for _ in range(count // CONNECTIONS):
                await server.sendmail(SENDER, READER, whole)

    async def lanes() -> None:
        await asyncio.gather(*(lane() for _ in range(CONNECTIONS)))

    asyncio.run(lanes())


CLIENTS: dict[str, tuple[Callable[[int, int, int], None], int]] = {
    "ours": (ours, 20_000),
    "smtplib": (with_smtplib, 2_000),
    "aiosmtplib": (with_aiosmtplib, 1_600),
}
"""Each with the number of messages that takes it about a second."""


def measured(name: str, port: int, size: int) -> Figures:
    """A client in this process."""
    send, count = CLIENTS[name]
    began, used = time.perf_counter(), time.process_time()
    send(port, size, count)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    return {"per_second": count / seconds, "cpu_us": processor / count * 1e6}


def apart(name: str, port: int, size: int) -> Figures:
    """The same in a process of its own."""
    command = [sys.executable, __file__, name, str(port), str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def from_source(source: Source, port: int, size: int, sessions: int, lasting: bool) -> Figures:
    """smtp-source; its few milliseconds of start are counted."""
    count = 20_000 if lasting else 6_000
    options = [*(["-d"] if lasting else []), "-s", str(sessions), "-m", str(count), "-l", str(size)]
    command = [source.program, *options, "-f", SENDER, "-t", READER, f"127.0.0.1:{port}"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, env=source.environment, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"per_second": count / seconds, "cpu_us": processor / count * 1e6}


def contestants(source: Source | None) -> dict[str, Callable[[int, int], Figures]]:
    """Everybody by name; each takes a port and a size."""
    everybody: dict[str, Callable[[int, int], Figures]] = {
        name: lambda port, size, name=name: apart(name, port, size)
        for name in CLIENTS
        if name != "aiosmtplib" or find_spec("aiosmtplib")
    }  # type: ignore[misc]
    for sessions in (1, 8, 32) if source else ():
        for lasting in (False, True):
            name = f"smtp-source -s {sessions}{' -d' if lasting else ''}"
            everybody[name] = lambda port, size, s=sessions, d=lasting: from_source(source, port, size, s, d)  # type: ignore[misc, arg-type]
    return everybody


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """All figures, ratios and bars; `ok` is None when a peer is missing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            sink = compiled(folder)
        except MissingError as missing:
            return _result({}, {}, str(missing))
        try:
            source, note = smtp_source(folder), "" if find_spec("aiosmtplib") else "aiosmtplib is not installed"
        except MissingError as missing:
            source, note = None, str(missing)
        figures = _rounds(contestants(source), sink, rounds)
    ratios = {size: _ratios(by_client) for size, by_client in figures.items()}
    return _result(figures, ratios, note)


def _rounds(everybody: dict[str, Callable[[int, int], Figures]], sink: Path, rounds: int) -> dict[str, Any]:
    seen: dict[tuple[str, str], list[Figures]] = defaultdict(list)
    with running(sink) as port:
        for _ in range(rounds):
            for label, size in SIZES.items():
                for name, client in everybody.items():
                    seen[label, name].append(client(port, size))
    return {
        label: {name: {key: round(median(f[key] for f in seen[label, name]), 1) for key in ("per_second", "cpu_us")}
                for name in everybody}
        for label in SIZES
    }  # fmt: skip


def _ratios(figures: dict[str, Figures]) -> Figures:
    """How many times a peer's rate we reach, and which part of its processor time we need."""
    mine, ratios = figures["ours"], {}
    sources = [name for name in figures if name.startswith("smtp-source")]
    peers = {name: [name] for name in ("smtplib", "aiosmtplib") if name in figures} | {
        name: [each for each in sources if each.endswith("-d") is lasting]
        for name, lasting in (("smtp-source", False), ("smtp-source -d", True))
    }
    for name, of in peers.items():
        if of:
            best = max((figures[each] for each in of), key=lambda f: f["per_second"])
            ratios[name] = round(mine["per_second"] / best["per_second"], 2)
            ratios[f"{name}, cpu"] = round(mine["cpu_us"] / best["cpu_us"], 2)
    return ratios


BARS = (
    ("10 KB", "smtp-source", 2.0),
    ("60 KB", "smtp-source", 1.8),
    ("60 KB", "smtplib", 10.0),
    ("60 KB", "aiosmtplib", 25.0),
    ("10 KB", "smtp-source, cpu", 0.6),
    ("60 KB", "smtp-source, cpu", 0.6),
)
"""Of the rate at least so many times, of the processor time at most such a part."""


def _result(figures: dict[str, Any], ratios: dict[str, Figures], note: str) -> dict[str, Any]:
    bars = {}
    for size, name, bar in BARS:
        value = ratios.get(size, {}).get(name)
        ok = None if value is None else value <= bar if name.endswith("cpu") else value >= bar
        bars[f"{size}, {name}"] = {"value": value, "bar": bar, "ok": ok}
    reached = [bar["ok"] for bar in bars.values()]
    ok = False if False in reached else None if None in reached else True
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    mine = {size: by_client.pop("ours") for size, by_client in figures.items()}
    ran = {"name": "send", "figures": mine, "peers": figures, "ratios": ratios, "bars": bars, "ok": ok}
    return ran | {"machine": machine} | ({"note": note} if note else {})


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
    else:
        json.dump(run(), sys.stdout, indent=2)
        print()
