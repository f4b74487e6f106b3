"""Takes a newsletter's settings; gives its slots, the cadences due in each, and each one's content window. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from digest.calendar import Rule, Slot, local_instant, next_slot, period, slots_of_any
from digest.config.publication import NewsletterSettings
from digest.errors import UsageError
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Cadence, Issue, IssueState, Window
from digest.model.people import Preferences
from digest.pipeline.waves import first_hour
from digest.ports.readers import Place

_AROUND = timedelta(days=3)
"""More than any reader's hour of a date is away from the newsletter's."""
_A_DAY = timedelta(days=1)
_NEXT = 3
"""Days that a reader is told of."""
_LONGEST = {Cadence.DAILY: 4, Cadence.WEEKLY: 8, Cadence.MONTHLY: 32}
"""Days that a cadence besides the newsletter's own looks back at most."""
REMEMBERED = timedelta(days=120)
"""What was told longer ago is forgotten."""
UNTOLD = frozenset({IssueState.SKIPPED, IssueState.MISSED, IssueState.CANCELLED})
"""Issues that told nobody anything: what they held is still news for the next one."""


def rule_of(newsletter: NewsletterSettings, cadence: Cadence) -> Rule:
    """The slots of one of the newsletter's cadences, as the calendar counts them."""
    return Rule(
        cadence, newsletter.days_of(cadence), newsletter.hour, newsletter.minute, newsletter.timezone,
        newsletter.weekdays_of(cadence), frozenset(newsletter.skip), newsletter.starts_on, newsletter.ends_on,
        newsletter.holidays,
    )  # fmt: skip


def rules_of(newsletter: NewsletterSettings) -> tuple[Rule, ...]:
    """One rule for each cadence."""
    return tuple(rule_of(newsletter, cadence) for cadence in newsletter.cadences)


def slots_of(
    newsletter: NewsletterSettings, start: datetime, end: datetime, places: Collection[Place] = ()
) -> list[Slot]:
    """The slots of all cadences with start <= at < end, in order; each date once.

    With `reader_time` a slot is at the first hour at which any of its readers is due, given where they are.
    """
    if not newsletter.reader_time:
        return slots_of_any(rules_of(newsletter), start, end)
    near = slots_of_any(rules_of(newsletter), start - _AROUND, end + _AROUND)
    moved = [Slot(slot.on, first_hour(newsletter, slot.on, places) or slot.at) for slot in near]
    return [slot for slot in moved if start <= slot.at < end]


def has_slot_on(newsletter: NewsletterSettings, day: date) -> bool:
    """Whether the newsletter's rules have a slot on that local date."""
    return any(rule.is_due(day) for rule in rules_of(newsletter))


def days_from(newsletter: NewsletterSettings, day: date, most: int = 3) -> tuple[date, ...]:
    """The dates of the newsletter's next slots from that day (UTC) on; fewer when its rules end."""
    found = {slot.on for rule in rules_of(newsletter) for slot in _upcoming(rule, day, most)}
    return tuple(sorted(found)[:most])


def cadences_due(newsletter: NewsletterSettings, day: date) -> tuple[Cadence, ...]:
    """The cadences due on that local date; all of them on a day that is none of the newsletter's."""
    due = tuple(cadence for cadence in newsletter.cadences if rule_of(newsletter, cadence).is_due(day))
    return due or newsletter.cadences


def next_slot_of(newsletter: NewsletterSettings, now: datetime) -> Slot:
    """The newsletter's next slot by its own time zone. Raises UsageError when its rules have no more."""
    found = [slot for rule in rules_of(newsletter) if (slot := next_slot(rule, now))]
    if not found:
        raise UsageError(f"newsletter {newsletter.slug}", "has no further slot", "name one with --slot DATE")
    return min(found, key=lambda slot: slot.at)


@dataclass(frozen=True, slots=True)
class Coming:
    """A day on which something is due for a reader."""

    on: date
    categories: frozenset[CategorySlug]
    """Those of theirs that are due."""


def coming_to(newsletter: NewsletterSettings, chosen: Preferences, zone: str, now: datetime) -> tuple[Coming, ...]:
    """The next three days on which something is due for a reader in that zone who chose this; none in their pause."""
    first, due = chosen.paused_until or date.min, dict[date, frozenset[CategorySlug]]()
    for cadence, mine in _by_cadence(newsletter, chosen).items():
        for on in _next_days(_own_rule(newsletter, cadence, chosen, zone), now, first):
            due[on] = due.get(on, frozenset()) | mine
    return tuple(Coming(on, due[on]) for on in sorted(due)[:_NEXT])


