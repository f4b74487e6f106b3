"""What is due follows from the tables and the time alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from build import issue
from digest.config.machine import ScheduleSettings
from digest.config.publication import NewsletterSettings, SenderSettings, SilentPolicy
from digest.model.issue import IssueContent, IssueState
from digest.pipeline.planning import StepKind, plan

SLOT = date(2026, 11, 24)
HOUR = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SCHEDULE = ScheduleSettings(catch_up_hours=24, lead_minutes=60)


def newsletter(**fields):
    sender = SenderSettings(name="The Weekly", address="weekly@example.org")
    return NewsletterSettings(**({"slug": "weekly", "name": "Weekly", "sender": sender, "days": (2,)} | fields))


def earlier(state=IssueState.SENT):
    return issue(slot=SLOT - timedelta(days=7), send_at=HOUR - timedelta(days=7), state=state)


def the_issue(state):
    return issue(slot=SLOT, send_at=HOUR, state=state)


def due(now, *known, **fields):
    of = newsletter(**fields)
    return [(step.kind, step.slot.on) for step in plan([of], {of.key: known}, SCHEDULE, now)]


def test_the_draft_is_built_an_hour_before_it_goes():
    assert due(HOUR - timedelta(minutes=61), earlier()) == []
    assert due(HOUR - timedelta(minutes=59), earlier()) == [(StepKind.BUILD, SLOT)]


def test_a_slot_missed_by_less_than_the_catch_up_window_is_still_built():
    assert due(HOUR + timedelta(hours=23), earlier()) == [(StepKind.BUILD, SLOT)]


def test_an_older_one_is_recorded_as_missed():
    assert due(HOUR + timedelta(hours=25), earlier()) == [(StepKind.MISS, SLOT)]


def test_a_new_newsletter_has_missed_nothing():
    assert due(HOUR + timedelta(days=3)) == []


@pytest.mark.parametrize(
    ("silent", "step"),
    [(SilentPolicy.SEND, StepKind.APPROVE), (SilentPolicy.SKIP, StepKind.SKIP), (SilentPolicy.HOLD, None)],
)
def test_a_draft_that_nobody_approved_follows_the_newsletters_policy(silent, step):
    assert due(HOUR - timedelta(minutes=1), the_issue(IssueState.DRAFT), silent=silent) == []
    assert due(HOUR, the_issue(IssueState.DRAFT), silent=silent) == ([(step, SLOT)] if step else [])


def test_a_draft_without_a_story_is_skipped_once_and_not_approved_in_vain_at_every_tick():
    empty = replace(the_issue(IssueState.DRAFT), content=IssueContent((), ()))
    assert due(HOUR - timedelta(minutes=1), empty, silent=SilentPolicy.SEND) == []
    assert due(HOUR, empty, silent=SilentPolicy.SEND) == [(StepKind.SKIP, SLOT)]
    assert due(HOUR, empty, silent=SilentPolicy.HOLD) == []


def test_an_approved_issue_goes_at_its_hour_and_not_before():
    assert due(HOUR - timedelta(minutes=1), the_issue(IssueState.APPROVED)) == []
    assert due(HOUR, the_issue(IssueState.APPROVED)) == [(StepKind.SEND, SLOT)]


@pytest.mark.parametrize("state", [IssueState.LOCKED, IssueState.SENDING])
def test_what_is_on_its_way_goes_on_however_late(state):
    assert due(HOUR + timedelta(hours=30), the_issue(state)) == [(StepKind.SEND, SLOT)]


@pytest.mark.parametrize("state", [IssueState.DRAFT, IssueState.APPROVED])
def test_what_was_not_sent_within_the_catch_up_window_expires(state):
    assert due(HOUR + timedelta(hours=25), the_issue(state)) == [(StepKind.EXPIRE, SLOT)]


@pytest.mark.parametrize(
    "state", [IssueState.SENT, IssueState.PAUSED, IssueState.CANCELLED, IssueState.SKIPPED, IssueState.MISSED]
)
def test_what_is_over_or_paused_is_left_alone(state):
    assert due(HOUR + timedelta(hours=2), the_issue(state)) == []


def test_after_a_long_sleep_every_slot_is_accounted_for_once():
    now = HOUR + timedelta(days=15, hours=1)
    steps = due(now, the_issue(IssueState.SENT))
    assert steps == [(StepKind.MISS, SLOT + timedelta(days=7)), (StepKind.MISS, SLOT + timedelta(days=14))]


def test_the_same_question_gives_the_same_answer():
    assert due(HOUR, earlier()) == due(HOUR, earlier())
