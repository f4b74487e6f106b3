"""Which stories an issue tells: takes ranked stories and quotas, gives sections and a verdict on every story.

Every category first gets its best story, then its second, and so on, so that the quota of the whole issue never
starves a reader who chose one category. Within a category an outlet counts less each time it was chosen already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.config.publication import NewsletterSettings
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Section
from digest.model.stories import Reason, Story

_AGAIN = 0.8
"""What a story is worth beside each story of the same outlet that is in already."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, best first and by section, and why each story is in or out."""

    stories: tuple[Story, ...]
    sections: tuple[Section, ...]
    reasons: Mapping[StoryId, tuple[Reason, ...]]


@dataclass(slots=True)
class _Picking:
    """Which stories are in, as it is being decided."""

    newsletter: NewsletterSettings
    sections: dict[CategorySlug, list[Story]]
    chosen: dict[StoryId, Story] = field(default_factory=dict)
    outlets: Counter[str] = field(default_factory=Counter)
    thin: set[CategorySlug] = field(default_factory=set)
    """Categories that had too few stories for a section."""

    def fits(self, story: Story) -> bool:
        """Whether the issue has room for it; one that is in already takes no more room."""
        return story.id in self.chosen or not self.refusal(story)

    def refusal(self, story: Story) -> Reason | None:
        """Why the issue as a whole has no room for it."""
        if self.outlets[story.lead.outlet] >= self.newsletter.per_source:
            return Reason("quota-source", f"{self.newsletter.per_source} stories of {story.lead.outlet} are in")
        if len(self.chosen) >= self.newsletter.max_stories:
            return Reason("quota-issue", f"{self.newsletter.max_stories} stories are in")
        return None

    def worth(self, story: Story) -> float:
        """Its score, less for each story of its outlet that is in."""
        return story.score * _AGAIN ** (0 if story.id in self.chosen else self.outlets[story.lead.outlet])

    def take(self, story: Story, category: CategorySlug) -> None:
        """Puts it into the section."""
        if story.id not in self.chosen:
            self.outlets[story.lead.outlet] += 1
        self.chosen[story.id] = story
        self.sections[category].append(story)

    def drop_thin_sections(self) -> None:
        """Empties the sections with fewer stories than the newsletter's minimum for one."""
        for category, stories in self.sections.items():
            if 0 < len(stories) < self.newsletter.section_minimum:
                self.sections[category] = []
                self.thin.add(category)
        left = {story.id for stories in self.sections.values() for story in stories}
        self.chosen = {story: told for story, told in self.chosen.items() if story in left}


def choose(ranked: Sequence[Story], newsletter: NewsletterSettings, categories: Sequence[CategorySlug]) -> Choice:
    """Chooses among ranked stories that may be told. `categories` are the newsletter's, in the order of its issue."""
    waiting = {category: [story for story in ranked if category in story.categories] for category in categories}
    picking = _Picking(newsletter, {category: [] for category in categories})
    for _ in range(newsletter.per_category):
        for category in categories:
            _take_best(waiting[category], category, picking)
    picking.drop_thin_sections()
    return Choice(
        tuple(story for story in ranked if story.id in picking.chosen),
        tuple(_section(category, ranked, picking) for category, told in picking.sections.items() if told),
        {story.id: _reasons(story, picking) for story in ranked},
    )


def _section(category: CategorySlug, ranked: Sequence[Story], picking: _Picking) -> Section:
    asked = [story for story in ranked if category in story.categories]
    told = tuple(story.id for story in asked if story in picking.sections[category])
    return Section(category, told, len(asked) - len(told))


def _take_best(waiting: list[Story], category: CategorySlug, picking: _Picking) -> None:
    best = max((story for story in waiting if picking.fits(story)), key=picking.worth, default=None)
    if best:
        waiting.remove(best)
        picking.take(best, category)


def _reasons(story: Story, picking: _Picking) -> tuple[Reason, ...]:
    if not story.categories:
        return (Reason("no-category", "nothing was sure enough; an editor must say"),)
    asked = [category for category in story.categories if category in picking.sections]
    if not asked:
        return (Reason("other-category", f"not in this newsletter: {', '.join(story.categories)}"),)
    if story.id in picking.chosen:
        sections = [category for category in asked if story in picking.sections[category]]
        return (Reason("in", f"in {', '.join(sections)}"),)
    quota = picking.newsletter.per_category
    full = [category for category in asked if len(picking.sections[category]) >= quota]
    refusal = picking.refusal(story)
    return (
        *(Reason("quota-category", f"{category}: {quota} stories are in") for category in full),
        *(
            Reason("below-minimum", f"too few stories for a section {category}")
            for category in asked
            if category in picking.thin
        ),
        *((refusal,) if refusal else ()),
    )
