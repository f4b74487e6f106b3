"""Two delivery processes beside one, on the same machine and list, to the discard server: what a second core is worth.

Readers are frozen, no two with the same edition of 110 KB; every mail is signed with RSA-2048 and every outcome durable
on SQLite. The same whole list is sent by one process and by two, one after the other, in every round; the bar is on the
median of the rounds' ratios. What else works on the machine meanwhile lowers it: the load says how much that was.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import deliver
from sinks import MissingError, compiled, running

READERS, ROUNDS = 10_000, 5
BAR = 1.6 if (os.cpu_count() or 1) >= 4 else 1.3


def run(readers: int = READERS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Figures, ratios and the bar; `ok` is None where there is no compiler for the server."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            sink = compiled(folder)
        except MissingError as missing:
            return {"name": "workers", "figures": {}, "peers": {}, "ratios": {}, "bars": {}, "ok": None,
                    "note": str(missing)}  # fmt: skip
        ready = folder / "frozen"
        deliver.frozen(deliver.filled(folder / "site", readers), ready)
        with running(sink) as port:
            deliver.a_send(ready, port, readers, signed=True)  # warms up
            seen = [a_round(ready, port, readers) for _ in range(rounds)]
    return _result(seen, readers)


def a_round(ready: Path, port: int, readers: int) -> tuple[float, float]:
    """Mails a second by one process and by two."""
    one, two = (deliver.a_send(ready, port, readers, signed=True, number=number) for number in (1, 2))
    return one["per_second"], two["per_second"]


def _result(seen: list[tuple[float, float]], readers: int) -> dict[str, Any]:
    ratio = round(median(two / one for one, two in seen), 2)
    figures: dict[str, Any] = {
        f"mails a second, {name}": round(median(rates))
        for name, rates in zip(("one", "two"), zip(*seen, strict=True), strict=True)
    }
    figures |= {"readers": readers, "load": round(os.getloadavg()[0], 1), "rounds": [round(b / a, 2) for a, b in seen]}
    return {
        "name": "workers",
        "figures": figures,
        "peers": {},
        "ratios": {"two processes, times one": ratio},
        "bars": {"two processes, times one, RSA-2048": {"value": ratio, "bar": BAR, "ok": ratio >= BAR}},
        "ok": ratio >= BAR,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=2)
    print()
