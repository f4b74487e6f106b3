"""Takes what a reader chose and was sent; gives what they draw from an issue, or that nothing is due. Pure.

Cadence belongs to a category: "Security daily, the rest weekly" draws Security every day, and all of it on the day of
the week. In each period (day, ISO week, month) a category is drawn once at most, on the reader's day or, where that
brought them nothing, on the next day of the newsletter in the same period; so a change of day, hour, time zone or
cadence costs nobody a mail, and gives nobody two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from digest.calendar import period
from digest.config.publication import NewsletterSettings
from digest.model.ids import CategorySlug, IssueId, StoryId
from digest.model.issue import Cadence, Issue
from digest.model.people import Preferences


@dataclass(frozen=True, slots=True)
class Draw:
    """What one reader draws from an issue."""

    categories: frozenset[CategorySlug]
    """Those that are due."""
    chosen: frozenset[CategorySlug]
    """All that the reader chose: the others are what "Explore More" offers."""
    begins: datetime | None = None
    """Stories gathered earlier are not told; None: all of the issue are."""
    since: tuple[tuple[CategorySlug, datetime], ...] = ()
    """Where the window of a category begins that begins elsewhere, by category."""
    shown: frozenset[StoryId] = frozenset()
    """Told to the reader before."""
    more: frozenset[CategorySlug] = frozenset()
    """The lead comes from these first, and a full mail drops them last."""


class Drawing:
    """What readers draw from one issue.

    What a reader was sent is one number: a bit for each story of the issue that an earlier edition told them, and one
    for each category that an earlier issue of the newsletter served. Readers with equal numbers and choices draw
    the same, however different all their mails were.
    """

    def __init__(
        self,
        issue: Issue,
        newsletter: NewsletterSettings,
        choosable: Sequence[CategorySlug],
        past: Sequence[Issue] = (),
    ) -> None:
        """`past`: issues that readers may have been sent, of any newsletter, in any order."""
        self._issue = issue
        self._newsletter = newsletter
        self._choosable = frozenset(choosable)
        self._cadences = frozenset(newsletter.cadences)
        self._days = newsletter.days_of(Cadence.WEEKLY) if Cadence.WEEKLY in newsletter.cadences else ()
        self._earliest = issue.window.end - timedelta(days=newsletter.lookback_days)
        self._gathered = sorted({item.gathered_at for item in issue.content.stories if item.gathered_at})
        self._stories = {item.story: 1 << at for at, item in enumerate(issue.content.stories)}
        self._serving = [one for one in past if one.id != issue.id and self._counts(one)]
        self._categories = tuple(choosable)
        self._places = {one.id: at for at, one in enumerate(self._serving)}
        self._telling = [one for one in past if one.id != issue.id and self._tells(one)]

    @cached_property
    def relevant(self) -> tuple[IssueId, ...]:
        """The past issues that make a difference: who was sent another one is none the wiser."""
        return tuple(dict.fromkeys(one.id for one in (*self._serving, *self._telling)))

    def _tells(self, past: Issue) -> bool:
        return any(item.story in self._stories for item in past.content.ever_told)

    def _counts(self, past: Issue) -> bool:
        """Whether it may have served a period of this slot, or ended a window that reaches into this one."""
        if past.newsletter != self._issue.newsletter:
            return False
        same = any(period(cadence, past.slot) == period(cadence, self._issue.slot) for cadence in Cadence)
        return same or past.window.end > self._earliest

    def bits(self, past: IssueId, stories: Collection[StoryId], categories: Collection[CategorySlug]) -> int:
        """What an edition of a past issue adds to the number of whoever was sent it."""
        shown = sum(self._stories[story] for story in stories if story in self._stories)
        if past not in self._places:
            return shown
        start = len(self._stories) + self._places[past] * len(self._categories)
        return shown + sum(1 << (start + at) for at, slug in enumerate(self._categories) if slug in categories)

    def draw(self, preferences: Preferences, sent: int = 0) -> Draw | None:
        """What the reader draws; None: nothing of theirs is due in this slot."""
        chosen = self._chosen(preferences)
        if not sent and not preferences.cadences:
            return self._all_alike(preferences, chosen)
        served = self._served(sent)
        due = [category for category in chosen if self._is_due(preferences, category, served.get(category, ()))]
        if not due:
            return None
        starts = {category: self._start(preferences, category, served.get(category, ())) for category in due}
        begins = self._first_from(min(starts.values()))
        first = ((category, self._first_from(start)) for category, start in starts.items())
        return Draw(
            categories=frozenset(due),
            chosen=chosen,
            begins=begins,
            since=tuple(sorted((category, start) for category, start in first if start and start != begins)),
            shown=frozenset(story for story, bit in self._stories.items() if bit & sent),
            more=preferences.more & chosen,
        )

    def _chosen(self, preferences: Preferences) -> frozenset[CategorySlug]:
        """The very set of the preferences where it can be: a freeze keeps thousands."""
        mine = preferences.categories
        return mine if mine <= self._choosable else mine & self._choosable

    def _all_alike(self, preferences: Preferences, chosen: frozenset[CategorySlug]) -> Draw | None:
        """What somebody draws who was sent nothing, and for whom all categories have one cadence."""
        one = next(iter(chosen), None)
        if one is None or not self._is_due(preferences, one, ()):
            return None
        begins = self._first_from(self._start(preferences, one, ()))
        return Draw(chosen, chosen, begins, more=preferences.more & chosen)

    def _first_from(self, start: datetime) -> datetime | None:
        """The same as beginning at `start`, and the same for all who are told the same: when the first story of their
        window was gathered. None: that is the first of all.
        """
        place = bisect_left(self._gathered, start)
        if place == len(self._gathered):
            return start if place else None
        return self._gathered[place] if place else None

    def whole(self, preferences: Preferences, sent: int = 0) -> Draw:
        """What the reader would draw if everything were due, as for a preview."""
        chosen = self._chosen(preferences)
        shown = frozenset(story for story, bit in self._stories.items() if bit & sent)
        return Draw(chosen, chosen, shown=shown, more=preferences.more & chosen)

    def _served(self, sent: int) -> Mapping[CategorySlug, Sequence[Issue]]:
        """The issues that served each category."""
        served: dict[CategorySlug, list[Issue]] = {}
        rest = sent >> len(self._stories)
        while rest:
            lowest = rest & -rest
            place, category = divmod(lowest.bit_length() - 1, len(self._categories))
            served.setdefault(self._categories[category], []).append(self._serving[place])
            rest ^= lowest
        return served

    def cadence_of(self, preferences: Preferences, category: CategorySlug) -> Cadence:
        """The category's cadence; the newsletter's own where it no longer has the one that the reader chose."""
        wished = preferences.cadence_of(category) if preferences.cadences else preferences.cadence
        return wished if wished in self._cadences else self._newsletter.cadence

    def _is_due(self, preferences: Preferences, category: CategorySlug, served: Sequence[Issue]) -> bool:
        cadence, slot = self.cadence_of(preferences, category), self._issue.slot
        if self._issue.window_of(cadence) is None:
            return False
        if cadence is Cadence.WEEKLY and self._issue.windows and slot.isoweekday() < self._day(preferences):
            return False
        return all(period(cadence, one.slot) != period(cadence, slot) for one in served)

    def _day(self, preferences: Preferences) -> int:
        """The reader's weekday, if the newsletter comes on it; else its usual one."""
        return preferences.day if preferences.day in self._days else next(iter(self._days), 1)

    def _start(self, preferences: Preferences, category: CategorySlug, served: Sequence[Issue]) -> datetime:
        """Where the reader's last window of the category ended, within the look-back limit."""
        own = self._issue.window_of(self.cadence_of(preferences, category)) or self._issue.window
        ends = [one.window.end for one in served]
        return max(*ends, self._earliest) if ends else own.start
