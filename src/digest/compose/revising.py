"""Takes an edition that was frozen, and an issue from which a story was pulled since; gives what it says now. Pure.

What the reader drew is read off the edition itself, so that the editions of a million readers are made anew once each:
the categories that it drew from, those that "Explore More" offered, the promotions and the lead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TypeVar

from digest.compose.drawing import Draw
from digest.compose.promoting import name_of
from digest.model.edition import Edition
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Event, IssueContent, Sponsor

_EXPLORE = "explore:"
_Promotion = TypeVar("_Promotion", Sponsor, Event)


def without_story(content: IssueContent, story: StoryId) -> IssueContent:
    """The content that no longer tells the story, and remembers that it did. It may tell it nowhere at all."""
    sections = (replace(one, stories=tuple(s for s in one.stories if s != story)) for one in content.sections)
    kept = tuple(item for item in content.stories if item.story != story)
    pulled = tuple(item for item in content.stories if item.story == story)
    return replace(content, stories=kept, sections=tuple(sections), pulled=content.pulled + pulled)


def told_by(content: IssueContent, frozen: Edition) -> IssueContent:
    """What of the content the edition tells, with its promotions; what did not fit then stays counted."""
    told = frozenset(frozen.stories)
    more = int(dict(frozen.values).get("more", "0"))
    sections = []
    for section in content.sections:
        counts = section.category in frozen.categories
        stories = tuple(story for story in section.stories if story in told)
        sections.append(replace(section, stories=stories, left_out=more if counts else 0, most=0))
        more = 0 if counts else more
    return replace(
        content,
        stories=tuple(item for item in content.stories if item.story in told),
        sections=tuple(sections),
        sponsors=tuple(_shown(content.sponsors, frozen)),
        events=tuple(_shown(content.events, frozen)),
    )


def draw_of(frozen: Edition, choosable: Collection[CategorySlug], explores: bool) -> Draw:
    """What the reader of the edition drew. `explores`: the newsletter offers them what they did not choose."""
    due = frozenset(frozen.categories)
    offered = {key.removeprefix(_EXPLORE) for key in frozen.keys if key.startswith(_EXPLORE)}
    chosen = frozenset(slug for slug in choosable if slug not in offered) if explores else due
    lead = next((key for key in frozen.keys if key.startswith("lead:")), None)
    more = frozenset({CategorySlug(lead.rpartition(":")[2])}) if lead else frozenset()
    return Draw(due, chosen, more=more)


def is_elsewhere(frozen: Edition) -> bool:
    """Whether it tells what its reader did not choose, because nothing of theirs was new."""
    places = {key.rpartition(":")[2] for key in frozen.keys if key.startswith(("teaser:", "lead:"))}
    return bool(places) and places.isdisjoint(frozen.categories)


def _shown(promotions: Collection[_Promotion], frozen: Edition) -> Iterator[_Promotion]:
    return (replace(one, categories=()) for one in promotions if name_of(one) in frozen.keys)
