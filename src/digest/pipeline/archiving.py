"""What the archive of a newsletter shows: its issues, and their stories by topic and by words. Records nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from digest.model.ids import CategorySlug, NewsletterSlug
from digest.model.issue import Issue, IssueState, StoryItem
from digest.pipeline.press import Press

PUBLIC = frozenset({IssueState.SENDING, IssueState.SENT})
"""States of issues that anybody may read."""
PAGE = 20
_MOST_ISSUES = 400
_SEARCHED = 120
"""Issues whose stories are looked through, the latest."""
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """One page of many."""

    items: Sequence[_Item]
    number: int
    """From 1."""
    pages: int
    """At least 1."""
    found: int


@dataclass(frozen=True, slots=True)
class Told:
    """A story, and the issue that told it last."""

    story: StoryItem
    categories: tuple[CategorySlug, ...]
    slot: date


def issues_of(press: Press, newsletter: NewsletterSlug, page: int = 1) -> Page[Issue]:
    """Public issues, the latest first."""
    issues = press.store.issues.all(newsletter, limit=_MOST_ISSUES)
    return paged([issue for issue in issues if issue.state in PUBLIC], page)


def stories_of(press: Press, newsletter: NewsletterSlug, topic: str = "", words: str = "", page: int = 1) -> Page[Told]:
    """Stories of public issues, the latest first, each once: of a topic, and with all of these words."""
    wanted = words.casefold().split()
    issues = press.store.issues.all(newsletter, limit=_SEARCHED)
    told = {one.story.story: one for issue in reversed(issues) if issue.state in PUBLIC for one in _told(issue)}
    found = [
        one for one in sorted(told.values(), key=lambda one: (one.slot, one.story.score), reverse=True)
        if (not topic or topic in one.categories) and all(word in _words(one.story) for word in wanted)
    ]  # fmt: skip
    return paged(found, page)


def paged(items: Sequence[_Item], number: int) -> Page[_Item]:
    """The page of that number; the last one for a number beyond it."""
    pages = max(1, -(-len(items) // PAGE))
    number = min(max(1, number), pages)
    return Page(items[(number - 1) * PAGE : number * PAGE], number, pages, len(items))


def _told(issue: Issue) -> Iterator[Told]:
    places: dict[str, list[CategorySlug]] = {}
    for section in issue.content.sections:
        for story in section.stories:
            places.setdefault(story, []).append(section.category)
    for item in issue.content.stories:
        yield Told(item, tuple(places.get(item.story, ())), issue.slot)


def _words(story: StoryItem) -> str:
    return f"{story.title} {story.teaser.text} {story.outlet}".casefold()
