"""Settings of when a newsletter comes: its cadences, days, hour and time zone. Counts no slots; calendar does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import Field, ValidationInfo, field_validator, model_validator

from digest.config.model import Model, TimeZone
from digest.model.issue import Cadence

_USUAL_DAYS = {Cadence.DAILY: (1, 2, 3, 4, 5, 6, 7), Cadence.WEEKLY: (2,), Cadence.MONTHLY: (1,)}
_NTH = frozenset({*range(-5, 0), *range(1, 6)})


def _usual_days(values: Mapping[str, object]) -> tuple[int, ...]:
    if values.get("weekdays"):
        return ()
    return _USUAL_DAYS[Cadence(str(values.get("cadence", Cadence.WEEKLY)))]


def check_days(cadence: Cadence, days: tuple[int, ...]) -> None:
    """Raises ValueError unless the days are different ones that the cadence can have."""
    monthly = cadence is Cadence.MONTHLY
    allowed = {*range(-31, 0), *range(1, 32)} if monthly else set(range(1, 8))
    if not allowed.issuperset(days) or len(set(days)) < len(days):
        kind = "days of the month, 1 to 31 or -1 for the last" if monthly else "weekdays, 1 (Monday) to 7 (Sunday)"
        raise ValueError(f"should be different {kind}, not {list(days)}")


def _has_holidays(place: str) -> bool:
    from holidays import country_holidays  # noqa: PLC0415  # it costs a tenth of a second, only when used

    country, _, part = place.partition("-")
    try:
        country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        return False
    return True


class CadenceDays(Model):
    """The days of a cadence that readers may choose besides the usual one."""

    days: tuple[int, ...] = ()
    """As `days` of the newsletter; the usual ones of the cadence without."""
    weekdays: tuple[tuple[int, int], ...] = ()
    """Monthly, as `weekdays` of the newsletter."""


class TimingSettings(Model):
    """When a newsletter comes."""

    cadence: Cadence = Cadence.WEEKLY
    """daily, weekly or monthly: what a reader has who chooses nothing else."""
    weekdays: tuple[tuple[int, int], ...] = ()
    """Monthly: which weekday of the month, [1, 2] the first Tuesday, [-1, 5] the last Friday."""
    days: tuple[int, ...] = Field(default_factory=_usual_days)
    """Weekly: ISO weekdays, 1 Monday to 7 Sunday, of which a reader may choose one and the first is the usual one;
    Tuesday without. Daily: weekdays it comes on; all without. Monthly: days of the month, -1 is the last; the first
    without."""
    also: dict[Cadence, CadenceDays] = Field(default_factory=dict)
    """Further cadences that readers may choose, each with its days."""
    hour: int = Field(default=7, ge=0, le=23)
    """Local hour at which it is sent."""
    minute: int = Field(default=0, ge=0, le=59)
    """Minute of that hour."""
    timezone: TimeZone = "UTC"
    """Time zone of the slots."""
    reader_time: bool = False
    """true: the hour is that of each reader's own time zone, and readers may choose another."""
    skip: tuple[date, ...] = ()
    """Local dates on which it does not come."""
    holidays: str = Field(default="", pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$")
    """Public holidays on which it does not come: a country, "DE", or a part of one, "DE-BY"; none when empty."""
    starts_on: date | None = None
    """First local date on which it may come."""
    ends_on: date | None = None
    """Last local date on which it may come."""

    @field_validator("days")
    @classmethod
    def _days_exist(cls, days: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        cadence = info.data.get("cadence", Cadence.WEEKLY)
        if not days and not info.data.get("weekdays"):
            check_days(cadence, (0,))
        check_days(cadence, days)
        return days

    @field_validator("weekdays")
    @classmethod
    def _weekdays_exist(cls, weekdays: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        if not all(nth in _NTH and 1 <= weekday <= 7 for nth, weekday in weekdays):
            raise ValueError("should be pairs such as [1, 2], the first Tuesday, or [-1, 5], the last Friday")
        return weekdays

    @field_validator("holidays")
    @classmethod
    def _holidays_known(cls, place: str) -> str:
        if place and not _has_holidays(place):
            raise ValueError(
                "should be a country whose holidays are known, such as DE, or a part of one, such as DE-BY"
            )
        return place

    @model_validator(mode="after")
    def _cadences_differ(self) -> TimingSettings:
        if self.cadence in self.also:
            raise ValueError(f"also.{self.cadence} is the newsletter's own cadence; set days beside cadence")
        for cadence, other in self.also.items():
            check_days(cadence, other.days)
        return self

    @property
    def cadences(self) -> tuple[Cadence, ...]:
        """Those that a reader may choose: daily before weekly before monthly."""
        return tuple(cadence for cadence in Cadence if cadence is self.cadence or cadence in self.also)

    def days_of(self, cadence: Cadence) -> tuple[int, ...]:
        """The days of one of its cadences; of a weekly one the first is for readers who chose none."""
        if cadence is self.cadence:
            return self.days
        other = self.also[cadence]
        return other.days or (() if other.weekdays else _USUAL_DAYS[cadence])

    def weekdays_of(self, cadence: Cadence) -> tuple[tuple[int, int], ...]:
        """The nth weekdays of one of its cadences."""
        return self.weekdays if cadence is self.cadence else self.also[cadence].weekdays
