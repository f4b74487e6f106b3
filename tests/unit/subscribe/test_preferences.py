"""Choices as text: what a newsletter can keep is kept, anything else is refused by field with what there is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from build import preferences
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.config.settings import Settings
from digest.config.timing import CadenceDays
from digest.model.issue import Cadence
from digest.subscribe.preferences import WishError, read_preferences


def settings(**fields: Any) -> Settings:
    topics = [CategorySettings(slug=slug, name=slug) for slug in ("privacy", "security")]
    sender = SenderSettings(name="The Weekly", address="weekly@example.org")
    defaults = {"also": {Cadence.DAILY: CadenceDays()}, "days": (2, 5), "reader_time": True}
    newsletter = NewsletterSettings(slug="weekly", name="Weekly", sender=sender, **(defaults | fields))
    return Settings(categories=tuple(topics), newsletters=(newsletter,))


def read(said: dict[str, str], of: Settings):
    return read_preferences(said, of.newsletters[0], of)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, {}),
        ({"day": "5"}, {"day": 5}),
        ({"day": " Friday"}, {"day": 5}),
        ({"hour": "0"}, {"hour": 0}),
        ({"hour": "21:00"}, {"hour": 21}),
        ({"paused_until": "2027-01-31"}, {"paused_until": date(2027, 1, 31)}),
        ({"cadence": "Daily", "cadences": "security=weekly"}, {
            "cadence": Cadence.DAILY, "cadences": (("security", Cadence.WEEKLY),)}),
        ({"cadences": "security = daily; privacy=weekly"}, {"cadences": (("security", Cadence.DAILY),)}),
        ({"more": "privacy"}, {"more": frozenset(["privacy"])}),
    ],
)  # fmt: skip
def test_what_the_newsletter_offers_is_kept(said: dict[str, str], kept: dict[str, Any]):
    assert read(said, settings()) == preferences(**kept)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"day": "1"}, "day: '1' cannot be chosen; choose of: 2 (Tuesday), 5 (Friday)"),
        ({"day": "someday"}, "day: 'someday' cannot be chosen; choose of: 2 (Tuesday), 5 (Friday)"),
        ({"hour": "24"}, "hour: '24' is no hour; write one from 0 to 23"),
        ({"hour": "\u0663"}, "hour: '\u0663' is no hour; write one from 0 to 23"),
        ({"paused_until": "soon"}, "paused_until: 'soon' is no date; write one like 2027-01-31"),
        ({"cadence": "monthly"}, "cadence: 'monthly' cannot be chosen; choose of: daily, weekly"),
        ({"cadences": "security"}, "cadences: 'security' is no pair; write one like security=daily"),
        ({"cadences": "security:daily"}, "cadences: 'security:daily' is no pair; write one like security=daily"),
        ({"cadences": "security="}, "cadences: '' cannot be chosen; choose of: daily, weekly"),
        ({"categories": "privacy", "cadences": "security=daily"},
         "cadences: 'security' is none of the reader's categories; the categories are: privacy"),
        ({"categories": "privacy", "more": "security"},
         "more: 'security' is none of the reader's categories; the categories are: privacy"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_there_is(said: dict[str, str], says: str):
    with pytest.raises(WishError) as refused:
        read(said, settings())
    assert str(refused.value) == says


def test_a_day_or_an_hour_that_nobody_can_choose_says_so():
    daily = settings(cadence=Cadence.DAILY, also={}, days=(1,), reader_time=False)
    with pytest.raises(WishError, match="leave it empty: the newsletter does not come weekly"):
        read({"day": "1"}, daily)
    with pytest.raises(WishError, match="comes to everybody at the same time; leave it empty"):
        read({"hour": "7"}, daily)
