"""An issue on its way and afterwards, for whoever watches: what went wrong and what to do, and what came of it.

Counts by edition, story and category, never by reader. Changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from digest.model.clicks import ClickTarget
from digest.model.delivery import DeliveryState
from digest.model.figures import Fate
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Issue
from digest.pipeline.advising import advice
from digest.pipeline.clicking import clicks_by_category, clicks_by_story
from digest.pipeline.press import Press
from digest.pipeline.reporting import DeliveryLine, lines_as_written
from digest.subscribe.addresses import without_addresses

LEFT_WITHIN = timedelta(days=7)
"""Whoever leaves a newsletter so soon after a mail, and before its next one, is counted with that mail."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that failed or is in doubt, and what there is to do about it."""

    line: DeliveryLine
    address: str
    """Empty when the reader was erased, or is not to be named."""
    advice: str


def troubles(press: Press, issue: Issue, state: DeliveryState, limit: int, *, named: bool) -> Iterator[Trouble]:
    """The first of those that failed, or are or were in doubt, by subscriber. `named`: with their addresses."""
    policy = press.newsletter_of(issue).uncertain
    for line in islice(lines_for(press, issue, state, named=named), limit):
        reader = press.store.readers.get(line.subscriber) if named else None
        address = reader.email if reader else ""
        yield Trouble(line, address, advice(line, address, policy))


def lines_for(press: Press, issue: Issue, state: DeliveryState, *, named: bool) -> Iterator[DeliveryLine]:
    """Those deliveries as they were last written; unless `named`, what a server said of them names nobody."""
    for line in lines_as_written(press, issue, state):
        yield line if named else replace(line, reply=without_addresses(line.reply))


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What came of an issue."""

    whole: Fate
    stories: Mapping[StoryId, Fate]
    """Of the readers whose mail told it; in issue order, those that nobody got too."""
    categories: Mapping[CategorySlug, Fate]
    """Of the readers whose mail drew from it, or told a story of one that is for everyone; the same."""
    left_until: datetime
    """Who left later is not counted."""
    clicked: tuple[tuple[ClickTarget, int], ...] = ()
    """The counted links, the most followed first; none where the issue counts none."""


def aftermath(press: Press, issue: Issue) -> Aftermath:
    """Adds up what became of each edition."""
    until = left_until(press, issue)
    fates = {one.edition: one.fate for one in press.store.figures.fates(issue.id, issue.newsletter, until)}
    stories: defaultdict[StoryId, Fate] = defaultdict(Fate, {item.story: Fate() for item in issue.content.ever_told})
    categories: defaultdict[CategorySlug, Fate] = defaultdict(Fate)
    categories.update({section.category: Fate() for section in issue.content.sections})
    given = {category.key for category in press.categories_in(issue) if not category.choosable}
    everyones = {s.category: frozenset(s.stories) for s in issue.content.sections if s.category in given}
    for edition, told, drawn in press.store.ledger.contents(issue.id):
        if edition not in fates:
            continue
        for story in told:
            stories[story] += fates[edition]
        unasked = {category for category, own in everyones.items() if not own.isdisjoint(told)}
        for category in categories.keys() & unasked.union(drawn) if told else ():
            categories[category] += fates[edition]
    clicked = sorted(press.store.clicks.of(issue.id), key=lambda one: -one[1])
    return Aftermath(sum(fates.values(), Fate()), stories, categories, until, tuple(clicked))


def left_until(press: Press, issue: Issue) -> datetime:
    """Until when a reader who leaves is counted with this issue: a week, or until the newsletter's next one went."""
    began = issue.frozen_at or issue.send_at
    later = [
        one.frozen_at for one in press.store.issues.all(issue.newsletter) if one.frozen_at and one.slot > issue.slot
    ]
    return min([(issue.finished_at or began) + LEFT_WITHIN, *later])


Row = tuple[str, str, Fate, int]
"""What is counted: its id, its name for people, what became of its readers, and how often its links were followed."""


def story_rows(issue: Issue, after: Aftermath) -> tuple[Row, ...]:
    """By story, in the issue's order; one that was pulled since is called by its id."""
    titles = {item.story: item.title for item in issue.content.ever_told}
    clicks = clicks_by_story(after.clicked)
    return tuple((story, titles.get(story, story), fate, clicks[story]) for story, fate in after.stories.items())


def category_rows(press: Press, after: Aftermath) -> tuple[Row, ...]:
    """By category, in the issue's order."""
    names = {category.slug: category.name for category in press.settings.categories}
    clicks = clicks_by_category(after.clicked)
    return tuple((slug, names.get(slug, slug), fate, clicks[slug]) for slug, fate in after.categories.items())
