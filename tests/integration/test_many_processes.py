"""Schedulers and workers are killed and restarted at random moments: every issue goes out, once to everybody.

A mail server counts what it accepted by Message-ID, and says when it has taken mails that it has not answered yet: that
is when most are killed. With DIGEST_SOAK set there are 50 issues, for 2 schedulers and 4 workers on PostgreSQL, and for
2 processes of `digest run` on SQLite; each of the two ends within eight minutes, well or not.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from build import article, consent, feed_source, preferences, slugs, subscriber_draft
from counting_sink import Sink, counting_sink
from databases import ADDRESS_KEY, postgres_database
from digest.app import App, build
from digest.config.load import load
from digest.model.delivery import DeliveryState
from digest.model.feeds import FeedState
from digest.model.ids import NewsletterSlug
from digest.model.issue import Issue, IssueState
from digest.model.people import ConsentKind
from digest.pipeline.reporting import delivery_lines
from processes import Digests, children, digests

SOAK = bool(os.environ.get("DIGEST_SOAK"))
ISSUES, READERS = (50, 10) if SOAK else (4, 8)
KILLS, BESIDES = (60, 20) if SOAK else (4, 2)
"""In the middle of a mail, spread over all of them; and at any moment, most before there is one."""
TROUBLE, PATIENCE = (240.0, 450.0) if SOAK else (60.0, 120.0)
"""Seconds from the start until nobody is killed any more, and until all must be sent."""
SCHEDULER = ("--set", "web.port=0", "run")
WORKER = ("worker", "--queues", "gather,compose,deliver")


def configuration(url: str, port: int, now: datetime) -> str:
    """So many dailies whose hour was five minutes ago, each with readers of its own."""
    due = now - timedelta(minutes=5)
    newsletters = "\n".join(
        f'[[newsletters]]\nslug = "n{n:02}"\nname = "Newsletter {n}"\ncadence = "daily"\nhour = {due.hour}\n'
        f'minute = {due.minute}\ntimezone = "UTC"\nsilent = "send"\nminimum = 1\n'
        f'[newsletters.sender]\nname = "Press"\naddress = "n{n}@press.example.com"\n'
        for n in range(ISSUES)
    )  # fmt: skip
    return f"""
