"""Whose hour has come: takes where an issue's readers are and the waves frozen so far; gives the next wave. Pure.

Without `reader_time` everybody is one wave, at the issue's own time. With it the readers of one time zone and hour
are due at one instant, on the slot's date. A wave takes everybody whose hour has come and who has no delivery yet, so
that whoever moved is not missed; when no hour is left a last one looks for those who moved to a place whose
hour had passed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfoNotFoundError

from digest.calendar import local_instant
from digest.config.publication import NewsletterSettings
from digest.model.delivery import Wave
from digest.model.issue import Issue
from digest.ports.readers import Place


@dataclass(frozen=True, slots=True)
class Due:
    """A wave to freeze."""

    at: datetime
    places: Collection[Place] | None = None
    """Where its readers are; None: everywhere."""


def hour_at(newsletter: NewsletterSettings, day: date, place: Place) -> datetime:
    """The instant at which readers there are due on that local date; a zone that nobody knows is the newsletter's."""
    hour = newsletter.hour if place.hour is None else place.hour
    try:
        return local_instant(day, hour, newsletter.minute, place.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return local_instant(day, hour, newsletter.minute, newsletter.timezone)


def first_hour(newsletter: NewsletterSettings, day: date, places: Iterable[Place]) -> datetime | None:
    """The earliest of them; None where there are no readers."""
    return min((hour_at(newsletter, day, place) for place in places), default=None)


def due_wave(
    newsletter: NewsletterSettings, issue: Issue, places: Collection[Place], waves: Sequence[Wave], now: datetime
) -> Due | None:
    """The wave that is due now and not frozen; None: there is none."""
    if not newsletter.reader_time:
        return None if waves else Due(issue.send_at)
    hours = {place: hour_at(newsletter, issue.slot, place) for place in places}
    reached = [at for at in hours.values() if at <= now] or [issue.send_at] * (not places and issue.send_at <= now)
    last = waves[-1].due_at if waves else None
    if not reached or (last and max(reached) <= last):
        return None
    return Due(max(reached), [place for place, at in hours.items() if at <= now])


def next_hour(
    newsletter: NewsletterSettings, issue: Issue, places: Collection[Place], now: datetime
) -> datetime | None:
    """When the next wave is due; None: nobody's hour is still to come."""
    if not newsletter.reader_time:
        return None
    return min((at for place in places if (at := hour_at(newsletter, issue.slot, place)) > now), default=None)
