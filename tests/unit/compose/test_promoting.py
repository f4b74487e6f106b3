"""A promotion is in the issues of its time, its newsletters and its cap, and in no others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from build import content, event, issue, sponsor
from digest.compose.promoting import promotions_due, times_shown
from digest.config.publication import EventSettings, NewsletterSettings, SenderSettings, SponsorSettings
from digest.config.settings import Settings
from digest.model.ids import NewsletterSlug

SLOT = date(2026, 11, 24)


def due(slot=SLOT, newsletter="weekly", shown=(), **fields):
    words = {"title": "A word", "text": "Of ours.", "url": "https://acme.example.com/"}
    paid = SponsorSettings(**({"key": "acme", "name": "Acme"} | words | fields))
    fair = EventSettings(key="fair", starts_on=date(2027, 4, 1), place="Bristol", **words)
    sender = SenderSettings(name="The Weekly", address="weekly@example.org")
    newsletters = tuple(NewsletterSettings(slug=slug, name=slug, sender=sender) for slug in ("weekly", "daily"))
    settings = Settings(newsletters=newsletters, sponsors=(paid,), events=(fair,))
    sponsors, events = promotions_due(settings, NewsletterSlug(newsletter), slot, times_shown(shown))
    assert [e.key for e in events] == ["fair"]
    return [s.key for s in sponsors]


def test_without_limits_it_is_always_due():
    assert due() == ["acme"]


@pytest.mark.parametrize(("days", "expected"), [(-1, []), (0, ["acme"]), (7, ["acme"]), (8, [])])
def test_it_runs_from_its_first_day_to_its_last(days, expected):
    assert due(SLOT + timedelta(days=days), from_on=SLOT, until_on=SLOT + timedelta(days=7)) == expected


def test_it_runs_in_its_newsletters_only():
    assert due(newsletters=("daily",)) == []
    assert due(newsletter="daily", newsletters=("daily",)) == ["acme"]


def test_after_its_cap_of_issues_it_is_used_up():
    told = [issue(slot=SLOT - timedelta(days=7 * n), content=content(sponsors=(sponsor(),))) for n in (1, 2)]
    assert due(shown=told, cap=3) == ["acme"]
    assert due(shown=told, cap=2) == []


def test_an_event_of_the_same_key_does_not_use_it_up():
    told = [issue(content=content(events=(event("acme"),)))]
    assert due(shown=told, cap=1) == ["acme"]
