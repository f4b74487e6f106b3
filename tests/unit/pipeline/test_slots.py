"""A newsletter's slots over all its cadences, and windows that touch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from build import NOW, article, at, issue, preferences, slugs
from digest.config.timing import CadenceDays
from digest.model.issue import Cadence, Issue, IssueState
from digest.pipeline.approving import approve_issue
from digest.pipeline.drafting import draft_issue
from digest.pipeline.slots import cadences_due, coming_to, next_slot_of, slot_on, slots_of, windows_of

DAILY, WEEKLY, MONTHLY = Cadence
START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def mixed(make_press):
    """Every day, and Tuesday or Thursday, and the last day of the month."""
    also = {DAILY: CadenceDays(), MONTHLY: CadenceDays(days=(-1,))}
    return make_press(days=(2, 4), also=also, per_category=2, minimum=0)


def test_a_date_on_which_several_cadences_are_due_is_one_slot(mixed):
    newsletter = mixed.newsletter("weekly")
    slots = slots_of(newsletter, START, START + timedelta(days=30))
    assert [slot.on.day for slot in slots] == list(range(1, 31))
    assert cadences_due(newsletter, date(2026, 11, 23)) == (DAILY,)
    assert cadences_due(newsletter, date(2026, 11, 24)) == (DAILY, WEEKLY)
    assert cadences_due(newsletter, date(2026, 11, 30)) == (DAILY, MONTHLY)
    assert next_slot_of(newsletter, NOW).on == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("chosen", "day"),
    [
        ({"cadence": DAILY}, 24), ({"cadence": WEEKLY}, 24), ({"cadence": WEEKLY, "day": 4}, 26),
        ({"cadence": MONTHLY}, 30), ({"cadence": MONTHLY, "cadences": (("security", WEEKLY),), "day": 4}, 26),
    ],
    ids=["daily", "weekly on the usual day", "weekly on another", "monthly", "monthly but for one topic"],
)  # fmt: skip
def test_what_comes_next_for_a_reader_is_what_they_chose(mixed, chosen, day):
    wanted = preferences("privacy", "security", **chosen)
    assert coming_to(mixed.newsletter("weekly"), wanted, "Europe/London", NOW)[0].on == date(2026, 11, day)


def coming(newsletter, now=NOW, zone="Europe/London", **chosen):
    """What comes, by day of the month."""
    days = coming_to(newsletter, preferences("privacy", "security", **chosen), zone, now)
    return {day.on.day: sorted(day.categories) for day in days}


def test_what_comes_says_which_topics_are_due_on_each_day(mixed):
    security = (*slugs("security"), DAILY)
    assert coming(mixed.newsletter("weekly"), cadence=WEEKLY, day=4, cadences=(security,)) == {
        24: ["security"], 25: ["security"], 26: ["privacy", "security"],
    }  # fmt: skip


def test_nothing_comes_in_a_pause_and_at_its_end_what_is_due_then(mixed):
    newsletter = mixed.newsletter("weekly")
    assert list(coming(newsletter, cadence=DAILY, paused_until=date(2026, 11, 28))) == [28, 29, 30]
    assert list(coming(newsletter, cadence=WEEKLY, paused_until=date(2026, 12, 24))) == [29, 5, 12]


def test_what_comes_today_comes_at_the_readers_own_hour(make_press):
    newsletter = make_press(cadence="daily", reader_time=True).newsletter("weekly")
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert list(coming(newsletter, noon, "America/New_York", cadence=DAILY, hour=9)) == [24, 25, 26]
    assert list(coming(newsletter, noon, "Europe/London", cadence=DAILY, hour=9)) == [25, 26, 27]


def test_a_cadence_that_is_offered_no_longer_counts_as_the_newsletters(make_press):
    assert list(coming(make_press(cadence="weekly").newsletter("weekly"), cadence=MONTHLY)) == [24, 1, 8]


def test_holidays_of_a_country_have_no_slot(make_press):
    newsletter = make_press(cadence="daily", holidays="DE-BY").newsletter("weekly")
    slots = slots_of(newsletter, datetime(2026, 12, 20, tzinfo=UTC), datetime(2027, 1, 8, tzinfo=UTC))
    gone = {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1), date(2027, 1, 6)}
    assert {slot.on for slot in slots} == {date(2026, 12, 20) + timedelta(days=n) for n in range(19)} - gone


def test_windows_of_one_cadence_and_weekday_touch(mixed):
    newsletter = mixed.newsletter("weekly")
    built = []
    for slot in slots_of(newsletter, START, START + timedelta(days=75)):
        windows = windows_of(newsletter, slot, built[::-1], slot.at - timedelta(hours=1))
        built.append(issue(slot=slot.on, send_at=slot.at, windows=windows, window=windows[0][1], state=IssueState.SENT))
    by_class = {}
    for one in built:
        for cadence, window in one.windows:
            day = one.slot.isoweekday() if cadence is WEEKLY else 0
            by_class.setdefault((cadence, day), []).append(window)
    assert set(by_class) == {(DAILY, 0), (WEEKLY, 2), (WEEKLY, 4), (MONTHLY, 0)}
    for windows in by_class.values():
        assert all(earlier.end == later.start for earlier, later in pairwise(windows))


def test_what_the_daily_told_is_still_news_for_the_weekly_and_in_the_issue_once(mixed):
    newsletter = mixed.newsletter("weekly")
    titles = {-100: "A robot folds towels in a hotel laundry", -30: "Robot surgeon stitches a patient in Lisbon",
              -2: "Warehouse orders forty walking robots from Norway"}  # fmt: skip
    for hours, title in titles.items():
        when = {"gathered_at": at(hours), "published_at": at(hours)}
        mixed.store.articles.save([article(300 + hours, title=title, description=f"{title}.", text="", **when)])
    monday = draft_issue(mixed, newsletter, slot_on(newsletter, date(2026, 11, 23)), at(-24))
    approve_issue(mixed, monday, "ed", at(-24))
    tuesday = draft_issue(mixed, newsletter, slot_on(newsletter, date(2026, 11, 24)), NOW)
    assert titles_of(monday) == [titles[-30], titles[-100]]
    assert titles_of(tuesday) == [titles[-2], titles[-30]]
    (section,) = tuesday.content.sections
    assert section.most == 2
    daily, weekly = dict(tuesday.windows)[DAILY], dict(tuesday.windows)[WEEKLY]
    assert daily.start == monday.window.end
    assert weekly.end - weekly.start == timedelta(days=32)  # the look-back: no weekly issue before
    new = [item.title for item in tuesday.content.stories if item.gathered_at >= daily.start]
    assert new == [titles[-2]]


def titles_of(of: Issue) -> list[str]:
    return [item.title for item in of.content.stories]
