"""A newsletter with five categories and a composer over any content."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from build import issue
from digest.compose.editions import EditionComposer
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.model.issue import IssueContent

NAMES = ("privacy", "security", "robotics", "research", "companies")


def categories() -> tuple[CategorySettings, ...]:
    topics = [CategorySettings(slug=name, name=name.title()) for name in NAMES]
    return (*topics, CategorySettings(slug="sponsored-content", name="Sponsored Content", choosable=False))


def newsletter(**fields: Any) -> NewsletterSettings:
    sender = SenderSettings(name="The Weekly", address="weekly@example.org")
    return NewsletterSettings(**({"slug": "weekly", "name": "The Weekly", "sender": sender} | fields))


def composer_of(content: IssueContent, fragment_bytes: int = 1000, **fields: Any) -> EditionComposer:
    sizes: dict[str, int] = defaultdict(lambda: fragment_bytes)
    return EditionComposer(issue(content=content), newsletter(**fields), categories(), sizes)


@pytest.fixture
def compose():
    return composer_of
