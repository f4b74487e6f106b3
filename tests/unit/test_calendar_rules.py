"""Slots of the calendar: which dates, which instants, and what happens where a zone's clocks jump."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from digest.calendar import Rule, local_day, local_instant, next_slot, period, slots_between
from digest.model.issue import Cadence

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def utc(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dates(rule: Rule, start: str, end: str) -> list[str]:
    """The local dates of the slots between two instants."""
    return [slot.on.isoformat() for slot in slots_between(rule, utc(start), utc(end))]


def test_a_daily_newsletter_comes_on_its_weekdays():
    rule = Rule(Cadence.DAILY, (1, 2, 3, 4, 5), 6, 30, "Europe/London")
    assert dates(rule, "2026-11-20", "2026-11-25") == ["2026-11-20", "2026-11-23", "2026-11-24"]


def test_a_weekly_newsletter_comes_on_each_of_its_days():
    rule = Rule(Cadence.WEEKLY, (2, 5), 7, 0, "UTC")
    assert dates(rule, "2026-11-16", "2026-11-30") == ["2026-11-17", "2026-11-20", "2026-11-24", "2026-11-27"]


@pytest.mark.parametrize(
    ("days", "weekdays", "expected"),
    [
        ((1, 15), (), ["2026-01-01", "2026-01-15", "2026-02-01", "2026-02-15"]),
        ((31,), (), ["2026-01-31", "2026-02-28"]),
        ((30, 31), (), ["2026-01-30", "2026-01-31", "2026-02-28"]),
        ((-1,), (), ["2026-01-31", "2026-02-28"]),
        ((-31,), (), ["2026-01-01", "2026-02-01"]),
        ((), ((1, 2),), ["2026-01-06", "2026-02-03"]),
        ((), ((-1, 5),), ["2026-01-30", "2026-02-27"]),
        ((), ((5, 5),), ["2026-01-30", "2026-02-27"]),
        ((1,), ((1, 4),), ["2026-01-01", "2026-02-01", "2026-02-05"]),
    ],
)
def test_a_monthly_newsletter_comes_on_days_or_nth_weekdays(days, weekdays, expected):
    rule = Rule(Cadence.MONTHLY, days, 7, weekdays=weekdays)
    assert dates(rule, "2026-01-01", "2026-03-01") == expected


def test_skipped_dates_and_dates_outside_start_and_end_have_no_slot():
    rule = Rule(
        Cadence.DAILY, EVERY_DAY, 7, skip=frozenset({date(2026, 12, 25)}),
        starts_on=date(2026, 12, 24), ends_on=date(2026, 12, 27),
    )  # fmt: skip
    assert dates(rule, "2026-12-01", "2027-01-01") == ["2026-12-24", "2026-12-26", "2026-12-27"]


def test_start_is_included_and_end_is_not():
    rule = Rule(Cadence.DAILY, EVERY_DAY, 7)
    assert dates(rule, "2026-11-24T07:00", "2026-11-25T07:00") == ["2026-11-24"]
    assert dates(rule, "2026-11-24T07:00:00.000001", "2026-11-25T07:00") == []


def test_the_next_slot_leaves_out_the_instant_itself():
    rule = Rule(Cadence.WEEKLY, (2,), 7)
    at = utc("2026-11-24T07:00")
    assert next_slot(rule, at).on == date(2026, 12, 1)
    assert next_slot(rule, at - timedelta(microseconds=1)).at == at


def test_a_rule_without_days_has_no_slots():
    rule = Rule(Cadence.WEEKLY, (), 7)
    assert next_slot(rule, utc("2026-11-24")) is None


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30"),  # skipped: an hour later on the wall
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # repeated: the first
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),  # skipped midnight
        ("America/Havana", "2026-11-01T00:30", "2026-11-01T04:30"),  # repeated midnight hour
        ("America/Nuuk", "2026-03-28T23:30", "2026-03-29T01:30"),  # the last hour of a day skipped
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45"),  # half an hour skipped
        ("Pacific/Apia", "2011-12-30T07:00", "2011-12-30T17:00"),  # a whole day skipped
        ("Asia/Kathmandu", "2026-06-01T07:00", "2026-06-01T01:15"),
    ],
)
def test_local_times_become_instants(zone, local, instant):
    wall = datetime.fromisoformat(local)
    assert local_instant(wall.date(), wall.hour, wall.minute, zone) == utc(instant)


@pytest.mark.parametrize(
    ("zone", "skipped"), [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))]
)
@pytest.mark.parametrize("hour", [0, 7, 23])
def test_a_day_that_a_zone_skips_has_no_daily_slot_and_keeps_its_weekly_one(zone, skipped, hour):
    start = datetime.combine(skipped - timedelta(days=3), datetime.min.time(), UTC)
    end = start + timedelta(days=8)
    daily = list(slots_between(Rule(Cadence.DAILY, EVERY_DAY, hour, 0, zone), start, end))
    assert skipped not in [slot.on for slot in daily]
    assert len({slot.at for slot in daily}) == len(daily)
    weekly = [*slots_between(Rule(Cadence.WEEKLY, (skipped.isoweekday(),), hour, 0, zone), start, end)]
    assert [slot.on for slot in weekly] == [skipped]
    assert local_day(weekly[0].at, zone) == skipped + timedelta(days=1)


@pytest.mark.parametrize(
    ("cadence", "day", "name"),
    [
        (Cadence.DAILY, date(2026, 11, 24), "2026-11-24"),
        (Cadence.WEEKLY, date(2026, 11, 24), "2026-W48"),
        (Cadence.WEEKLY, date(2027, 1, 1), "2026-W53"),
        (Cadence.MONTHLY, date(2026, 11, 24), "2026-11"),
    ],
)
def test_periods_have_names(cadence, day, name):
    assert period(cadence, day) == name
