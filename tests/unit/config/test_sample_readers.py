"""The sample readers that ship: twenty-five people and seven personas, all made up and all valid."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from email_validator import validate_email

from digest.config.settings import Settings
from digest.config.shipped import shipped

COLUMNS = ["email", "name", "country", "timezone", "language", "newsletter", "categories", "cadence", "cadences", "day",
           "hour"]  # fmt: skip
PERSONAS = {"all", "few", "one-category", "no-name", "long-name", "right-to-left", "brand-new"}
DOMAINS = ("@example.com", "@example.org", "@example.net")


@pytest.fixture(scope="module")
def choosable() -> set[str]:
    settings = Settings.model_validate(tomllib.loads(shipped("config.toml").read_text(encoding="utf-8")))
    return {category.slug for category in settings.categories if category.choosable}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with shipped("subscribers/example.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        assert reader.fieldnames == COLUMNS
        return list(reader)


@pytest.fixture(scope="module")
def personas() -> dict[str, dict[str, Any]]:
    return tomllib.loads(shipped("subscribers/personas.toml").read_text(encoding="utf-8"))


def test_there_are_twenty_five_readers_of_the_weekly_with_addresses_of_nobody(rows: list[dict[str, str]]) -> None:
    weekly = [row for row in rows if row["newsletter"] == "weekly"]
    assert len({row["email"] for row in rows}) == len(weekly) == 25
    assert {row["cadence"] for row in weekly} == {"weekly"}
    for row in rows:
        assert row["email"].endswith(DOMAINS)
        assert validate_email(row["email"], check_deliverability=False).normalized == row["email"]


def test_some_have_the_daily_too_in_every_rhythm_and_single_topics_in_another(rows: list[dict[str, str]]) -> None:
    daily = [row for row in rows if row["newsletter"] == "daily"]
    assert {row["cadence"] for row in daily} == {"daily", "weekly", "monthly"}
    assert {row["cadences"] for row in daily} > {"", "security=daily;surveillance=daily"}
    assert len({row["hour"] for row in daily}) > 2


def test_countries_zones_and_languages_exist(rows: list[dict[str, str]]) -> None:
    territories = Locale("en").territories
    for row in rows:
        assert row["country"] in territories
        assert ZoneInfo(row["timezone"])
        assert Locale.parse(row["language"], sep="-")
    assert len({row["country"] for row in rows}) >= 20


def test_categories_are_choosable_and_some_readers_share_an_edition(
    rows: list[dict[str, str]], choosable: set[str]
) -> None:
    chosen = [frozenset(row["categories"].split(";")) for row in rows if row["newsletter"] == "weekly"]
    assert set().union(*chosen) == choosable
    counts = Counter(chosen)
    assert counts[frozenset(choosable)] == 3
    assert min(map(len, chosen)) == 1
    assert 10 <= len(counts) < len(chosen)


def test_names_try_what_names_can_be(rows: list[dict[str, str]]) -> None:
    names = [row["name"] for row in rows]
    assert "" in names
    assert any("'" in name for name in names)
    assert any("," in name for name in names)
    assert max(map(len, names)) > 80
    assert any("\u0600" <= name[:1] <= "\u06ff" for name in names)


def test_every_persona_is_complete_and_chooses_what_can_be_chosen(
    personas: dict[str, dict[str, Any]], choosable: set[str]
) -> None:
    assert set(personas) == PERSONAS
    for persona in personas.values():
        assert set(persona) == {"name", "email", "language", "country", "timezone", "categories"}
        assert ZoneInfo(persona["timezone"])
        assert persona["categories"]
        assert set(persona["categories"]) <= choosable
    assert set(personas["all"]["categories"]) == choosable
