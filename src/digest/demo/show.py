"""The demonstration: the whole product once, over real HTTP and real SMTP, in a folder of its own.

Takes a folder and a clock; gives an App that has gathered, built, approved and sent an issue, and what it counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.app import App, build
from digest.config.load import load
from digest.config.places import key_lines
from digest.config.shipped import shipped
from digest.demo.mailroom import Mailroom
from digest.demo.publishers import CONFIGURED_ORIGIN, Publishers
from digest.links import LinkClaim, Purpose
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.drafting import draft_issue
from digest.pipeline.gathering import feeds_to_ask, gather_feeds
from digest.pipeline.importing import import_table
from digest.pipeline.slots import next_slot_of
from digest.ports.readers import ReaderFilter
from digest.subscribe.table import TableSource

NEWSLETTER = "weekly"
_CHOOSER = ("priya.raghunathan@example.net", "daily")
"""A reader of several rhythms, and of what."""
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the demonstration did."""

    feeds: int
    articles: int
    stories: int
    editions: int
    messages: int
    bytes: int
    seconds: float
    issue: str
    mail: Path


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demonstration plays: its folder, and the servers around it."""

    folder: Path
    publishers: Publishers
    mailroom: Mailroom


@contextmanager
def stage(folder: Path, now: datetime) -> Iterator[Stage]:
    """Serves the example outlets and a mail server, both on loopback, until the block ends."""
    with Publishers(shipped("examples"), now) as publishers, Mailroom(folder / "mail") as mailroom:
        yield Stage(folder, publishers, mailroom)


def write_config(on: Stage, web_port: int) -> Path:
    """Writes the shipped configuration with the addresses of the stage's servers, so that any command can use it."""
    text = shipped("config.toml").read_text(encoding="utf-8").replace(CONFIGURED_ORIGIN, on.publishers.url)
    own = {
        ("smtp", "host"): '"127.0.0.1"',
        ("smtp", "port"): str(on.mailroom.port),
        ("smtp", "security"): '"none"',
        ("gather", "allow_networks"): '["127.0.0.0/8"]',
        ("gather", "per_host"): "20",
        ("site", "url"): f'"http://127.0.0.1:{web_port}"',
        ("web", "public_url"): f'"http://127.0.0.1:{web_port}"',
        ("web", "port"): str(web_port),
    }
    config = on.folder / "config.toml"
    config.write_text(with_values(text, own), encoding="utf-8")
    on.publishers.write_notes(on.folder / "examples" / "notes")
    return config


def with_values(text: str, values: Mapping[tuple[str, str], str]) -> str:
    """A TOML text with these keys, by table and name, set to these literals; their lines' comments go."""
    lines = text.split("\n")
    places = key_lines(text)
    for (table, key), literal in values.items():
        if (table, key) in places:
            lines[places[table, key] - 1] = f"{key} = {literal}"
        else:
            lines[places[table,] - 1] += f"\n{key} = {literal}"
    return "\n".join(lines)


def open_app(config: Path, clock: Callable[[], datetime]) -> App:
    """The App over a configuration written by `write_config`."""
    return build(load(config), clock)


def perform(app: App, on: Stage, progress: Progress) -> Summary:
    """Gathers, imports the readers, builds, approves and sends the weekly issue."""
    began = time.perf_counter()
    press, clock = app.press, app.clock
    feeds = feeds_to_ask(press, clock(), every=True)
    asyncio.run(
        gather_feeds(press, feeds, app.fetching(), app.chance, clock, _counted("Gathering", len(feeds), progress))
    )
    readers = shipped("subscribers/example.csv")
    import_table(press, TableSource(readers.name, lambda: readers.open("rb")), clock())
    newsletter = press.newsletter(NEWSLETTER)
    slot = next_slot_of(newsletter, clock() + timedelta(minutes=press.settings.schedule.lead_minutes))
    progress("Building", 0, 1)
    issue = draft_issue(press, newsletter, slot, clock(), by_hand=True)
    issue = approve_issue(press, issue, "demonstration", clock())
    progress("Building", 1, 1)
    expected = press.store.readers.count(ReaderFilter(newsletter.key))
    deliver_issue(press, issue, app.transport(), clock, on_outcome=_counted("Sending", expected, progress))
    mails = on.mailroom.files()
    return Summary(
        feeds=len(feeds),
        articles=press.store.articles.count(),
        stories=len(issue.content.stories),
        editions=len(press.store.ledger.editions(issue.id)),
        messages=len(mails),
        bytes=sum(mail.stat().st_size for mail in mails),
        seconds=time.perf_counter() - began,
        issue=issue.id,
        mail=on.mailroom.folder,
    )


def choices_url(app: App) -> str:
    """Where the preferences of a reader who chose several rhythms can be looked at."""
    email, newsletter = _CHOOSER
    reader = app.press.store.readers.by_email(email)
    if reader is None:
        return app.settings.web.public_url
    return app.press.links.url(LinkClaim(Purpose.PREFERENCES, reader.id, app.clock().date(), newsletter))


def _counted(what: str, total: int, progress: Progress) -> Callable[[object], None]:
    done = 0

    def one_more(_: object) -> None:
        nonlocal done
        done += 1
        progress(what, done, total)

    progress(what, 0, total)
    return one_more
