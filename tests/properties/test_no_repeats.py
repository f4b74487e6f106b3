"""Weeks of two newsletters of several cadences: no story twice to one person, no period without, none with two.

Stories are cross-posted days later, feeds change their GUIDs and addresses, readers change their minds and pause,
mails fail. One week here, twelve in the soak.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import press as small
from build import article, consent, feed_source, made_up_title, preferences, slugs, subscriber_draft
from digest.calendar import period
from digest.config.settings import Settings
from digest.config.timing import CadenceDays
from digest.links import Links
from digest.model.delivery import DeliveryState
from digest.model.ids import NewsletterSlug, article_id
from digest.model.issue import Cadence
from digest.model.people import ConsentKind
from digest.pipeline.press import Press
from digest.ports.ledger import NOTHING_NEW
from digest.tasks import run_due
from fakes import FakeTransport
from send_ground import NO_SUCH, SECRET

WEEKS = 12 if os.environ.get("DIGEST_SOAK") == "1" else 1
START = datetime(2026, 10, 5, 6, 30, tzinfo=UTC)  # a Monday
DAILY, WEEKLY, MONTHLY = Cadence
TOPICS = slugs("privacy", "security", "robotics")


def the_press(store) -> Press:
    also = {DAILY: CadenceDays(), MONTHLY: CadenceDays(days=(-1,))}
    mixed = small.newsletter(days=(2, 4), also=also, hour=7, per_category=3, minimum=0)
    daily = small.newsletter(slug="brief", cadence="daily", hour=7, minute=30, per_category=2, minimum=0)
    settings = Settings(site=small.SITE, categories=small.CATEGORIES, newsletters=(mixed, daily))
    store.feeds.sync([feed_source("https://a.example/")], START)
    return Press(settings, store, small.TEMPLATES, Links("https://press.example.com", (SECRET,)), SECRET)


def a_choice(chance: random.Random):
    cadence = chance.choice([DAILY, WEEKLY, WEEKLY, MONTHLY])
    own = ((TOPICS[1], DAILY),) if chance.random() < 0.3 else ()
    chosen = chance.sample(TOPICS, chance.randint(1, 3))
    return preferences(*chosen, cadence=cadence, day=chance.choice([None, 2, 4]), cadences=own)


def news_of(chance: random.Random, now: datetime, known: list):
    """New stories, and older ones again: at another outlet, under another GUID, or at another address of the same."""
    for _ in range(4):
        title = made_up_title(chance)
        url = f"https://news.example.com/{len(known)}-{now:%m%d}"
        told = article(url=url, id=article_id(url), guid=url, title=title, description=f"{title}.", text="",
                       gathered_at=now, published_at=now, hints=(chance.choice(TOPICS),))  # fmt: skip
        known.append(told)
        yield told
    for old in chance.sample(known[-24:-4], min(2, len(known[-24:-4]))):
        url = f"https://other.example.com/{len(known)}-{chance.random()}"
        copied = replace(old, url=url, id=article_id(url), guid=url, outlet="Other Paper", gathered_at=now)
        yield chance.choice([copied, replace(old, guid=f"new:{now:%m%d}", gathered_at=now)])


def test_no_story_twice_and_each_period_once(sqlite_store):
    chance, press, known, transport = random.Random(26), the_press(sqlite_store), [], FakeTransport()
    weekly, brief = NewsletterSlug("weekly"), NewsletterSlug("brief")
    rows = [(subscriber_draft(f"r{n}@example.com"), of, a_choice(chance)) for n in range(30) for of in (weekly, brief)]
    sqlite_store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    readers = [reader for reader, _ in sqlite_store.readers.all(limit=100)]
    steady = set(readers[:10])
    for day in range(7 * WEEKS):
        now = START + timedelta(days=day, hours=2)
        sqlite_store.articles.save(news_of(chance, now - timedelta(hours=8), known))
        transport.replies = {r.email: NO_SUCH for r in chance.sample(readers[20:], 2)} if day % 3 == 0 else {}
        for reader in chance.sample(readers[10:], 3):
            paused = (now + timedelta(days=9)).date() if chance.random() < 0.3 else None
            wishes = replace(a_choice(chance), paused_until=paused)
            sqlite_store.readers.set_preferences(reader.id, weekly, wishes, consent(ConsentKind.PREFERENCES))
        run_due(press, lambda: transport, lambda now=now: now)
    told = Counter()
    mails = {reader.id: [] for reader in readers}
    for reader in readers:
        for delivery in sqlite_store.ledger.of_reader(reader.id):
            if delivery.state is DeliveryState.SENT or delivery.reason == NOTHING_NEW:
                edition = sqlite_store.ledger.edition(delivery.key.issue, delivery.edition)
                mails[reader.id].append((press.issue(delivery.key.issue), edition))
                told.update((reader.id, story) for story in edition.stories)
    assert len(told) > 100 * WEEKS
    assert [pair for pair, times in told.items() if times > 1] == []
    for reader in steady:
        the_steady_one(press, reader, [pair for pair in mails[reader.id] if pair[0].newsletter == weekly])


def the_steady_one(press, reader, mails):
    """No day with two mails; each category at most once in each of its periods."""
    (mine,) = [s for s in press.store.readers.subscriptions(reader.id) if s.newsletter == "weekly"]
    days = [issue.slot for issue, _ in mails]
    assert len(days) == len(set(days))
    for category in mine.preferences.categories:
        cadence = mine.preferences.cadence_of(category)
        served = [period(cadence, issue.slot) for issue, edition in mails if category in edition.categories]
        assert len(served) == len(set(served))
        if cadence is not MONTHLY:
            assert len(served) >= WEEKS - 1 if cadence is WEEKLY else len(served) >= 7 * WEEKS - 1