def _by_cadence(newsletter: NewsletterSettings, chosen: Preferences) -> dict[Cadence, set[CategorySlug]]:
    """What was chosen, by the cadence in which it comes; the newsletter's own for one that it does not have."""
    own, offered, found = dict(chosen.cadences), newsletter.cadences, dict[Cadence, set[CategorySlug]]()
    for category in chosen.categories:
        cadence = own.get(category, chosen.cadence)
        found.setdefault(cadence if cadence in offered else newsletter.cadence, set()).add(category)
    return found


def _own_rule(newsletter: NewsletterSettings, cadence: Cadence, chosen: Preferences, zone: str) -> Rule:
    """The slots of a cadence on the weekday, and, where readers may choose it, at the hour of the reader."""
    rule = rule_of(newsletter, cadence)
    rule = replace(rule, days=_own_days(rule, chosen))
    if not newsletter.reader_time:
        return rule
    hour = newsletter.hour if chosen.hour is None else chosen.hour
    return replace(rule, hour=hour, zone=zone or newsletter.timezone)


def _next_days(rule: Rule, after: datetime, first: date) -> list[date]:
    """The next days from `first` on whose slot is still to come."""
    later = _upcoming(rule, max(after.date(), first - _A_DAY) if first > date.min else after.date(), _NEXT + 3)
    return [slot.on for slot in later if slot.at > after and slot.on >= first][:_NEXT]


@lru_cache(maxsize=2_000)
def _upcoming(rule: Rule, day: date, count: int) -> tuple[Slot, ...]:
    """So many slots from the beginning of a day (UTC) on: many readers have the same."""
    found: list[Slot] = []
    after = datetime.combine(day, time.min, UTC) - timedelta(seconds=1)
    while len(found) < count and (slot := next_slot(rule, after)):
        found.append(slot)
        after = slot.at
    return tuple(found)


def _own_days(rule: Rule, chosen: Preferences) -> tuple[int, ...]:
    """The weekday that the reader chose, or the newsletter's first; other cadences have all their days."""
    if rule.cadence is not Cadence.WEEKLY:
        return rule.days
    return (chosen.day,) if chosen.day in rule.days else rule.days[:1]


def slot_on(newsletter: NewsletterSettings, day: date) -> Slot:
    """The slot of the newsletter on that day, whether or not its rules have one there."""
    return Slot(day, local_instant(day, newsletter.hour, newsletter.minute, newsletter.timezone))


def windows_of(
    newsletter: NewsletterSettings, slot: Slot, earlier: Sequence[Issue], end: datetime
) -> tuple[tuple[Cadence, Window], ...]:
    """The window of each cadence due: from the end of the last issue for the same readers (or the look-back limit).

    `earlier`: issues of the newsletter, newest first. Readers of another weekday have windows of their own.
    """
    windows = []
    for cadence in cadences_due(newsletter, slot.on):
        days = newsletter.lookback_days if cadence is newsletter.cadence else _LONGEST[cadence]
        limit = end - timedelta(days=min(days, newsletter.lookback_days))
        ends = [issue.window.end for issue in _alike(newsletter, cadence, slot, earlier) if issue.state not in UNTOLD]
        windows.append((cadence, Window(min(end, max(limit, ends[0])) if ends else limit, end)))
    return tuple(windows)


def told_to(
    newsletter: NewsletterSettings, cadence: Cadence, slot: Slot, telling: Iterable[Issue]
) -> frozenset[StoryId]:
    """The stories that readers of that cadence were told on the same days before."""
    alike = _alike(newsletter, cadence, slot, telling)
    return frozenset(item.story for issue in alike for item in issue.content.ever_told)


def _alike(newsletter: NewsletterSettings, cadence: Cadence, slot: Slot, earlier: Iterable[Issue]) -> list[Issue]:
    """Earlier issues for the readers whom the slot's issue serves by that cadence."""
    by_day = cadence is Cadence.WEEKLY and len(newsletter.days_of(cadence)) > 1
    return [
        issue
        for issue in earlier
        if issue.slot < slot.on
        and issue.window_of(cadence)
        and (not by_day or issue.slot.isoweekday() == slot.on.isoweekday())
        and (cadence is not Cadence.MONTHLY or period(cadence, issue.slot) != period(cadence, slot.on))
    ]


def has_changers(newsletter: NewsletterSettings) -> bool:
    """Whether a reader can come to an issue from another cadence or weekday, with a window that begins elsewhere."""
    return len(newsletter.cadences) > 1 or (len(newsletter.days_of(newsletter.cadence)) > 1 and (
        newsletter.cadence is Cadence.WEEKLY
    ))  # fmt: skip


def is_premature(issue: Issue, now: datetime) -> bool:
    """Whether it was recorded as missed by a clock that was wrong: its hour is still to come."""
    return issue.state is IssueState.MISSED and issue.send_at > now
