"""What the archive of a newsletter shows: its issues, and their stories by topic and by words. Records nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from digest.model.ids import CategorySlug, IssueId, NewsletterSlug
from digest.model.issue import Issue, IssueState, StoryItem
from digest.pipeline.press import Press

PUBLIC = frozenset({IssueState.SENDING, IssueState.SENT})
"""States of issues that anybody may read."""
PAGE = 20
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
    known = paged(press.store.issues.versions(newsletter, PUBLIC), page)
    shown = press.store.issues.all(newsletter, PAGE, PUBLIC, skip=(known.number - 1) * PAGE)
    return Page(shown, known.number, known.pages, known.found)


class Stories:
    """The stories of public issues, each issue read once in each of its versions, for any number of threads."""

    def __init__(self) -> None:
        self._told: dict[tuple[IssueId, int], tuple[Told, ...]] = {}

    def of(
        self, press: Press, newsletter: NewsletterSlug, topic: str = "", words: str = "", page: int = 1
    ) -> Page[Told]:
        """The latest first, each once: of a topic, and with all of these words."""
        wanted = words.casefold().split()
        found = [
            one for one in sorted(self._latest(press, newsletter), key=_at, reverse=True)
            if (not topic or topic in one.categories) and all(word in _words(one.story) for word in wanted)
        ]  # fmt: skip
        return paged(found, page)

    def _latest(self, press: Press, newsletter: NewsletterSlug) -> Collection[Told]:
        """As the latest issue told each."""
        issues = press.store.issues.versions(newsletter, PUBLIC)[:_SEARCHED]
        told = {one.story.story: one for issue in reversed(issues) for one in self._of_issue(press, *issue)}
        return told.values()

    def _of_issue(self, press: Press, identity: IssueId, version: int) -> tuple[Told, ...]:
        told = self._told.get((identity, version))
        if told is None:
            issue = press.store.issues.get(identity)
            for old in [known for known in list(self._told) if known[0] == identity]:
                self._told.pop(old, None)
            told = self._told[identity, version] = tuple(_told(issue)) if issue else ()
        return told


def paged(items: Sequence[_Item], number: int) -> Page[_Item]:
    """The page of that number; the last one for a number beyond it."""
    pages = max(1, -(-len(items) // PAGE))
    number = min(max(1, number), pages)
    return Page(items[(number - 1) * PAGE : number * PAGE], number, pages, len(items))


def _at(told: Told) -> tuple[date, float]:
    return told.slot, told.story.score


def _told(issue: Issue) -> Iterator[Told]:
    places: dict[str, list[CategorySlug]] = {}
    for section in issue.content.sections:
        for story in section.stories:
            places.setdefault(story, []).append(section.category)
    for item in issue.content.stories:
        yield Told(item, tuple(places.get(item.story, ())), issue.slot)


def _words(story: StoryItem) -> str:
    return f"{story.title} {story.teaser.text} {story.outlet}".casefold()
