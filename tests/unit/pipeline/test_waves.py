"""Waves: each reader at their own hour, once, wherever they move; and what the freeze remembers and counts."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from build import NOW, WEEKLY, consent, content, preferences, story_item, subscriber_draft
from digest.model.delivery import DeliveryState
from digest.model.ids import issue_id
from digest.model.issue import IssueState
from digest.model.people import ConsentKind
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import deliver_issue
from fakes import FakeTransport
from send_ground import Clock, approved, ground, press_on

ZONES = ("Pacific/Kiritimati", "Asia/Tokyo", "Europe/London", "America/New_York", "Pacific/Pago_Pago")
SOAK = os.environ.get("DIGEST_SOAK") == "1"
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def travelling(sqlite_store):
    """Five readers from the first to the last time zone, and an issue of the 24th for seven o'clock."""
    press = press_on(sqlite_store, reader_time=True, hour=7)
    rows = [
        (subscriber_draft(f"{zone.split('/')[1]}@example.com".lower(), timezone=zone), WEEKLY, preferences())
        for zone in ZONES
    ]
    sqlite_store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    return press, approved(press)


def deliver_hourly(press, issue, start=MIDNIGHT - timedelta(hours=12), hours=48, before=lambda hour: None):
    """Every hour of two days; gives the address of each mail with its hour in UTC."""
    transport, clock, sent = FakeTransport(), Clock(start), []
    for hour in range(hours):
        clock.now = start + timedelta(hours=hour)
        before(clock.now)
        found = press.issue(issue.id)
        if found.state not in {IssueState.APPROVED, IssueState.LOCKED, IssueState.SENDING}:
            break
        deliver_issue(press, found, transport, clock)
        sent += [(m.recipient.partition("@")[0], start + timedelta(hours=hour)) for m in transport.taken[len(sent) :]]
    return sent, press.issue(issue.id).state


def move(press, name: str, zone: str):
    reader = press.store.readers.by_email(f"{name}@example.com")
    draft = subscriber_draft(reader.email, timezone=zone)
    press.store.readers.describe(reader.id, draft, consent(ConsentKind.PERSON))


def test_each_reader_is_sent_at_seven_of_their_own_day_and_then_the_issue_is_done(travelling):
    press, issue = travelling
    sent, state = deliver_hourly(press, issue)
    assert [(name, (at - MIDNIGHT) / timedelta(hours=1)) for name, at in sent] == [
        ("kiritimati", -7), ("tokyo", -2), ("london", 7), ("new_york", 12), ("pago_pago", 18),
    ]  # fmt: skip
    assert state is IssueState.SENT
    waves = press.store.ledger.waves(issue.id)
    assert [wave.readers for wave in waves] == [1, 1, 1, 1, 1]
    assert all(wave.frozen_at - wave.due_at < timedelta(minutes=1) for wave in waves)


@pytest.mark.parametrize("name", ["tokyo", "pago_pago"])
@pytest.mark.parametrize("zone", [ZONES[0], ZONES[4]])
@pytest.mark.parametrize("moved_at", range(-12, 24) if SOAK else (-6, 6, 13))
def test_whoever_moves_at_any_hour_gets_one_mail(travelling, name, zone, moved_at):
    press, issue = travelling

    def before(now):
        if now == MIDNIGHT + timedelta(hours=moved_at):
            move(press, name, zone)

    sent, state = deliver_hourly(press, issue, before=before)
    assert sorted(reader for reader, _ in sent) == sorted(z.split("/")[1].lower() for z in ZONES)
    assert state is IssueState.SENT


def test_a_reader_may_choose_another_hour(travelling):
    press, issue = travelling
    reader = press.store.readers.by_email("london@example.com")
    press.store.readers.set_preferences(reader.id, WEEKLY, preferences(hour=20), consent(ConsentKind.PREFERENCES))
    sent, _ = deliver_hourly(press, issue)
    assert dict(sent)["london"] == MIDNIGHT + timedelta(hours=20)


def test_whoever_pauses_before_their_hour_gets_nothing_and_holds_nothing_up(travelling):
    press, issue = travelling
    reader = press.store.readers.by_email("new_york@example.com")
    paused = preferences(paused_until=(NOW + timedelta(days=30)).date())
    press.store.readers.set_preferences(reader.id, WEEKLY, paused, consent(ConsentKind.PREFERENCES))
    sent, state = deliver_hourly(press, issue)
    assert "new_york" not in dict(sent)
    assert state is IssueState.SENT


def test_one_who_was_told_everything_is_counted_and_gets_no_mail(sqlite_store):
    one = ground(sqlite_store, 2)
    one.send()
    slot = one.issue.slot + timedelta(days=7)
    again = replace(one.issue, id=issue_id(WEEKLY, slot), slot=slot, state=IssueState.DRAFT, version=1)
    sqlite_store.issues.create(again, NOW)
    approve_issue(one.press, one.press.issue(again.id), "ed", NOW)
    sent = deliver_issue(one.press, one.press.issue(again.id), one.transport, one.clock)
    assert sent.counts == {DeliveryState.SKIPPED: 2}
    assert [d.reason for d in sqlite_store.ledger.deliveries(again.id)] == ["nothing new"] * 2
    assert sqlite_store.ledger.waves(again.id)[0].nothing == 2


@pytest.mark.parametrize(("policy", "mails"), [("skip", 0), ("roll-on", 0), ("explore-more", 1)])
def test_nothing_new_of_theirs_follows_the_policy(sqlite_store, policy, mails):
    one = ground(sqlite_store, 1, ["robotics"], nothing=policy)
    draft = replace(one.issue, content=content(story_item(1)))
    sqlite_store.issues.save_content(one.issue.id, draft.content, one.issue.version, NOW)
    approve_issue(one.press, one.press.issue(one.issue.id), "ed", NOW)
    one.send()
    assert len(one.transport.taken) == mails
    if mails:
        (edition,) = sqlite_store.ledger.editions(one.issue.id)
        assert edition.stories == (story_item(1).story,)
        assert "explore-more" in edition.keys
        assert not [key for key in edition.keys if key.startswith(("intro", "lead"))]
