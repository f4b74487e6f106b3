"""The configuration that ships: it is valid, has the promised topics, and says nothing twice."""

from __future__ import annotations

import tomllib
from urllib.parse import urlsplit

import pytest

from digest.config.machine import Security
from digest.config.publication import SilentPolicy
from digest.config.settings import Settings
from digest.config.shipped import shipped
from digest.model.issue import Cadence

FOURTEEN = [
    "Applications", "Companies", "Deep & Reinforcement Learning", "Enterprise", "Ethics & Society", "Industries",
    "Legislation & Government", "Machine Learning", "Privacy", "Research", "Robotics", "Security", "Surveillance",
    "Sponsored Content",
]  # fmt: skip


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings.model_validate(tomllib.loads(shipped("config.toml").read_text(encoding="utf-8")))


def test_it_has_the_fourteen_categories_in_their_order(settings: Settings) -> None:
    assert [category.name for category in settings.categories] == FOURTEEN


def test_only_sponsored_content_cannot_be_chosen(settings: Settings) -> None:
    assert [category.slug for category in settings.categories if not category.choosable] == ["sponsored-content"]


def test_every_category_has_a_line_and_a_dozen_or_more_keywords(settings: Settings) -> None:
    for category in settings.categories:
        assert category.description.endswith(".")
        assert 12 <= len(category.keywords) <= 25, category.slug


def test_no_keyword_stands_in_two_categories_or_says_too_little(settings: Settings) -> None:
    keywords = [keyword for category in settings.categories for keyword in category.keywords]
    assert len(keywords) == len(set(keywords))
    assert "ai" not in keywords
    assert keywords == [keyword.lower().strip() for keyword in keywords]


def test_the_weekly_goes_on_tuesdays_at_seven_in_london_with_every_category(settings: Settings) -> None:
    weekly = settings.newsletter("weekly")
    assert weekly is not None
    assert (weekly.cadence, weekly.days, weekly.hour, weekly.minute) == (Cadence.WEEKLY, (2,), 7, 0)
    assert weekly.timezone == "Europe/London"
    assert len(settings.categories_of(weekly)) == 14
    assert weekly.silent is SilentPolicy.SEND


def test_the_daily_goes_on_weekdays_at_half_past_six(settings: Settings) -> None:
    daily = settings.newsletter("daily")
    assert daily is not None
    assert (daily.cadence, daily.days, daily.hour, daily.minute) == (Cadence.DAILY, (1, 2, 3, 4, 5), 6, 30)
    assert daily.theme == "compact"


def test_readers_of_the_daily_choose_how_often_and_when(settings: Settings) -> None:
    daily = settings.newsletter("daily")
    assert daily is not None
    assert daily.cadences == tuple(Cadence)
    assert daily.days_of(Cadence.WEEKLY) == (5, 1)
    assert daily.reader_time


def test_feeds_are_the_examples_and_each_is_there_once(settings: Settings) -> None:
    urls = [feed.url for feed in settings.feeds]
    assert len(urls) == len(set(urls)) >= 10
    assert {urlsplit(url).netloc for url in urls} == {"localhost:8765", ""}


def test_mail_goes_to_a_relay_on_this_machine_and_secrets_are_not_in_the_file(settings: Settings) -> None:
    assert (settings.smtp.host, settings.smtp.port, settings.smtp.security) == ("localhost", 25, Security.NONE)
    assert settings.smtp.password is None
    assert settings.web.secret_key is None


def test_private_networks_stay_closed_until_somebody_opens_them(settings: Settings) -> None:
    assert settings.gather.allow_networks == ()


def test_there_is_one_sponsor_and_one_event_for_everyone(settings: Settings) -> None:
    assert [len(settings.sponsors), len(settings.events)] == [1, 1]
    assert not settings.sponsors[0].categories and not settings.events[0].categories
