"""A small newsletter with every kind of block, compiled and assembled: what tests of rendered mail start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import build
from digest.config.machine import SiteSettings
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.model.edition import CompiledIssue
from digest.model.issue import AlsoIn, Issue, IssueContent, StoryItem
from digest.model.wire import decode, fill
from digest.render.assemble import assemble
from digest.render.compile import Superset, compile_issue, superset_of
from digest.render.templates import Templates

TEMPLATES = Templates()
THEMES = ("editorial", "compact", "card")
SITE = SiteSettings(
    name="Example Press", url="https://press.example.com", postal_address="1 Example Quay, Bristol, United Kingdom"
)
CATEGORIES = tuple(
    CategorySettings(slug=slug, name=name, description=f"All about {name.lower()}.")
    for slug, name in (("privacy", "Privacy"), ("security", "Security & Safety"), ("robotics", "Robotics"))
)
PERSONAL = {
    "unsubscribe_url": "https://press.example.com/r/unsubscribe/token.1&2",
    "preferences_url": "https://press.example.com/r/preferences/token.1",
    "view_url": "https://press.example.com/r/view/token.1",
}
VALUES = {
    "subject": "Regulator <stops> \"it\"; the hand that sews & mends",
    "title": "Regulator <stops> \"it\"; the hand that sews & mends",
    "preheader": "Then robots ask for help",
    "intro": "Four stories from 3 of your topics, 2 minutes to read. " * 2 + "It is long enough to need a second line.",
    "count": "4",
    "topics": "3",
    "minutes": "2",
    "more": "7",
    "count:privacy": "2",
    "count:security": "2",
    "count:robotics": "1",
}  # fmt: skip


def newsletter(**fields: Any) -> NewsletterSettings:
    """A weekly with the editorial theme unless said otherwise."""
    sender = SenderSettings(name="Weekly", address="weekly@press.example.com")
    return NewsletterSettings(**({"slug": "weekly", "name": "The Example Weekly", "sender": sender} | fields))


def stories() -> tuple[StoryItem, ...]:
    """Four stories: with a picture, in two categories, told elsewhere too, and without any of that."""
    return (
        build.story_item(1, title="Regulator tells hospitals to stop", picture=build.picture("one"), minutes=6),
        build.story_item(2, title='The "patch" that broke it', categories=build.slugs("privacy", "security")),
        build.story_item(3, categories=build.slugs("security"), also=(AlsoIn("Other", "https://other.example/3"),)),
        build.story_item(4, title="The hand that sews", categories=build.slugs("robotics"), picture=build.picture()),
    )


def content(*items: StoryItem, **fields: Any) -> IssueContent:
    """An issue's content with a sponsor and an event."""
    promoted = {"sponsors": (build.sponsor(picture=build.picture("acme")),), "events": (build.event(),)}
    return build.content(*(items or stories()), **(promoted | fields))


def issue(*items: StoryItem, **fields: Any) -> Issue:
    """A draft of these stories."""
    return build.issue(content=content(*items, **fields))


def compiled(of: Issue | None = None, templates: Templates | None = None, **fields: Any) -> CompiledIssue:
    """The issue's fragments; `fields` are the newsletter's."""
    if of is None and templates is None:
        return _usual(tuple(fields.items()))
    return compile_issue(of or issue(), newsletter(**fields), CATEGORIES, SITE, templates or TEMPLATES)


@cache
def _usual(fields: tuple[tuple[str, Any], ...]) -> CompiledIssue:
    return compile_issue(issue(), newsletter(**dict(fields)), CATEGORIES, SITE, TEMPLATES)


def superset(of: Issue | None = None, **fields: Any) -> Superset:
    """What a direct render starts from."""
    return superset_of(of or issue(), newsletter(**fields), CATEGORIES, SITE, TEMPLATES)


def read(whole: CompiledIssue, keys: Iterable[str] = (), values: Mapping[str, str] | None = None) -> tuple[str, str]:
    """HTML and text of these fragments (of all, when none is named), as a reader's client decodes them."""
    edition = build.edition(keys=tuple(keys) or tuple(whole.fragments), values=tuple((values or VALUES).items()))
    return assemble(whole, edition, PERSONAL)


def html_of(whole: CompiledIssue, key: str) -> str:
    """One fragment's HTML."""
    return decode(b"".join(fill(whole.fragments[key].html, VALUES | PERSONAL)))


def text_of(whole: CompiledIssue, key: str) -> str:
    """One fragment's text."""
    return decode(b"".join(fill(whole.fragments[key].text, VALUES | PERSONAL)))


def many(number: int, **fields: Any) -> Issue:
    """An issue of so many stories of usual length, each with a picture, over six categories."""
    names = [category.slug for category in CATEGORIES] + ["research", "companies", "industries"]
    item = build.story_item
    told = [
        replace(
            item(at, title="Parliament votes to label synthetic voices on the telephone from July", **fields),
            teaser=build.teaser("From July, a machine that calls you must say so in its first sentence. " * 3),
            picture=build.picture(f"{at:032x}"),
            url=f"https://news.example.com/2026/11/24/parliament-votes-to-label-voices-{at}",
            categories=build.slugs(names[at % len(names)]),
        )
        for at in range(number)
    ]
    return issue(*told)
