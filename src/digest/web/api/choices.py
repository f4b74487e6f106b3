"""What programs say of a reader's choices, as the text fields that forms and CSV files have too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field

from digest.model.issue import Cadence
from digest.model.people import Subscription
from digest.subscribe.preferences import FIELDS
from digest.web.api.newsletters import SLUG
from digest.web.api.paging import Shape

SlugText: TypeAlias = Annotated[str, Field(pattern=SLUG, max_length=100)]


class ChoicesIn(Shape):
    """What a reader chooses. What is left out stays as it is; null takes the newsletter's own."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cadence": "weekly", "cadences": {"security": "daily"}, "day": 1}]}
    )

    categories: list[SlugText] | None = Field(default=None, min_length=1, max_length=200)
    """Slugs; the newsletter's own are all that can be chosen."""
    cadence: Cadence | None = None
    """Of every category that has none of its own."""
    cadences: dict[SlugText, Cadence] | None = Field(default=None, max_length=200)
    """Categories with a cadence of their own."""
    more: list[SlugText] | None = Field(default=None, max_length=200)
    """Categories of which the reader wants more."""
    day: Annotated[int, Field(ge=1, le=7)] | None = None
    """ISO weekday, of those of the newsletter."""
    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    """Local hour, where the newsletter comes at the reader's own time."""
    paused_until: date | None = None
    """The day on which it comes again."""

    def fields(self) -> dict[str, str]:
        """Those that were said."""
        return {name: _text(getattr(self, name)) for name in self.model_fields_set & set(FIELDS)}


def _text(value: object) -> str:
    """As forms and files write it."""
    match value:
        case None:
            return ""
        case list():
            return ";".join(value)
        case dict():
            return ";".join(f"{category}={cadence}" for category, cadence in value.items())
    return str(value)


class ChoicesOut(Shape):
    """What a reader has chosen."""

    categories: list[str]
    cadence: Cadence
    cadences: dict[str, Cadence]
    more: list[str]
    day: int | None
    """null: the newsletter's."""
    hour: int | None
    """null: the newsletter's."""
    paused_until: date | None


class SubscriptionOut(Shape):
    """A reader's subscription to a newsletter."""

    subscriber: int
    newsletter: str
    since: datetime
    confirmed_at: datetime | None
    """null: a mail has asked them, and they have not answered yet."""
    left_at: datetime | None
    """When they left; null: they have not."""
    choices: ChoicesOut


def subscription_out(of: Subscription) -> SubscriptionOut:
    """As programs get it."""
    has = of.preferences
    choices = ChoicesOut(
        categories=sorted(has.categories),
        cadence=has.cadence,
        cadences=dict(has.cadences),
        more=sorted(has.more),
        day=has.day,
        hour=has.hour,
        paused_until=has.paused_until,
    )
    return SubscriptionOut(
        subscriber=of.subscriber,
        newsletter=of.newsletter,
        since=of.since,
        confirmed_at=of.confirmed_at,
        left_at=of.left_at,
        choices=choices,
    )
