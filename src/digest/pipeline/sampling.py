"""What a reader of some topics would have had last week: for whoever thinks of signing up. Records nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model.ids import CategorySlug, NewsletterSlug
from digest.model.issue import Issue, IssueState, StoryItem
from digest.pipeline.press import Press

_TOLD = frozenset({IssueState.SENDING, IssueState.SENT})
_WEEK = timedelta(days=7)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """Stories, best first, and how many more there were."""

    stories: tuple[tuple[CategorySlug, StoryItem], ...]
    more: int = 0
    any_issue: bool = True
    """Whether the newsletter has told anything yet."""


def sample(press: Press, newsletter: NewsletterSlug, chosen: Collection[str], now: datetime) -> Sample:
    """Stories of the chosen topics in the issues of the last week, or in the latest one where that was empty."""
    told = [issue for issue in press.store.issues.all(newsletter, limit=10) if issue.state in _TOLD]
    recent = [issue for issue in told if issue.send_at > now - _WEEK] or told[:1]
    found = {story.story: (category, story) for issue in recent for category, story in _of(issue, chosen)}
    stories = tuple(found.values())
    return Sample(stories[:_SHOWN], max(0, len(stories) - _SHOWN), bool(told))


def _of(issue: Issue, chosen: Collection[str]) -> list[tuple[CategorySlug, StoryItem]]:
    places = {story: section.category for section in reversed(issue.content.sections) for story in section.stories
              if section.category in chosen}  # fmt: skip
    return [(places[item.story], item) for item in issue.content.stories if item.story in places]
