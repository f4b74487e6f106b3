"""Whole sends, from an approved issue to a full ledger: 110 KB editions that all differ, durable, to a discard server.

"End to end" is freezing, composing, sending and recording. Beside it stand a naive pipeline in Python, which makes the
same mails from the same templates, a leaner one, and npm mjml with nodemailer. "From the ledger" begins with readers
frozen, as smtp-source begins with its message made. All of ours runs in two processes on SQLite with synchronous=FULL;
every process tells its peak of memory.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import issues
import lists
import naive
import send
from sinks import MissingError, Source, compiled, running, smtp_source

from digest.compose.budget import with_room
from digest.compose.editions import EditionComposer
from digest.model.delivery import DeliveryState
from digest.model.ids import IssueId
from digest.pipeline.delivering import begin_issue, deliver_issue
from digest.render.compile import compile_issue, superset_of
from digest.render.templates import Templates

SMALL, MEDIUM, LARGE = 2_000, 10_000, 100_000
PROCESSES, ROUNDS = 2, 3
NAIVE_READERS, NODE_READERS = 12, 60
SIZE = 115_000
ISSUE = IssueId("weekly-2026-11-24")
PEERS = ("naive", "naive, lean", "mjml + nodemailer", "mjml once + nodemailer")
Figures = dict[str, float]


def peak_mb() -> float:
    """The most memory that this process has had (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def send_frozen(config: Path, issue: IssueId) -> None:
    """One process: says when it is ready, begins when it is told to, and tells its figures."""
    app = lists.opened(config)
    transport = app.transport()
    print(flush=True)
    input()
    began = time.monotonic()
    if app.press.issue(issue).state != "sent":
        deliver_issue(app.press, app.press.issue(issue), transport, app.clock)
    json.dump({"began": began, "ended": time.monotonic(), "peak_mb": peak_mb()}, sys.stdout)


def sent(config: Path, issue: IssueId, readers: int, number: int = PROCESSES) -> Figures:
    """Sends what is frozen from several processes; the time is from the first one's begin to the last one's end."""
    command = [sys.executable, __file__, "send", str(config), issue]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, **pipes, text=True) for _ in range(number)]  # type: ignore[call-overload]
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    told = [json.loads(process.communicate()[0]) for process in processes]
    app = lists.opened(config)
    counts = app.press.store.ledger.counts(issue)
    app.press.store.close()
    assert counts == {DeliveryState.SENT: readers}, counts
    seconds = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return {"seconds": seconds, "per_second": readers / seconds, "peak_mb": max(one["peak_mb"] for one in told)}


def filled(folder: Path, readers: int) -> Path:
    """A site with its readers and an approved issue."""
    folder.mkdir()
    lists.write_config(folder, 25, processes=PROCESSES)
    subprocess.run([sys.executable, __file__, "fill", str(folder), str(readers)], check=True)
    subprocess.run(["openssl", "genrsa", "-out", folder / "dkim.pem", "2048"], check=True, capture_output=True)
    return folder


