"""One-click POSTs (RFC 8058) while an issue goes out, beside the same in the quiet minute before it, in one run.

The whole of `digest run` is there as it is at work: the pages, the ticks and the senders in processes of their own, on
SQLite with synchronous=FULL, and a discard server that takes mail as fast as it comes. 20,000 readers get a mail;
`python bench/leaving.py --full` has 100,000.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import lists
from sinks import MissingError, compiled, running

from digest.app import App
from digest.links import LinkClaim, Purpose
from digest.model.delivery import DeliveryState
from digest.model.ids import IssueId, SubscriberId
from digest.model.issue import IssueState

READERS, MANY, BAR = 20_000, 100_000, 5.0
QUIET = 40
"""Seconds before the issue is due in which the server starts and is asked in peace."""
WARM_UP, PAUSE, PATIENCE = 20, 0.05, 1_800
ISSUE = IssueId("weekly-2026-11-24")


@contextmanager
def at_work(folder: Path, port: int) -> Iterator[None]:
    """`digest run`, begun QUIET seconds before the issue is due."""
    begins = (lists.NOW - timedelta(seconds=QUIET)).isoformat()
    settings = ("--set", "schedule.lead_minutes=0", "--set", "schedule.tick_seconds=1")
    command = [sys.executable, "-c", "from digest.cli import main; main()", "--now", begins, *settings, "run"]
    with (folder / "run.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        while not answers(port):
            if process.poll() is not None:
                sys.exit(f"leaving: digest run ended:\n{(folder / 'run.log').read_text()}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def answers(port: int) -> bool:
    """Whether the server is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return True
    except OSError:
        return False


def leave(port: int, path: str) -> float:
    """Milliseconds until the answer to one reader's POST, over a connection of its own."""
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, "List-Unsubscribe=One-Click", headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        sys.exit(f"leaving: {path} was answered with {answer.status}")
    return (time.perf_counter() - began) * 1e3


def asked(port: int, paths: Iterator[str], goes_on: Callable[[], bool]) -> list[float]:
    """One POST after the other, with a short rest between two."""
    took = []
    while goes_on():
        took.append(leave(port, next(paths)))
        time.sleep(PAUSE)
    return took


def paths_of(app: App) -> Iterator[str]:
    """Of every seventh reader, their own."""
    claims = (LinkClaim(Purpose.UNSUBSCRIBE, SubscriberId(n), lists.NOW.date(), "weekly") for n in count(1, 7))
    return (f"/r/unsubscribe/{app.press.links.token(claim)}" for claim in claims)


def measured(folder: Path, readers: int) -> tuple[list[float], list[float], dict[DeliveryState, int]]:
    """The POSTs in peace, those while mail went out, and what became of the deliveries."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(compiled(folder)) as sink:
        app = lists.opened(lists.write_config(folder, sink, web_port=port))
        lists.filled(app, readers)
        paths, due = paths_of(app), time.monotonic() + QUIET

        def is_sending() -> bool:
            return time.monotonic() < due + PATIENCE and app.press.issue(ISSUE).state is not IssueState.SENT

        with at_work(folder, port):
            asked(port, (path for path, _ in zip(paths, range(WARM_UP), strict=False)), count_down(WARM_UP))
            idle = asked(port, paths, lambda: time.monotonic() < due - 2)
            time.sleep(max(0.0, due - time.monotonic()))
            busy = asked(port, paths, is_sending)
        counts = app.press.store.ledger.counts(ISSUE)
        app.press.store.close()
    return idle, busy, counts


def count_down(times: int) -> Callable[[], bool]:
    """True so many times."""
    left = iter(range(times))
    return lambda: next(left, None) is not None


def run(readers: int = READERS) -> dict[str, Any]:
    """Figures, ratio and bar; `ok` is None without a C compiler for the discard server."""
    with tempfile.TemporaryDirectory() as name:
        try:
            idle, busy, counts = measured(Path(name), readers)
        except MissingError as missing:
            return {"name": "leaving", "figures": {}, "peers": {}, "ratios": {}, "bars": {}, "ok": None,
                    "note": str(missing)}  # fmt: skip
    figures = {"mails sent": counts.get(DeliveryState.SENT, 0), "POSTs idle": len(idle), "POSTs sending": len(busy)}
    for what, took in (("idle", idle), ("sending", busy)):
        late = quantiles(took, n=20)[-1]
        figures |= {f"{what}, median ms": round(median(took), 1), f"{what}, 95th percentile ms": round(late, 1)}
        figures |= {f"{what}, longest ms": round(max(took), 1)}
    ratio = round(quantiles(busy, n=20)[-1] / quantiles(idle, n=20)[-1], 2)
    everybody = sum(counts.values()) - counts.get(DeliveryState.SKIPPED, 0) == figures["mails sent"]
    bars = {
        "95th percentile while sending, times idle": {"value": ratio, "bar": BAR, "ok": ratio <= BAR},
        "all the others were mailed": {"value": int(everybody), "bar": 1, "ok": everybody},
    }
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    ratios = {"95th percentile while sending, times idle": ratio}
    ok = all(bar["ok"] for bar in bars.values())
    return {"name": "leaving", "figures": figures, "peers": {}, "ratios": ratios, "bars": bars, "ok": ok,
            "machine": machine}  # fmt: skip


if __name__ == "__main__":
    json.dump(run(MANY if "--full" in sys.argv else READERS), sys.stdout, indent=2)
    print()
