"""Whether the sign-up form tells who is known: the same answers, and times that cannot be told apart.

1,000 addresses of readers and 1,000 of strangers are signed up in random order with a real server, which mails through
fast_sink after each answer. AUC is the chance that a known address took longer than an unknown one: 0.5 tells nothing.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import lists
from sinks import compiled, running

from digest.demo.mailroom import free_port
from digest.model.people import ConsentEvent, ConsentKind, Preferences, SubscriberDraft

EACH, LOWEST, HIGHEST = 1_000, 0.45, 0.55
_LIMITS = "[sign_up]\nleast_seconds = 0\nper_network = 1000000\nin_all = 1000000\n"


def run(each: int = EACH) -> dict[str, Any]:
    """All figures and bars."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        with running(compiled(folder)) as mail_port:
            config = lists.write_config(folder, mail_port, web_port=port)
            config.write_text(_LIMITS + config.read_text(encoding="utf-8"), encoding="utf-8")
            known = _fill(config, each)
            process = subprocess.Popen(
                [sys.executable, "-m", "digest", "--config", str(config), "run"], stdout=subprocess.DEVNULL
            )
            try:
                return _result(*_asked(port, known, [f"stranger{n}@example.com" for n in range(each)]))
            finally:
                process.terminate()
                process.wait()


def _fill(config: Path, readers: int) -> list[str]:
    app = lists.opened(config)
    event = ConsentEvent(ConsentKind.IMPORTED, lists.NOW, "bench")
    addresses = [f"reader{n}@example.com" for n in range(readers)]
    chosen = Preferences(next(iter(lists.choices())))
    app.press.store.readers.import_(((SubscriberDraft(one), lists.WEEKLY, chosen) for one in addresses), event)
    app.press.store.close()
    return addresses


def _asked(port: int, known: Sequence[str], unknown: Sequence[str]) -> tuple[dict[str, float], dict[str, str]]:
    """Seconds and answer for each address."""
    connection = _connected(port)
    mixed = [*known, *unknown]
    random.Random(1).shuffle(mixed)
    seconds, answers = {}, {}
    for address in (*(f"warm{n}@example.com" for n in range(50)), *mixed):
        connection.request("GET", "/sign-up/weekly")
        page = connection.getresponse().read().decode()
        token = re.search(r'name="token" value="([^"]+)"', page)[1]
        body = urllib.parse.urlencode({"email": address, "categories": "topic-00", "token": token})
        time.sleep(0.01)  # what the last address led to has been done
        began = time.perf_counter()
        connection.request("POST", "/sign-up/weekly", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        text = answer.read().decode()
        seconds[address] = time.perf_counter() - began
        answers[address] = f"{answer.status} {answer.headers['location']} {text}"
    return {a: s for a, s in seconds.items() if not a.startswith("warm")}, answers


def _connected(port: int) -> http.client.HTTPConnection:
    for _ in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return connection
    sys.exit("enumeration: the server does not start")


def _result(seconds: dict[str, float], answers: dict[str, str]) -> dict[str, Any]:
    known = [s for address, s in seconds.items() if address.startswith("reader")]
    unknown = [s for address, s in seconds.items() if address.startswith("stranger")]
    area = auc(known, unknown)
    different = len(set(answers.values()))
    return {
        "name": "enumeration",
        "figures": {
            "known, ms": round(median(known) * 1e3, 2), "unknown, ms": round(median(unknown) * 1e3, 2),
            "addresses of each kind": len(known),
        },
        "bars": {
            "AUC, 0.45 to 0.55": {"value": round(area, 3), "bar": HIGHEST, "ok": LOWEST <= area <= HIGHEST},
            "different answers": {"value": different, "bar": 1, "ok": different == 1},
        },
        "ok": LOWEST <= area <= HIGHEST and different == 1,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }  # fmt: skip


def auc(one: Sequence[float], other: Sequence[float]) -> float:
    """The chance that a value of the first is larger (Mann-Whitney U, over all pairs)."""
    ranked = sorted([(value, 1) for value in one] + [(value, 0) for value in other])
    ranks = sum(rank for rank, (_, kind) in enumerate(ranked, start=1) if kind)
    return (ranks - len(one) * (len(one) + 1) / 2) / (len(one) * len(other))


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=2)
    print()
