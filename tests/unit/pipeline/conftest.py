"""A press over an empty store on SQLite: two newsletters' worth of settings, no network, no pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from build import NOW, feed_source
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.config.settings import Settings
from digest.links import Links
from digest.pipeline.press import Press
from digest.render.templates import Templates
from digest.store.store import SqlStore

TEMPLATES = Templates()
CATEGORIES = (
    CategorySettings(slug="privacy", name="Privacy", keywords=("personal data",)),
    CategorySettings(slug="robotics", name="Robotics", keywords=("robot",)),
    CategorySettings(slug="sponsored-content", name="Sponsored Content", choosable=False),
)
MakePress = Callable[..., Press]


def newsletter(**fields: Any) -> NewsletterSettings:
    sender = SenderSettings(name="The Weekly", address="weekly@example.org")
    return NewsletterSettings(**({"slug": "weekly", "name": "The Weekly", "sender": sender, "hour": 12} | fields))


@pytest.fixture
def make_press(sqlite_store: SqlStore) -> MakePress:
    """A press whose newsletter has these fields."""
    sqlite_store.feeds.sync([feed_source("https://a.example/")], NOW)

    def make(**fields: Any) -> Press:
        settings = Settings(categories=CATEGORIES, newsletters=(newsletter(**fields),))
        links = Links("https://press.example", ("k" * 32,))
        return Press(settings, sqlite_store, TEMPLATES, links, "k" * 32)

    return make
