"""The blocks of an issue's superset: every block that any edition could use, in order. Renders nothing.

The keys are the contract with compose, which lists them in editions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from digest.config.publication import CategorySettings
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import IssueContent, StoryItem
from digest.render.introduction import paragraphs


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its key, its template's name, and the variables of its own."""

    key: str
    template: str
    variables: Mapping[str, object] = field(default_factory=dict)


class _Told(NamedTuple):
    """A story under one of its categories."""

    story: StoryItem
    category: CategorySettings

    @property
    def name(self) -> str:
        return f"{self.story.story}:{self.category.slug}"


def superset(content: IssueContent, categories: Sequence[CategorySettings], language: str = "en") -> tuple[Block, ...]:
    """All blocks between head and tail. A section of an unknown category is called by its slug."""
    return tuple(_superset(content, _in_issue_order(content, categories), categories, language))


def _superset(
    content: IssueContent, told_in: Sequence[CategorySettings], categories: Sequence[CategorySettings], language: str
) -> Iterator[Block]:
    yield Block("preheader", "preheader")
    yield Block("header", "header")
    yield Block("intro", "intro")
    if content.intro:
        yield Block("intro:own", "intro-own", {"own": paragraphs(content.intro.text, language)})
    yield Block("contents", "contents")
    yield from (Block(f"contents:{c.slug}", "contents-row", {"category": c}) for c in told_in)
    told = _told(content, told_in)
    for one in told:  # any may lead: to some reader all better ones were told before, or are of no interest
        if one.category.choosable:
            yield Block(f"lead:{one.name}", "lead", {"story": one.story, "category": one.category})
    for category in told_in:
        yield Block(f"heading:{category.slug}", "heading", {"category": category})
        for one in told:
            if one.category is category:
                yield Block(f"teaser:{one.name}", "teaser", {"story": one.story, "category": category})
    yield from (Block(f"sponsor:{sponsor.key}", "sponsor", {"sponsor": sponsor}) for sponsor in content.sponsors)
    yield from (Block(f"event:{event.key}", "event", {"event": event}) for event in content.events)
    yield Block("view-all", "view-all", {"some_left": False})
    yield Block("view-all:more", "view-all", {"some_left": True})
    yield Block("stay-informed", "stay-informed")
    yield Block("explore-more", "explore-more")
    yield from (Block(f"explore:{c.slug}", "explore-row", {"category": c}) for c in categories if c.choosable)
    yield Block("footer", "footer")


def _in_issue_order(content: IssueContent, categories: Sequence[CategorySettings]) -> list[CategorySettings]:
    known = {category.slug: category for category in categories}
    slugs = dict.fromkeys(section.category for section in content.sections)
    return [known.get(slug) or CategorySettings(slug=slug, name=slug) for slug in slugs]


def _told(content: IssueContent, told_in: Sequence[CategorySettings]) -> list[_Told]:
    items: dict[StoryId, StoryItem] = {item.story: item for item in content.stories}
    named: dict[CategorySlug, CategorySettings] = {category.key: category for category in told_in}
    return [_Told(items[story], named[section.category]) for section in content.sections for story in section.stories]
