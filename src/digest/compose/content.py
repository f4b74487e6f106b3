"""Takes chosen stories with their teasers and the promotions due; gives an issue's content. Chooses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from digest.model.ids import StoryId
from digest.model.issue import AlsoIn, Event, IssueContent, Section, Sponsor, StoryItem
from digest.model.stories import Story, Teaser


def draft_content(
    stories: Sequence[Story],
    sections: Sequence[Section],
    teasers: Mapping[StoryId, tuple[Teaser, int]],
    promotions: tuple[tuple[Sponsor, ...], tuple[Event, ...]],
    begins: datetime | None = None,
) -> IssueContent:
    """The superset of the issue.

    `stories` in rank order; `teasers` gives each its teaser and the article's reading time in minutes.
    `promotions`: the sponsors and the events that are due. `begins`: where the longest of the issue's windows does;
    a story that is told although it is older is told to everyone.
    """
    told = {story for section in sections for story in section.stories}
    return IssueContent(
        stories=tuple(
            _placed(story_item(story, *teasers[story.id]), story, begins) for story in stories if story.id in told
        ),
        sections=tuple(sections),
        sponsors=promotions[0],
        events=promotions[1],
    )


def _placed(item: StoryItem, story: Story, begins: datetime | None) -> StoryItem:
    newest = max(article.gathered_at for article in (story.lead, *story.others))
    return replace(item, gathered_at=newest) if begins is None or newest >= begins else item


def story_item(story: Story, teaser: Teaser, minutes: int) -> StoryItem:
    """The story as the issue tells it: its lead article speaks, each other outlet is named once, by its first one."""
    lead = story.lead
    also: dict[str, AlsoIn] = {}
    for other in story.others:
        if other.outlet != lead.outlet:
            also.setdefault(other.outlet, AlsoIn(other.outlet, other.url))
    return StoryItem(
        story=story.id,
        article=lead.id,
        title=lead.title,
        url=lead.url,
        outlet=lead.outlet,
        published_at=lead.published_at,
        categories=story.categories,
        teaser=teaser,
        minutes=minutes,
        also=tuple(also.values()),
        picture=lead.picture,
        language=lead.language,
        score=story.score,
        reasons=story.reasons,
    )