[site]
name = "Example Press"
url = "https://press.example.com"
postal_address = "1 Example Quay, Bristol, United Kingdom"
[database]
url = "{url}"
address_key = "{ADDRESS_KEY}"
[web]
secret_key = "{"k" * 32}"
public_url = "https://press.example.com"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[deliver]
lease_seconds = 4
[schedule]
tick_seconds = 1
lead_minutes = 0
[gather]
pictures = "none"
[queue]
backend = "{"procrastinate" if url.startswith("postgresql") else "inline"}"
lost_seconds = 3
[[categories]]
slug = "privacy"
name = "Privacy"
description = "Data and who has it."
{newsletters}
"""


@dataclass
class Site:
    """A site whose issues are due, and what its mail server saw."""

    app: App
    sink: Sink
    digests: Digests
    log: Path
    chance: random.Random
    began: float

    def issues(self) -> tuple[Issue, ...]:
        return self.app.press.store.issues.all(limit=1000)

    def done(self) -> bool:
        states = Counter(issue.state for issue in self.issues())
        return states == {IssueState.SENT: ISSUES}

    @property
    def passed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def wait(self, what: Callable[[], bool]) -> None:
        while not what():
            assert self.passed < PATIENCE, self.log.read_text()[-4000:]
            time.sleep(0.2)

    def disturb(self) -> tuple[int, int]:
        """Kills one after the other, or asks it to end, and starts it again, until all is sent or it was enough.

        Gives how often that was in the middle of a mail, and how often at another moment.
        """
        amid, besides, apart = 0, 0, 2 * ISSUES * READERS // KILLS
        while amid < KILLS and self.passed < TROUBLE and not self.done():
            is_amid = self.sink.wait_for(self.chance.randint(1, apart), self.chance.uniform(0.5, 5 if SOAK else 2))
            if is_amid or besides < BESIDES:
                self.kill_one()
                amid, besides = amid + is_amid, besides + (not is_amid)
        return amid, besides

    def kill_one(self) -> None:
        process = self.chance.choice(list(self.digests.running))
        beside = children(process)
        if beside and self.chance.random() < 0.5:
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(beside), signal.SIGKILL)  # a sender: it comes back by itself
        else:
            how = signal.SIGTERM if self.chance.random() < 0.25 else signal.SIGKILL
            self.digests.start(*self.digests.end(process, how))

    def check(self) -> None:
        """Every issue once, every delivery once but for the listed uncertain ones, nobody lost."""
        issues, now = self.issues(), datetime.now(UTC)
        assert len(issues) == len({issue.newsletter for issue in issues}) == ISSUES
        of, doubted = {}, set()
        for issue in issues:
            assert self.app.press.store.ledger.counts(issue.id) == {DeliveryState.SENT: READERS}
            of |= {line.message_id: line.subscriber for line in delivery_lines(self.app.press, issue, None, now)}
            listed = delivery_lines(self.app.press, issue, DeliveryState.UNCERTAIN, now)
            doubted |= {line.message_id for line in listed}
        assert len(of) == len(set(of.values())) == ISSUES * READERS
        accepted = self.sink.accepted
        assert accepted.keys() == of.keys(), "lost, or nobody's"
        assert {identity for identity, number in accepted.items() if number > 1} <= doubted
        extra = sum(accepted.values()) - len(accepted)
        print(f"{len(issues)} issues, {len(accepted)} readers, {extra} second copies, {len(doubted)} listed in doubt")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path: Path, worker: str) -> Iterator[Site]:
    if request.param == "sqlite":
        yield from a_site(f"sqlite:///{tmp_path / 'site.sqlite3'}", tmp_path)
        return
    with postgres_database(request.getfixturevalue("postgres"), f"site_{worker}", migrated=True) as url:
        yield from a_site(url, tmp_path)


def a_site(url: str, folder: Path) -> Iterator[Site]:
    now = datetime.now(UTC)
    with counting_sink() as sink:
        sink.seconds = 0.05 if SOAK else 0.02  # so that kills come while mails are on their way
        config = folder / "config.toml"
        config.write_text(configuration(url, sink.port, now))
        app = build(load(config), lambda: datetime.now(UTC))
        fill(app, now)
        with digests(config, folder / "log") as started:
            yield Site(app, sink, started, folder / "log", random.Random(7), time.monotonic())
        app.press.store.close()


def fill(app: App, now: datetime) -> None:
    """Readers, and articles that were gathered in time."""
    feed = app.press.store.feeds.add(feed_source("https://news.example.com/feed", categories=slugs("privacy")), now)
    app.press.store.feeds.record(feed.id, FeedState(paused_at=now))
    early, cut = now - timedelta(hours=2), now - timedelta(hours=1)
    about = {"feed": feed.id, "hints": slugs("privacy"), "published_at": early, "gathered_at": cut}
    told = [article(n, **about) for n in range(4)]
    app.press.store.articles.save(told)
    rows = [
        (subscriber_draft(f"r{n}.{reader}@example.com"), NewsletterSlug(f"n{n:02}"), preferences("privacy"))
        for n in range(ISSUES)
        for reader in range(READERS)
    ]
    app.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))


def test_whoever_is_killed_and_started_again_every_issue_goes_out_once(site: Site):
    schedulers, workers = ((2, 4) if SOAK else (1, 2)) if site.app.queue else (2, 0)
    for arguments in [SCHEDULER] * schedulers + [WORKER] * workers:
        site.digests.start(*arguments)
    amid, besides = site.disturb()
    site.wait(site.done)
    print(f"{amid} killed or restarted amid a mail, {besides} besides; {schedulers} schedulers, {workers} workers;"
          f" {site.passed:.0f} seconds")  # fmt: skip
    site.check()
    site.digests.stop_all()
    traces = [line for line in site.log.read_text().splitlines() if "Traceback" in line]
    assert not traces, "\n".join(trace[-1500:] for trace in traces)
