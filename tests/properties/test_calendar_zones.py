"""Every local period has exactly one slot, in every time zone, through every change of the clocks 2024 to 2030."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.calendar import Rule, local_instant, next_slot, period, slots_between
from digest.model.issue import Cadence

SOAK = os.environ.get("DIGEST_SOAK") == "1"
ALL_ZONES = sorted(available_timezones())
ZONES = ALL_ZONES if SOAK else random.Random(2026).sample(ALL_ZONES, len(ALL_ZONES) // 10)
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)

zones = st.sampled_from(ALL_ZONES)
instants = st.datetimes(START.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC))
rules = st.builds(
    Rule,
    cadence=st.sampled_from(Cadence),
    days=st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days))),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    zone=zones,
)


def changes(zone: str) -> list[date]:
    """The local dates around which the zone's clocks change, found by looking at every noon."""
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days))
    offsets = [(day, datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset()) for day in days]
    return [day for (_, before), (day, after) in pairwise(offsets) if before != after]


def walls(zone: str, around: date) -> dict[datetime, datetime]:
    """Each quarter of an hour that a clock on the wall shows in the days around, with the first instant of it."""
    start = datetime.combine(around - timedelta(days=3), time(), UTC)
    shown: dict[datetime, datetime] = {}
    for quarter in range(6 * 24 * 4):
        at = start + timedelta(minutes=15 * quarter)
        shown.setdefault(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None), at)
    return shown


@pytest.mark.parametrize("zone", ZONES)
def test_around_every_change_each_hour_of_each_day_has_one_instant(zone):
    """Against an oracle that only reads clocks: shown times get their first instant, others move forward."""
    for change in changes(zone) or [date(2026, 6, 1)]:
        shown = walls(zone, change)
        for day in (change + timedelta(days=n) for n in (-1, 0, 1)):
            for hour in range(24):
                wall = datetime.combine(day, time(hour, 30))
                at = local_instant(day, hour, 30, zone)
                if wall in shown:
                    assert at == shown[wall]
                else:
                    moved = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - wall
                    assert timedelta() < moved <= timedelta(hours=2)  # two in Antarctica/Troll


@pytest.mark.parametrize("hour", range(24) if SOAK else (0, 2, 23))
def test_each_local_day_of_seven_years_has_one_slot(hour):
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    for zone in ZONES if SOAK else ZONES[::6]:
        rule = Rule(Cadence.DAILY, EVERY_DAY, hour, 0, zone)
        slots = list(slots_between(rule, START - timedelta(days=2), END + timedelta(days=2)))
        assert [slot.on for slot in slots if FIRST <= slot.on <= LAST] == days
        assert all(a.at < b.at for a, b in pairwise(slots))


@given(zones, st.integers(0, 23), st.integers(0, 59), st.integers(1, 7))
def test_each_local_week_and_month_has_one_slot(zone, hour, minute, day):
    for cadence, periods in ((Cadence.WEEKLY, 7 * 52), (Cadence.MONTHLY, 12 * 7)):
        rule = Rule(cadence, (day,), hour, minute, zone)
        found = Counter(period(cadence, slot.on) for slot in slots_between(rule, START, END))
        assert set(found.values()) == {1}
        assert len(found) >= periods - 2


@given(rules, instants, st.floats(0, 100), st.floats(0, 100))
def test_neighbouring_stretches_of_time_share_their_slots_out(rule, a, first_days, more_days):
    b = a + timedelta(days=first_days)
    c = b + timedelta(days=more_days)
    together = list(slots_between(rule, a, c))
    assert [*slots_between(rule, a, b), *slots_between(rule, b, c)] == together


@given(rules, instants)
def test_the_next_slot_agrees_with_the_slots_between(rule, now):
    after = next_slot(rule, now)
    assert now < after.at
    tick = timedelta(microseconds=1)
    assert list(slots_between(rule, now + tick, after.at)) == []
    assert list(slots_between(rule, now + tick, after.at + tick)) == [after]
    assert next_slot(rule, after.at - tick) == after
