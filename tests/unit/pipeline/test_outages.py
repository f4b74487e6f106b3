"""Outages and clocks: each daily digest at most once, skipped slots shown, whatever the clock does meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import press as small
from build import article, feed_source, made_up_title
from digest.config.settings import Settings
from digest.links import Links
from digest.model.issue import IssueState
from digest.pipeline.press import Press
from digest.tasks import run_due
from fakes import FakeTransport
from send_ground import SECRET, with_readers

START = datetime(2026, 11, 2, 6, 55, tzinfo=UTC)


@pytest.fixture
def daily(sqlite_store):
    """Three readers of the weekly, which comes every day at seven."""
    settings = Settings(
        site=small.SITE,
        categories=small.CATEGORIES,
        newsletters=(small.newsletter(cadence="daily", hour=7),),
    )
    sqlite_store.feeds.sync([feed_source("https://a.example/")], START)
    with_readers(sqlite_store, 3)
    return Press(settings, sqlite_store, small.TEMPLATES, Links("https://press.example.com", (SECRET,)), SECRET)


def tick(press, transport, now):
    url = f"https://news.example.com/{now:%Y%m%d%H}"
    title = made_up_title(random.Random(url))
    told = article(url=url, title=title, description=f"{title}.", text="", guid=url, gathered_at=now,
                   published_at=now, hints=("privacy",))  # fmt: skip
    press.store.articles.save([told])
    run_due(press, lambda: transport, lambda: now)


def mailed(transport):
    return Counter((str(message.key.issue), message.recipient) for message in transport.taken)


def test_down_for_26_hours_each_daily_digest_goes_at_most_once_and_the_skipped_slot_is_shown(daily):
    transport = FakeTransport()
    for hours in [*range(-3, 3), *range(29, 75)]:
        tick(daily, transport, START + timedelta(hours=hours, minutes=5))
    assert set(mailed(transport).values()) == {1}
    states = {issue.slot.day: issue.state for issue in daily.store.issues.all()}
    assert states[2] is IssueState.SENT
    assert states[3] is IssueState.SENT  # five hours late, within the day that is caught up on
    assert states[4] is IssueState.SENT


def test_down_for_longer_the_slots_that_nothing_ran_for_are_recorded_as_missed(daily):
    transport = FakeTransport()
    for hours in (-3, -2, 0, 1, 75, 76):
        tick(daily, transport, START + timedelta(hours=hours, minutes=5))
    issues = {issue.slot.day: issue for issue in daily.store.issues.all()}
    assert {day: issue.state for day, issue in issues.items()} == {
        1: IssueState.SKIPPED, 2: IssueState.SENT, 3: IssueState.MISSED, 4: IssueState.MISSED, 5: IssueState.SENT,
    }  # fmt: skip
    assert "nothing ran until 2026-11-05" in issues[3].note
    assert issues[5].window.start == issues[2].window.end  # what the missed ones held is still news
    assert set(mailed(transport).values()) == {1}


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(hours=2), timedelta(days=400)])
@pytest.mark.parametrize("at", [0, 22])
def test_a_clock_that_jumps_and_comes_back_sends_nothing_twice(daily, jump, at):
    transport = FakeTransport()
    for hours in range(-4, 50, 2):
        now = START + timedelta(hours=hours, minutes=5)
        tick(daily, transport, now + jump if at <= hours < at + 4 else now)
    assert set(mailed(transport).values()) == {1}
    sent = {issue.slot.day for issue in daily.store.issues.all(limit=100) if issue.state is IssueState.SENT}
    assert {2, 3, 4} <= sent or jump < timedelta() or jump > timedelta(days=9)
    slots = [issue.slot for issue in daily.store.issues.all(limit=1000)]
    assert len(slots) == len(set(slots))
