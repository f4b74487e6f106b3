"""Importing a list of readers from CSV into SQLite, beside csv + email-validator + a bare insert of the same columns.

The peer reads the same file with Python's csv, asks email-validator about every address and inserts what it said into
one table with a unique address, in batches, in one transaction of the same durability. Ours does all that an import
does: it finds out encoding and delimiter, checks every field, keys the address, looks for those who are known, left or
suppressed, and writes the reader, the subscription and the entry in the log of consent, with their indexes.
Times are CPU seconds of a fresh process each, in interleaved rounds; `--full` on this file's own command line takes
1,000,000 rows.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from email_validator import EmailNotValidError, validate_email

from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.config.settings import Settings
from digest.links import Links
from digest.pipeline.importing import import_table
from digest.pipeline.press import Press
from digest.render.templates import Templates
from digest.store.store import open_store
from digest.subscribe.table import TableSource

ROWS, FULL, ROUNDS, BAR, MEMORY_BAR = 100_000, 1_000_000, 3, 0.8, 300
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
COLUMNS = ("email", "name", "country", "timezone", "language", "newsletter", "categories", "cadence")
TOPICS = ("privacy", "security", "robotics", "research", "companies", "industries")
PLACES = (("GB", "Europe/London", "en"), ("DE", "Europe/Berlin", "de"), ("FR", "Europe/Paris", "fr"),
          ("US", "America/New_York", "en"), ("NG", "Africa/Lagos", "en"),
          ("BR", "America/Sao_Paulo", "pt-BR"))  # fmt: skip
FIRST = ("Ada", "Björn", "Chloé", "Dmitri", "Esra", "Femi", "Grace", "Hiroshi", "Inès", "João")
LAST = ("Lovelace", "Ångström", "Müller", "Okafor", "O'Brien", "Silva", "Nguyen", "Tanaka", "Fournier", "Kowalska")


def write_list(file: Path, rows: int) -> None:
    """A list as shops and clubs have them: a fifth at one provider, the rest over many domains, one in 200 is bad."""
    chance = random.Random(7)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(_row(number, chance) for number in range(rows))


def _row(number: int, chance: random.Random) -> tuple[str, ...]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    domain = "gmail.com" if chance.random() < 0.2 else f"mail{int(chance.paretovariate(0.6)) % 5000}.example.com"
    local = f"{first[0].lower() if first[0].isascii() else 'x'}.{number:x}{chance.choice(('', '+news', '_1'))}"
    email = f"{local}@{domain}" if number % 200 else f"{local}(at){domain}"
    country, zone, language = chance.choice(PLACES)
    topics = ";".join(sorted(chance.sample(TOPICS, chance.randint(1, 6))))
    return email, f"{first} {last}", country, zone, language, "weekly", topics, "weekly"


def bare(file: Path, folder: Path) -> int:
    """csv, email-validator, insert."""
    with sqlite3.connect(folder / "bare.sqlite3", isolation_level=None) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(
            f"CREATE TABLE reader (id INTEGER PRIMARY KEY, {' TEXT, '.join(COLUMNS)} TEXT, UNIQUE (email))"
        )
        connection.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * len(COLUMNS))
        insertion = f"INSERT INTO reader ({', '.join(COLUMNS)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        rows = _checked(file)
        while batch := list(islice(rows, 5000)):
            connection.executemany(insertion, batch)
        connection.execute("COMMIT")
        (count,) = connection.execute("SELECT count(*) FROM reader").fetchone()
    connection.close()
    return int(count)


def _checked(file: Path) -> Iterator[tuple[str, ...]]:
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        next(reader)
        for email, *rest in reader:
            try:
                checked = validate_email(email, check_deliverability=False)
            except EmailNotValidError:
                continue
            yield (checked.normalized, *rest)


def ours(file: Path, folder: Path) -> int:
    """What `digest subscribers import` does."""
    sender = SenderSettings(name="Weekly", address="weekly@press.example.com")
    settings = Settings(
        categories=tuple(CategorySettings(slug=slug, name=slug) for slug in TOPICS),
        newsletters=(NewsletterSettings(slug="weekly", name="Weekly", sender=sender),),
    )
    store = open_store("sqlite:///ours.sqlite3", folder, "k" * 32)
    press = Press(settings, store, Templates(), Links("https://press.example.com", ["k" * 32]), "k" * 32)
    report = import_table(press, TableSource(file.name, lambda: file.open("rb")), NOW)
    count = store.readers.count()
    store.close()
    if count != report.added:
        raise RuntimeError(f"{report.added} were added, and {count} are there")
    return count


def measure(name: str, file: Path) -> dict[str, float]:
    """One run in a process of its own."""
    command = [sys.executable, __file__, name, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _run_one(name: str, file: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), time.process_time()
        count = {"ours": ours, "bare": bare}[name](file, Path(folder))
        spent = {"cpu": time.process_time() - cpu, "seconds": time.perf_counter() - began}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": count, "peak_mb": peak, **spent}


def run(rows: int = ROWS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Interleaved rounds; the first one warms the disk's cache and counts as well."""
    found: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "readers.csv"
        write_list(file, rows)
        for _ in range(rounds):
            for name, runs in found.items():
                runs.append(measure(name, file))
    return _result(rows, found)


def _result(rows: int, found: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    rate = {name: rows / median(run["cpu"] for run in runs) for name, runs in found.items()}
    ratio = rate["ours"] / rate["bare"]
    seconds = {name: median(run["seconds"] for run in runs) for name, runs in found.items()}
    peak = max(run["peak_mb"] for run in found["ours"])
    same = {run["rows"] for runs in found.values() for run in runs}
    bars = {
        "rate against csv + email-validator + bare insert": _bar(round(ratio, 2), f">= {BAR}", ratio >= BAR),
        "peak memory (MB)": _bar(round(peak), f"<= {MEMORY_BAR}", peak <= MEMORY_BAR),
        "readers that both kept": _bar(str(sorted(same)), "the same", len(same) == 1),
    }
    return {
        "ok": all(bar["ok"] for bar in bars.values()),
        "bars": bars,
        "figures": {
            "rows": rows,
            "ours, rows a CPU second": round(rate["ours"]),
            "ours, seconds": round(seconds["ours"], 1),
        },
        "peers": {"bare, rows a CPU second": round(rate["bare"]), "bare, seconds": round(seconds["bare"], 1)},
        "ratios": {"rate": round(ratio, 3), "wall clock": round(seconds["bare"] / seconds["ours"], 3)},
    }


def _bar(value: object, bar: str, ok: bool) -> dict[str, object]:
    return {"value": value, "bar": bar, "ok": ok}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--full"]:
        print(json.dumps(run(FULL), indent=2))
    else:
        print(json.dumps(_run_one(sys.argv[1], Path(sys.argv[2]))))
