"""Rows in, rows out: what the commands for stories and categories read and write."""

from __future__ import annotations

import tomllib

import pytest

from digest.curate.filters import categories_in, category_rows, slug, story_rows

ROWS = [
    {"id": 3, "title": "Quillon postpones flotation - Courier", "published": "Tue, 24 Nov 2026 07:00:00 +0000"},
    {"id": "1", "title": "Quillon postpones flotation", "url": "http://[bad", "published": "2026-11-24T06:00:00Z"},
    {"id": "2", "title": "Cake", "summary": None, "published": "yesterday"},
    {},
]
PLAIN = """
[[categories]]
name = "Ethics & Society"
description = "What it does to us."
keywords = ["bias"]
[[categories]]
slug = "robots"
name = "Robotics"
"""


def test_stories_come_out_in_the_order_of_the_rows_whatever_is_missing() -> None:
    assert story_rows(ROWS) == [
        {"id": "3", "story": "1"}, {"id": "1", "story": "1"}, {"id": "2", "story": "2"}, {"id": "", "story": ""},
    ]  # fmt: skip


def test_categories_come_out_with_scores() -> None:
    rows = [{"id": 1, "title": "Bias in hiring"}, {"id": 2, "title": "Cake"}]
    assert category_rows(rows, categories_in(tomllib.loads(PLAIN))) == [
        {"id": "1", "categories": [["ethics-society", 0.5]], "abstained": False},
        {"id": "2", "categories": [], "abstained": True},
    ]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        (PLAIN, ["ethics-society", "robots"]),
        ('[privacy]\nname = "Privacy"\n[robotics]\nkeywords = ["robot"]', ["privacy", "robotics"]),
        ('[categories.privacy]\nname = "Privacy"', ["privacy"]),
        ('[[category]]\nname = "Privacy"\nweight = 3', ["privacy"]),
        ("", []),
    ],
)
def test_categories_are_read_from_any_plain_layout(text: str, slugs: list[str]) -> None:
    assert [category.slug for category in categories_in(tomllib.loads(text))] == slugs


def test_slugs_are_plain() -> None:
    assert slug("Deep & Reinforcement Learning") == "deep-reinforcement-learning"