def frozen(site: Path, folder: Path) -> Figures:
    """What it takes to freeze the site's readers, on a copy in `folder`; in a process of its own, for its memory."""
    shutil.copytree(site, folder)
    command = [sys.executable, __file__, "freeze", str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def fill(folder: Path, readers: int) -> None:
    """Imports the readers and approves the issue, in this process."""
    app = lists.opened(folder / "config.toml")
    lists.filled(app, readers)
    app.press.store.close()


def freeze(folder: Path) -> Figures:
    """Freezes them, in this process."""
    app = lists.opened(folder / "config.toml")
    issue = app.press.issue(ISSUE)
    began = time.perf_counter()
    begin_issue(app.press, issue, app.clock)
    seconds = time.perf_counter() - began
    app.press.store.close()
    return {"seconds": seconds, "peak_mb": peak_mb()}


def a_send(ready: Path, port: int, readers: int, *, signed: bool, number: int = PROCESSES) -> Figures:
    """One send of a frozen site, on a copy."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(ready, name, dirs_exist_ok=True)
        config = lists.write_config(Path(name), port, signed=signed, processes=number)
        return sent(config, ISSUE, readers, number)


def reader(number: int) -> naive.Reader:
    """What the lean peers' mails say: so many stories of the same length that they weigh as much."""
    issue = lists.the_issue()
    start = number % 19
    told = issue.content.stories[start : start + 21]
    stories = [
        {"url": s.url, "title": f"{s.title} {number}", "teaser": s.teaser.text, "outlet": s.outlet,
         "picture": s.picture.url if s.picture else ""}
        for s in told
    ]  # fmt: skip
    return {
        "email": f"reader{number}@example.com", "subject": f"Parliament votes, {number} say", "stories": stories,
        "intro": f"{number} stories from your topics", "unsubscribe_url": f"https://press.example.com/u/{number}",
    }  # fmt: skip


def mails(count: int) -> Iterator[naive.Mail]:
    """The mails of the first readers, as the naive pipeline makes them."""
    of, settings, templates = lists.the_issue(), issues.newsletter("editorial"), Templates()
    whole = compile_issue(of, settings, lists.CATEGORIES, issues.SITE, templates)
    sizes = {key: with_room(fragment) for key, fragment in whole.fragments.items()}
    composing = EditionComposer(of, settings, lists.CATEGORIES, sizes)
    editions = filter(None, (composing.edition(chosen) for chosen in islice(lists.choices(), count)))
    return naive.ours(superset_of(of, settings, lists.CATEGORIES, issues.SITE, templates), editions)


def from_source(source: Source, port: int) -> Figures:
    """smtp-source's best of -s 1, 8 and 32 in this round: a connection for each message, and lasting ones."""
    figures = {}
    for name, lasting in (("smtp-source", False), ("smtp-source -d", True)):
        rates = [send.from_source(source, port, SIZE, sessions, lasting)["per_second"] for sessions in (1, 8, 32)]
        figures[name] = max(rates)
    return figures


def a_whole_send(site: Path, readers: int, port: int) -> Iterator[tuple[str, Figures]]:
    """Freezing, then sending to the same readers without a signature and with one."""
    with tempfile.TemporaryDirectory() as name:
        ready = Path(name) / "frozen"
        yield f"freezing {readers:,}", frozen(site, ready)
        for signed in (False, True):
            yield f"{readers:,}{', RSA-2048' * signed}", a_send(ready, port, readers, signed=signed)


def a_round(sites: dict[int, Path], source: Source | None, port: int, folder: Path) -> Iterator[tuple[str, Figures]]:
    """Everybody once; the peers that take seconds before each of ours, for a machine changes by the minute."""
    for readers, site in sites.items():
        yield from peers(port, folder)
        for name, rate in from_source(source, port).items() if source else ():
            yield f"{name}", {"per_second": rate}
        yield from a_whole_send(site, readers, port)


def peers(port: int, folder: Path) -> Iterator[tuple[str, Figures]]:
    """What people write themselves."""
    for name, made in (("naive", mails(NAIVE_READERS)), ("naive, lean", naive.lean(map(reader, range(NAIVE_READERS))))):
        yield name, dict(zip(("per_second", "bytes"), naive.per_reader(port, made), strict=True))
    for name, once, count in (("mjml + nodemailer", False, NODE_READERS), ("mjml once + nodemailer", True, 500)):
        told = naive.with_node(port, map(reader, range(count)), folder, once=once)
        yield name, dict(zip(("per_second", "bytes"), told, strict=True))


def run(rounds: int = ROUNDS, large: int = LARGE) -> dict[str, Any]:
    """All figures, ratios and bars; `ok` is None when a peer is missing."""
    seen: dict[str, list[Figures]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            sink = compiled(folder)
            source, note = _source(folder)
            sites = {readers: filled(folder / f"site-{readers}", readers) for readers in (SMALL, MEDIUM, large)}
            with running(sink) as port:
                list(a_whole_send(sites.pop(SMALL), SMALL, port))  # warms up
                for _ in range(rounds):
                    for what, figures in a_round(sites, source, port, folder):
                        seen[what].append(figures)
        except MissingError as missing:
            return {
                "name": "deliver",
                "figures": {},
                "peers": {},
                "ratios": {},
                "bars": {},
                "ok": None,
                "note": str(missing),
            }
    middle = {what: {key: round(median(f[key] for f in of), 1) for key in of[0]} for what, of in seen.items()}
    return _result(middle, large, note)


def _source(folder: Path) -> tuple[Source | None, str]:
    try:
        return smtp_source(folder), ""
    except MissingError as missing:
        return None, str(missing)


def _end_to_end(middle: dict[str, Figures], readers: int, *, signed: bool) -> float:
    """Mails a second, of freezing and sending together."""
    sending = middle[f"{readers:,}{', RSA-2048' * signed}"]
    return readers / (sending["seconds"] + middle[f"freezing {readers:,}"]["seconds"])


def _result(middle: dict[str, Figures], large: int, note: str) -> dict[str, Any]:
    ratios = {}
    for peer in PEERS:
        for readers in (MEDIUM, large):
            for signed in (False, True):
                name = f"{readers:,} readers{', RSA-2048' * signed}, end to end, times {peer}"
                rate = _end_to_end(middle, readers, signed=signed)
                ratios[name] = round(rate / middle[peer]["per_second"], 1)
    for peer in ("smtp-source", "smtp-source -d"):
        for signed in (False, True):
            if peer in middle:
                mine, theirs = middle[f"{large:,}{', RSA-2048' * signed}"], middle[peer]["per_second"]
                name = f"{large:,} readers{', RSA-2048' * signed}"
                ratios[f"{name}, from the ledger, times {peer}"] = round(mine["per_second"] / theirs, 2)
                ratios[f"{name}, end to end, times {peer}"] = round(
                    _end_to_end(middle, large, signed=signed) / theirs, 2
                )
    peaks = {
        readers: max(middle[name]["peak_mb"] for name in (f"{readers:,}", f"freezing {readers:,}"))
        for readers in (MEDIUM, large)
    }
    others = {*PEERS, "smtp-source", "smtp-source -d"}
    bars = _bars(ratios, peaks, large)
    reached = [bar["ok"] for bar in bars.values()]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    ran = {
        "name": "deliver",
        "figures": {what: f for what, f in middle.items() if what not in others},
        "peers": {what: f for what, f in middle.items() if what in others},
        "ratios": ratios, "bars": bars, "ok": False if False in reached else None if None in reached else True,
        "machine": machine,
    }  # fmt: skip
    return ran | ({"note": note} if note else {})


def _bars(ratios: dict[str, float], peaks: dict[int, float], large: int) -> dict[str, Any]:
    wanted = {
        f"{large:,} readers, end to end, times naive": 300,
        f"{large:,} readers, RSA-2048, end to end, times naive": 80,
        f"{large:,} readers, end to end, times mjml once + nodemailer": 30,
        f"{large:,} readers, from the ledger, times smtp-source": 0.5,
        f"{large:,} readers, RSA-2048, from the ledger, times smtp-source": 0.2,
    }  # fmt: skip
    bars: dict[str, Any] = {}
    for name, bar in wanted.items():
        value = ratios.get(name)
        bars[name] = {"value": value, "bar": bar, "ok": None if value is None else value >= bar}
    bars["peak of any process, MB"] = {"value": round(peaks[large]), "bar": 200, "ok": peaks[large] <= 200}
    growth = round(peaks[large] / peaks[MEDIUM], 2)
    bars[f"peak at {large:,} readers, times that at {MEDIUM:,}"] = {"value": growth, "bar": 1.15, "ok": growth <= 1.15}
    return bars


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        fill(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["freeze"]:
        json.dump(freeze(Path(sys.argv[2])), sys.stdout)
    elif sys.argv[1:2] == ["send"]:
        send_frozen(Path(sys.argv[2]), IssueId(sys.argv[3]))
    else:
        json.dump(run(), sys.stdout, indent=2)
        print()
