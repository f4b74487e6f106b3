"""A site on disk with an approved issue and any number of readers, of whom no two get the same edition.

Readers choose 11 of 20 categories, each a set of its own, and each category has stories enough that an edition is a
mail of 110 KB. The database is SQLite as it is always opened: WAL and synchronous=FULL.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import issues

from digest.app import App, build
from digest.config.load import load
from digest.config.publication import CategorySettings
from digest.model.ids import CategorySlug, NewsletterSlug
from digest.model.issue import Issue, Section
from digest.model.people import ConsentEvent, ConsentKind, Preferences, SubscriberDraft
from digest.pipeline.approving import approve_issue

TOPICS, CHOSEN, STORIES_EACH = 20, 11, 2
WEEKLY = NewsletterSlug("weekly")
NOW = issues.SENT
CATEGORIES = tuple(
    CategorySettings(slug=f"topic-{n:02}", name=f"Topic {n}", description="News.") for n in range(TOPICS)
)
_CONFIG = """
[site]
name = "Example Press"
url = "https://press.example.com"
postal_address = "1 Example Quay, Bristol"
[web]
port = {web_port}
public_url = "https://press.example.com"
secret_key = "{key}"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = 8
[deliver]
processes = {processes}
[[newsletters]]
slug = "weekly"
name = "Example Weekly"
theme = "editorial"
sender = {{ name = "Example Weekly", address = "weekly@press.example.com" }}
"""
_TOPIC = """
[[categories]]
slug = "{slug}"
name = "{name}"
description = "News."
"""
_DKIM = """
[[dkim.keys]]
domain = "press.example.com"
selector = "s2026"
key_file = "dkim.pem"
"""


def write_config(folder: Path, port: int, *, signed: bool = False, web_port: int = 0, processes: int = 1) -> Path:
    """config.toml for a mail server on that port; signed: with the RSA key in dkim.pem."""
    topics = "".join(
        f'[[categories]]\nslug = "{c.slug}"\nname = "{c.name}"\ndescription = "News."\n' for c in CATEGORIES
    )
    path = folder / "config.toml"
    text = _CONFIG.format(port=port, web_port=web_port, key="k" * 32, processes=processes) + topics
    text += _DKIM if signed else ""
    path.write_text(text, encoding="utf-8")
    return path


def opened(config: Path) -> App:
    """The site, with its clock at the issue's time of sending."""
    return build(load(config, {}, {}), lambda: datetime.now(UTC))


def filled(app: App, readers: int) -> Issue:
    """Imports the readers and approves the issue."""
    event = ConsentEvent(ConsentKind.IMPORTED, NOW, "bench")
    rows = (
        (SubscriberDraft(f"reader{number}@example.com", f"Reader {number}"), WEEKLY, Preferences(chosen))
        for number, chosen in zip(range(readers), choices(), strict=False)
    )
    app.press.store.readers.import_(rows, event)
    draft = the_issue()
    app.press.store.issues.create(draft, NOW)
    return approve_issue(app.press, draft, "bench", NOW)


def choices() -> Iterator[frozenset[CategorySlug]]:
    """Sets of categories, each another, in random order: 167,960 of them."""
    every = list(combinations([category.key for category in CATEGORIES], CHOSEN))
    random.Random(1).shuffle(every)
    return map(frozenset, every)


def the_issue() -> Issue:
    """The draft."""
    plain = issues.issue(TOPICS * STORIES_EACH)
    keys = [category.key for category in CATEGORIES]
    items = tuple(replace(item, categories=(keys[n % TOPICS],)) for n, item in enumerate(plain.content.stories))
    sections = tuple(Section(key, tuple(i.story for i in items if i.categories[0] == key)) for key in keys)
    return replace(plain, content=replace(plain.content, stories=items, sections=sections))
