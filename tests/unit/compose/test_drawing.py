"""What a reader draws: each category once in a period, whatever they change, from where their last one ended."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, date, datetime, time, timedelta

import pytest

from build import content, issue, preferences, slugs, story_item
from digest.calendar import period
from digest.compose.drawing import Draw, Drawing
from digest.config.publication import NewsletterSettings, SenderSettings
from digest.config.timing import CadenceDays
from digest.model.issue import Cadence, Issue, Window
from digest.model.people import Preferences
from digest.pipeline.slots import cadences_due

SOAK = os.environ.get("DIGEST_SOAK") == "1"
PRIVACY, SECURITY = slugs("privacy", "security")
MONDAY = date(2026, 11, 2)
BOTH = {"also": {Cadence.DAILY: CadenceDays(), Cadence.MONTHLY: CadenceDays(days=(1,))}, "days": (2, 4)}
DAILY, WEEKLY, MONTHLY = Cadence


def the_newsletter(**fields):
    sender = SenderSettings(name="The Weekly", address="weekly@example.org")
    return NewsletterSettings(**({"slug": "weekly", "name": "The Weekly", "sender": sender} | BOTH | fields))


def slot_issue(settings, day: date, **fields) -> Issue:
    end = datetime.combine(day, time(6), UTC)
    windows = tuple((cadence, Window(end - timedelta(days=8), end)) for cadence in cadences_due(settings, day))
    defaults = {"window": windows[0][1], "windows": windows, "content": content(story_item(day.toordinal()))}
    return issue(slot=day, **(defaults | fields))


class Reader:
    """Goes through the days; every issue that has something due is sent."""

    def __init__(self, settings):
        self.settings, self.past, self.sent = settings, [], {}

    def meet(self, day: date, wishes: Preferences) -> Draw | None:
        today = slot_issue(self.settings, day)
        drawing = Drawing(today, self.settings, slugs("privacy", "security"), self.past)
        number = 0
        for one in self.past:
            if one.id in self.sent and one.id in drawing.relevant:
                number |= drawing.bits(one.id, (), self.sent[one.id])
        draw = drawing.draw(wishes, number)
        self.past.append(today)
        if draw:
            self.sent[today.id] = draw.categories
        return draw

    def days(self) -> list[date]:
        return [one.slot for one in self.past if one.id in self.sent]


def test_security_daily_and_the_rest_weekly_is_one_mail_a_day_with_all_of_it_on_tuesday():
    reader = Reader(the_newsletter())
    wishes = preferences(cadences=((SECURITY, DAILY),), day=2)
    drawn = [reader.meet(MONDAY + timedelta(days=n), wishes).categories for n in range(7)]
    assert drawn == [{SECURITY}, {PRIVACY, SECURITY}, *[{SECURITY}] * 5]


@pytest.mark.parametrize("day", [2, 4, None])
def test_a_weekly_reader_is_served_on_their_own_day_or_the_usual_one(day):
    reader = Reader(the_newsletter())
    for n in range(14):
        reader.meet(MONDAY + timedelta(days=n), preferences(day=day))
    assert [served.isoweekday() for served in reader.days()] == [day or 2] * 2


CHOICES = [
    preferences(day=2), preferences(day=4), preferences(cadence=DAILY), preferences(cadence=MONTHLY),
    preferences(cadences=((SECURITY, DAILY),), day=4), None,
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(CHOICES, 2)))
def test_whenever_a_choice_changes_no_period_has_two_mails_and_none_is_missed(before, after):
    """None is a pause. The points of four weeks, over the end of a month: each third of them, all in the soak."""
    settings, span = the_newsletter(), 35
    for change in range(span) if SOAK else range(6, span - 7, 3):
        reader = Reader(settings)
        for n in range(span):
            wishes = before if n < change else after
            if wishes:
                reader.meet(MONDAY + timedelta(days=n), wishes)
            else:
                reader.past.append(slot_issue(settings, MONDAY + timedelta(days=n)))
        check(reader, before, after, MONDAY + timedelta(days=change), MONDAY + timedelta(days=span))


def check(reader: Reader, before, after, change: date, end: date) -> None:
    for category in (PRIVACY, SECURITY):
        served = [one.slot for one in reader.past if category in reader.sent.get(one.id, ())]
        for wishes, days in ((before, [d for d in served if d < change]), (after, [d for d in served if d >= change])):
            periods = [period(wishes.cadence_of(category), day) for day in days] if wishes else days
            assert len(periods) == len(set(periods))
        if after and after.cadence_of(category) is DAILY:
            assert {change + timedelta(days=n) for n in range((end - change).days)} <= set(served)
        if after and after.cadence_of(category) is WEEKLY:
            weeks = [period(WEEKLY, day) for day in served]
            mondays = [day for n in range((end - change).days - 6) if is_monday(day := change + timedelta(days=n))]
            assert all(weeks.count(period(WEEKLY, monday)) == 1 for monday in mondays)
            left = range(change.isoweekday(), 8)
            if any(day in left for day in (2, 4) if day >= after.day):
                assert period(WEEKLY, change) in weeks  # the week of the change is not missed either


def is_monday(day: date) -> bool:
    return day.isoweekday() == 1


def test_a_window_begins_where_the_last_one_of_that_category_ended_within_the_look_back():
    settings = the_newsletter(lookback_days=8)
    last = slot_issue(settings, MONDAY + timedelta(days=1))
    news = content(
        story_item(1, gathered_at=last.window.end), story_item(2, gathered_at=last.window.end - timedelta(days=1))
    )
    today = slot_issue(settings, MONDAY + timedelta(days=4), content=news)
    drawing = Drawing(today, settings, slugs("privacy", "security"), [last])
    daily = preferences(cadence=DAILY)
    draw = drawing.draw(daily, drawing.bits(last.id, (), (SECURITY,)))
    assert draw.begins is None  # all that there is
    assert draw.since == ((SECURITY, last.window.end),)


def test_after_a_long_pause_it_begins_at_the_limit():
    settings = the_newsletter(lookback_days=8)
    old, day = slot_issue(settings, MONDAY), MONDAY + timedelta(days=29)
    limit = slot_issue(settings, day).window.end - timedelta(days=8)
    times = (limit - timedelta(hours=1), limit, limit + timedelta(days=1))
    today = slot_issue(settings, day, content=content(*(story_item(n, gathered_at=at) for n, at in enumerate(times))))
    drawing = Drawing(today, settings, slugs("privacy"), [old])
    draw = drawing.draw(preferences("privacy"), drawing.bits(old.id, (), (PRIVACY,)))
    assert draw.begins == limit


def test_what_another_newsletter_told_is_known_and_serves_nothing():
    settings = the_newsletter()
    told = story_item(7)
    today = slot_issue(settings, MONDAY + timedelta(days=1), content=content(told, story_item(8)))
    other = issue("other", today.slot, content=content(told, story_item(9)))
    silent = issue("silent", today.slot, content=content(story_item(10)))
    drawing = Drawing(today, settings, slugs("privacy"), [other, silent])
    assert drawing.relevant == (other.id,)
    draw = drawing.draw(preferences("privacy"), drawing.bits(other.id, (told.story, "unknown"), (PRIVACY,)))
    assert (draw.shown, draw.categories) == ({told.story}, {PRIVACY})


def test_a_cadence_that_the_newsletter_no_longer_has_is_its_own():
    settings = the_newsletter(also={})
    drawing = Drawing(slot_issue(settings, MONDAY + timedelta(days=1)), settings, slugs("privacy"))
    assert drawing.draw(preferences("privacy", cadence=MONTHLY)).categories == {PRIVACY}
