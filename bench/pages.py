"""The preference page of random readers, 32 clients at once, beside a constant page of the same size and server.

The server is uvicorn with the whole application in a process of its own; wrk asks (Debian's package wrk), the two pages
in turns. The database has 100,000 readers (`--full`: 1,000,000), and 1,000 for what the number of readers costs.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import lists
import uvicorn
from fastapi.responses import HTMLResponse
from sinks import MissingError

from digest.demo.mailroom import free_port
from digest.links import LinkClaim, Purpose
from digest.model.ids import SubscriberId
from digest.model.people import ConsentEvent, ConsentKind, Preferences, SubscriberDraft
from digest.web.server import create_server

ROUNDS, SECONDS, CLIENTS, ASKED = 5, 4, 32, 2_000
LEAST, MOST_GROWTH = 0.4, 1.25
LUA = """
local paths = {{ {paths} }}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def serve(config: str, port: str) -> None:
    """The application, and a page that never changes."""
    app = lists.opened(Path(config))
    server = create_server(app)
    constant = "x" * int(os.environ["CONSTANT_BYTES"])

    @server.get("/constant")
    def page() -> HTMLResponse:
        return HTMLResponse(constant)

    uvicorn.run(server, host="127.0.0.1", port=int(port), log_level="error", access_log=False)


@contextmanager
def served(config: Path, port: int, size: int) -> Iterator[None]:
    """The server in a process of its own."""
    command = [sys.executable, __file__, "serve", str(config), str(port)]
    process = subprocess.Popen(command, env=os.environ | {"CONSTANT_BYTES": str(size)}, cwd=Path(__file__).parent)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def asked(port: int, paths: list[str], folder: Path) -> float:
    """Answers a second."""
    script = folder / "ask.lua"
    script.write_text(LUA.format(paths=",".join(f'"{path}"' for path in paths)))
    said = subprocess.run(
        ["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", "-s", script, f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in said:
        sys.exit(f"pages: not every answer was good:\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def with_readers(folder: Path, readers: int, port: int) -> tuple[Path, list[str]]:
    """A site with so many readers, and the paths of some of their pages."""
    config = lists.write_config(folder, 9, web_port=port)
    app = lists.opened(config)
    event = ConsentEvent(ConsentKind.IMPORTED, lists.NOW, "bench")
    chosen = [Preferences(one) for one, _ in zip(lists.choices(), range(1_000), strict=False)]
    rows = (
        (SubscriberDraft(f"reader{n}@example.com", f"Reader {n}", "DE"), lists.WEEKLY, chosen[n % len(chosen)])
        for n in range(readers)
    )
    app.press.store.readers.import_(rows, event)
    step = max(1, readers // ASKED)
    today = app.clock().date()
    claims = (LinkClaim(Purpose.PREFERENCES, SubscriberId(n), today, "weekly") for n in range(1, readers, step))
    paths = [f"/r/preferences/{app.press.links.token(claim)}" for claim in claims]
    app.press.store.close()
    return config, paths


def measured(readers: int) -> dict[str, float]:
    """Median answers a second of both pages, in turns."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        config, paths = with_readers(folder, readers, port)
        with served(config, port, 1):
            size = len(urllib.request.urlopen(f"http://127.0.0.1:{port}{paths[0]}").read())
        with served(config, port, size):
            asked(port, paths, folder)
            rounds = [(asked(port, paths, folder), asked(port, ["/constant"], folder)) for _ in range(ROUNDS)]
    return {
        "page": median(page for page, _ in rounds),
        "constant": median(constant for _, constant in rounds),
        "ratio": median(page / constant for page, constant in rounds),
        "bytes": size,
    }


def run(readers: int = 100_000) -> dict[str, Any]:
    """All figures, ratios and bars."""
    if not shutil.which("wrk"):
        raise MissingError("wrk: install Debian's wrk")
    few, many = measured(1_000), measured(readers)
    growth = few["ratio"] / many["ratio"]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return {
        "name": "pages",
        "figures": {
            "readers": readers, "bytes of the page": many["bytes"], "answers a second": round(many["page"]),
            "answers a second with 1,000 readers": round(few["page"]),
        },
        "peers": {"a constant page": {"answers a second": round(many["constant"])}},
        "ratios": {"page / constant page": round(many["ratio"], 2), "1,000 readers / all": round(growth, 2)},
        "bars": {
            "page / constant page": {"value": round(many["ratio"], 2), "bar": LEAST, "ok": many["ratio"] >= LEAST},
            "cost with all / with 1,000 readers, at most": {
                "value": round(growth, 2), "bar": MOST_GROWTH, "ok": growth <= MOST_GROWTH,
            },
        },
        "ok": many["ratio"] >= LEAST and growth <= MOST_GROWTH,
        "machine": machine,
    }  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:])
    else:
        json.dump(run(1_000_000 if "--full" in sys.argv else 100_000), sys.stdout, indent=2)
        print()
