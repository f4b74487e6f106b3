"""When a newsletter is due: a rule and a stretch of time in, slots out, for any IANA time zone. Pure.

Every local period (day, ISO week's weekday, month's day) has exactly one slot. An hour that the clocks skip moves
forward by what they skip; an hour that they repeat counts once, the first time (PEP 495, fold 0). A whole day that
a zone skips has no daily slot; a weekly or monthly slot of that day keeps its date and moves forward too.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from digest.model.issue import Cadence

_SEARCH_DAYS = 800
"""How far next and previous slots are looked for: a year of skipped dates is no reason to give up."""
_ANY_OFFSET = timedelta(days=2)
"""More than a local date can be away from UTC's, a skipped day included."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a newsletter comes, in its own time zone."""

    cadence: Cadence
    days: tuple[int, ...]
    """Daily and weekly: ISO weekdays, 1 Monday to 7 Sunday. Monthly: days of the month, -1 the last; a month
    without that day has its slot on its last one.
    """
    hour: int
    minute: int = 0
    zone: str = "UTC"
    """IANA name."""
    weekdays: tuple[tuple[int, int], ...] = ()
    """Monthly: (1, 2) the first Tuesday, (-1, 5) the last Friday; a month without a fifth has it on its last."""
    skip: frozenset[date] = frozenset()
    """Local dates on which it does not come."""
    starts_on: date | None = None
    """First local date on which it may come."""
    ends_on: date | None = None
    """Last local date on which it may come."""
    holidays: str = ""
    """A country, "DE", or a part of one, "DE-BY", on whose public holidays it does not come."""

    def is_due(self, day: date) -> bool:
        """Whether it comes on that local date."""
        return _is_due(self, day)


@dataclass(frozen=True, slots=True)
class Slot:
    """A local date on which a newsletter is due, and the instant."""

    on: date
    at: datetime
    """Aware UTC."""


def local_instant(day: date, hour: int, minute: int, zone: str) -> datetime:
    """The instant (aware UTC) of a local wall-clock time: a skipped one moves forward, of a repeated one the first."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


def local_day(at: datetime, zone: str) -> date:
    """The local calendar date of an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def slots_between(rule: Rule, start: datetime, end: datetime) -> Iterator[Slot]:
    """Slots with start <= at < end, in order."""
    return (slot for slot in _slots(rule, start, end) if start <= slot.at < end)


def slots_of_any(rules: Sequence[Rule], start: datetime, end: datetime) -> list[Slot]:
    """The slots of several rules of one hour and zone, in order, each date once."""
    return sorted({slot for rule in rules for slot in slots_between(rule, start, end)}, key=lambda slot: slot.at)


def next_slot(rule: Rule, after: datetime) -> Slot | None:
    """The first slot with at > after; None when there is none for two years."""
    later = _slots(rule, after, after + timedelta(days=_SEARCH_DAYS))
    return next((slot for slot in later if slot.at > after), None)


def period(cadence: Cadence, day: date) -> str:
    """The local period that a date belongs to: "2026-11-24", "2026-W48" (ISO 8601), "2026-11"."""
    if cadence is Cadence.DAILY:
        return day.isoformat()
    if cadence is Cadence.WEEKLY:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day:%Y-%m}"


def _slots(rule: Rule, first: datetime, last: datetime) -> Iterator[Slot]:
    """Slots of every local date that could lie between the instants, in order."""
    begin = first.date() - _ANY_OFFSET
    length = last - first + 2 * _ANY_OFFSET
    days = (begin + timedelta(days=passed) for passed in range(length.days + 2))
    return (Slot(day, local_instant(day, rule.hour, rule.minute, rule.zone)) for day in days if _is_due(rule, day))


def _is_due(rule: Rule, day: date) -> bool:
    if day in rule.skip or day < (rule.starts_on or date.min) or day > (rule.ends_on or date.max):
        return False
    if rule.holidays and _is_holiday(day, rule.holidays):
        return False
    if rule.cadence is Cadence.MONTHLY:
        return day.day in _days_of_month(rule, day)
    return day.isoweekday() in rule.days and not (rule.cadence is Cadence.DAILY and _is_skipped(day, rule.zone))


def _is_holiday(day: date, place: str) -> bool:
    return day in _holidays(place, day.year)


@cache
def _holidays(place: str, year: int) -> frozenset[date]:
    """The public holidays of a year."""
    from holidays import country_holidays  # noqa: PLC0415  # it costs a tenth of a second, only when used

    country, _, part = place.partition("-")
    return frozenset(country_holidays(country, subdiv=part or None, years=year))


def _is_skipped(day: date, zone: str) -> bool:
    """Whether the zone's calendar leaves the whole day out, as Pacific/Apia did on 30 December 2011."""
    return local_day(local_instant(day, 0, 0, zone), zone) != day


def _days_of_month(rule: Rule, month: date) -> set[int]:
    first_weekday, length = monthrange(month.year, month.month)
    plain = {max(1, length + 1 + number) if number < 0 else min(number, length) for number in rule.days}
    return plain | {_nth(number, weekday, first_weekday + 1, length) for number, weekday in rule.weekdays}


def _nth(number: int, weekday: int, first_weekday: int, length: int) -> int:
    """The day of the month of its nth weekday, the last one where it has fewer, or from the end if negative."""
    days = range(1 + (weekday - first_weekday) % 7, length + 1, 7)
    return days[min(number, len(days)) - 1] if number > 0 else days[max(number, -len(days))]
