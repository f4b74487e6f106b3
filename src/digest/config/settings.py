"""The whole configuration as one frozen typed model. Reads nothing: `config.load` does that.

Every field's description appears in `digest config schema` and in docs/reference/configuration.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from digest.config.alarms import AlarmSettings
from digest.config.api import ApiSettings
from digest.config.checks import PreflightSettings
from digest.config.machine import (
    CurateSettings,
    DatabaseSettings,
    DeliverSettings,
    GatherSettings,
    ScheduleSettings,
    SiteSettings,
    SmtpSettings,
    SummariseSettings,
    WebSettings,
)
from digest.config.model import MailAddress, Model, Slug
from digest.config.operate import DoctorSettings, LogSettings, MetricsSettings
from digest.config.publication import (
    CategorySettings,
    EventSettings,
    FeedSettings,
    NewsletterSettings,
    PromotionSettings,
    SponsorSettings,
)
from digest.config.queue import QueueSettings
from digest.config.retention import RetentionSettings
from digest.config.returns import DkimSettings, FeedbackSettings
from digest.config.sign_up import SignUpSettings
from digest.config.throttle import ThrottleSettings

_LONGEST_LOCAL = 64
"""Octets of an address before the @ (RFC 5321, section 4.5.3.1.1)."""
_VERP = len("+-2026-11-24.999999999.") + 16
"""Characters that sender.verp adds beside the slug: slot, a reader's number of up to nine digits, 80 keyed bits."""
Place = tuple[str | int, ...]
"""The path to a key: ("feeds", 2, "url")."""


class Settings(Model):
    """The whole configuration."""

    site: SiteSettings = SiteSettings()
    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    sign_up: SignUpSettings = SignUpSettings()
    api: ApiSettings = ApiSettings()
    smtp: SmtpSettings = SmtpSettings()
    dkim: DkimSettings = DkimSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    deliver: DeliverSettings = DeliverSettings()
    throttle: ThrottleSettings = ThrottleSettings()
    gather: GatherSettings = GatherSettings()
    curate: CurateSettings = CurateSettings()
    summarise: SummariseSettings = SummariseSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    queue: QueueSettings = QueueSettings()
    retention: RetentionSettings = RetentionSettings()
    preflight: PreflightSettings = PreflightSettings()
    alarms: AlarmSettings = AlarmSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    doctor: DoctorSettings = DoctorSettings()
    templates: Path | None = None
    """Folder whose files override single shipped templates, relative to the configuration file."""
    test_lists: dict[Slug, tuple[MailAddress, ...]] = Field(default_factory=dict)
    """Addresses under a name, for test mails: `digest send-test ID NAME`, and the desk's Test page."""
    personas: Path | None = None
    """TOML file of made-up readers that previews offer; the shipped ones when empty."""
    categories: tuple[CategorySettings, ...] = ()
    feeds: tuple[FeedSettings, ...] = ()
    newsletters: tuple[NewsletterSettings, ...] = ()
    sponsors: tuple[SponsorSettings, ...] = ()
    events: tuple[EventSettings, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Settings:
        found = [*_duplicates(self), *_unknown_names(self), *_without_room(self)]
        if found:
            text = "; ".join(problem for _, problem in found)
            raise PydanticCustomError("contradiction", "{text}", {"text": text, "found": found})
        return self

    @property
    def senders(self) -> int:
        """Processes that send at once, on all machines."""
        return self.deliver.processes * self.queue.machines

    def newsletter(self, slug: str) -> NewsletterSettings | None:
        """The newsletter of that slug, if there is one."""
        return next((n for n in self.newsletters if n.slug == slug), None)

    def categories_of(self, newsletter: NewsletterSettings) -> tuple[CategorySettings, ...]:
        """The newsletter's categories in its own order."""
        if not newsletter.categories:
            return self.categories
        by_slug = {category.slug: category for category in self.categories}
        return tuple(by_slug[slug] for slug in newsletter.categories)


def _duplicates(settings: Settings) -> Iterator[tuple[Place, str]]:
    """Names that must be unique within their table and are not."""
    names = {
        "categories": ("slug", [category.slug for category in settings.categories]),
        "feeds": ("url", [feed.url for feed in settings.feeds]),
        "newsletters": ("slug", [newsletter.slug for newsletter in settings.newsletters]),
        "sponsors": ("key", [sponsor.key for sponsor in settings.sponsors]),
        "events": ("key", [event.key for event in settings.events]),
    }
    for table, (key, values) in names.items():
        for position, value in enumerate(values):
            if value in values[:position]:
                first = values.index(value) + 1
                yield (table, position, key), f"{value!r} is taken by [[{table}]] no. {first}"


def _unknown_names(settings: Settings) -> Iterator[tuple[Place, str]]:
    """Categories and newsletters that are named and not defined."""
    categories = [category.slug for category in settings.categories]
    newsletters = [newsletter.slug for newsletter in settings.newsletters]
    for position, feed in enumerate(settings.feeds):
        yield from _undefined(("feeds", position, "categories"), feed.categories, categories)
    for position, newsletter in enumerate(settings.newsletters):
        yield from _undefined(("newsletters", position, "categories"), newsletter.categories, categories)
    limited = [limit.newsletter for limit in settings.throttle.newsletters]
    yield from _undefined(("throttle", "newsletters"), limited, newsletters)
    for table, promotions in _promotions(settings):
        for position, promotion in enumerate(promotions):
            yield from _undefined((table, position, "categories"), promotion.categories, categories)
            yield from _undefined((table, position, "newsletters"), promotion.newsletters, newsletters)


def _without_room(settings: Settings) -> Iterator[tuple[Place, str]]:
    """Newsletters with sender.verp whose envelope senders would be too long."""
    room = _LONGEST_LOCAL - _VERP
    for position, newsletter in enumerate(settings.newsletters):
        sender = newsletter.sender
        local = (sender.bounces or sender.address).rpartition("@")[0]
        if sender.verp and len(local.encode()) + len(newsletter.slug) > room:
            shorter = f"shorten {'sender.bounces' if sender.bounces else 'sender.address, or set sender.bounces,'}"
            yield (
                ("newsletters", position, "sender", "verp"),
                f"has no room in the envelope sender of {newsletter.slug!r}: {local!r} and the slug may have {room}"
                f" characters together; {shorter} or the slug",
            )


def _promotions(settings: Settings) -> tuple[tuple[str, Sequence[PromotionSettings]], ...]:
    return ("sponsors", settings.sponsors), ("events", settings.events)


def _undefined(place: Place, named: Sequence[str], defined: Sequence[str]) -> Iterator[tuple[Place, str]]:
    for name in named:
        if name not in defined:
            close = get_close_matches(name, defined, 1)
            remedy = f"; did you mean {close[0]}?" if close else ""
            yield place, f"{name!r} is not defined in [[{place[-1]}]]{remedy}"
