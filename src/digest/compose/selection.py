"""Takes an issue's content and a reader's categories; gives which stories they are told, and where. Knows no bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Event, IssueContent, Section, Sponsor


@dataclass(frozen=True, slots=True)
class Selection:
    """What an edition tells: the lead, and the sections without it."""

    lead: tuple[CategorySlug, StoryId] | None
    sections: tuple[tuple[CategorySlug, tuple[StoryId, ...]], ...]
    left_out: int

    def stories(self) -> tuple[StoryId, ...]:
        """In the order in which they are told."""
        lead = (self.lead[1],) if self.lead else ()
        return lead + tuple(chain.from_iterable(stories for _, stories in self.sections))

    def by_category(self, chosen: frozenset[CategorySlug]) -> dict[StoryId, CategorySlug]:
        """The stories of the chosen categories, each with the one it is told under; what is for everyone is not."""
        lead = {self.lead[1]: self.lead[0]} if self.lead else {}
        return lead | {story: c for c, stories in self.sections if c in chosen for story in stories}


def select(
    content: IssueContent, chosen: frozenset[CategorySlug], for_everyone: frozenset[CategorySlug], with_lead: bool
) -> Selection:
    """The stories of an edition before any budget: each once, the best one as lead when there is a lead block."""
    mine = [section for section in content.sections if section.category in chosen | for_everyone]
    sections = list(_each_once(mine))
    left_out = sum(section.left_out for section in mine)
    place = {story: category for category, stories in sections if category in chosen for story in stories}
    lead = next((item.story for item in content.stories if item.story in place), None) if with_lead else None
    if lead is None:
        return Selection(None, tuple(sections), left_out)
    rest = tuple((category, tuple(s for s in stories if s != lead)) for category, stories in sections)
    return Selection((place[lead], lead), tuple(section for section in rest if section[1]), left_out)


def _each_once(sections: Sequence[Section]) -> Iterator[tuple[CategorySlug, tuple[StoryId, ...]]]:
    seen: set[StoryId] = set()
    for section in sections:
        stories = tuple(story for story in section.stories if story not in seen)
        seen.update(stories)
        if stories:
            yield section.category, stories


def promotions(content: IssueContent, chosen: frozenset[CategorySlug]) -> list[Sponsor | Event]:
    """The promotions for a reader of these categories, by place; sponsors before events at the same place."""
    every: tuple[Sponsor | Event, ...] = content.sponsors + content.events
    mine = [p for p in every if not p.categories or chosen & set(p.categories)]
    return sorted(mine, key=lambda promotion: promotion.after)
