"""Takes an issue's content and what a reader draws from it; gives the stories they are told, and where. No bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from digest.compose.drawing import Draw
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Event, IssueContent, Section, Sponsor


@dataclass(frozen=True, slots=True)
class Selection:
    """What an edition tells: the lead, and the sections without it."""

    lead: tuple[CategorySlug, StoryId] | None
    sections: tuple[tuple[CategorySlug, tuple[StoryId, ...]], ...]
    left_out: int
    more: frozenset[CategorySlug] = frozenset()
    """Categories that are shortened last."""

    def stories(self) -> tuple[StoryId, ...]:
        """In the order in which they are told."""
        lead = (self.lead[1],) if self.lead else ()
        return lead + tuple(chain.from_iterable(stories for _, stories in self.sections))

    def by_category(self, chosen: frozenset[CategorySlug]) -> dict[StoryId, CategorySlug]:
        """The stories of the chosen categories, each with the one it is told under; what is for everyone is not."""
        told = {self.lead[1]: self.lead[0]} if self.lead else {}
        for category, stories in self.sections:
            if category in chosen:
                for story in stories:
                    told[story] = category
        return told


def select(content: IssueContent, draw: Draw, for_everyone: frozenset[CategorySlug], with_lead: bool) -> Selection:
    """The stories of an edition before any budget: each once, the best one as lead when there is a lead block.

    The lead is the best story of the categories that the reader wants more of, or else of all.
    """
    wanted = draw.categories | for_everyone
    mine = [section for section in content.sections if section.category in wanted]
    windowed = draw.begins or draw.since
    gathered = {item.story: item.gathered_at for item in content.stories} if windowed else {}
    sections = list(_each_once(mine, draw, gathered))
    left_out = sum(section.left_out for section in mine)
    place = {story: category for category, stories in sections if category in draw.categories for story in stories}
    lead = _lead(content, place, draw.more) if with_lead else None
    if lead is None:
        return Selection(None, tuple(sections), left_out, draw.more)
    home = place[lead]
    rest = [(c, _without(stories, (lead,)) if c == home else stories) for c, stories in sections]
    return Selection((home, lead), tuple([section for section in rest if section[1]]), left_out, draw.more)


def _lead(
    content: IssueContent, place: Mapping[StoryId, CategorySlug], more: frozenset[CategorySlug]
) -> StoryId | None:
    ranked = (item.story for item in content.stories if item.story in place)
    best = next(ranked, None)
    if best is None or not more or place[best] in more:
        return best
    return next((story for story in ranked if place[story] in more), best)


def _each_once(
    sections: Sequence[Section], draw: Draw, gathered: Mapping[StoryId, datetime | None]
) -> Iterator[tuple[CategorySlug, tuple[StoryId, ...]]]:
    seen = set(draw.shown)
    starts = dict(draw.since)
    for section in sections:
        stories = section.stories if seen.isdisjoint(section.stories) else _without(section.stories, seen)
        if gathered:
            start = starts.get(section.category, draw.begins)
            stories = tuple(s for s in stories if _is_new(gathered.get(s), start))
        if section.most:
            stories = stories[: section.most]
        seen.update(stories)
        if stories:
            yield section.category, stories


def _without(stories: Iterable[StoryId], seen: Collection[StoryId]) -> tuple[StoryId, ...]:
    return tuple([story for story in stories if story not in seen])


def _is_new(gathered_at: datetime | None, start: datetime | None) -> bool:
    return gathered_at is None or start is None or gathered_at >= start


def promotions(content: IssueContent, chosen: frozenset[CategorySlug]) -> list[Sponsor | Event]:
    """The promotions for a reader of these categories, by place; sponsors before events at the same place."""
    every: tuple[Sponsor | Event, ...] = content.sponsors + content.events
    mine = [p for p in every if not p.categories or chosen & set(p.categories)]
    return sorted(mine, key=lambda promotion: promotion.after)
