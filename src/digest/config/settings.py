"""The whole configuration as one frozen typed model. Reads nothing: `config.load` does that.

Every field's description appears in `digest config schema` and in docs/reference/configuration.md.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import model_validator

from digest.config.machine import (
    CurateSettings,
    DatabaseSettings,
    GatherSettings,
    ScheduleSettings,
    SiteSettings,
    SmtpSettings,
    SummariseSettings,
    WebSettings,
)
from digest.config.model import Model
from digest.config.publication import (
    CategorySettings,
    EventSettings,
    FeedSettings,
    NewsletterSettings,
    SponsorSettings,
)


class Settings(Model):
    """The whole configuration."""

    site: SiteSettings = SiteSettings()
    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    smtp: SmtpSettings = SmtpSettings()
    gather: GatherSettings = GatherSettings()
    curate: CurateSettings = CurateSettings()
    summarise: SummariseSettings = SummariseSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    templates: Path | None = None
    """Folder whose files override single shipped templates, relative to the configuration file."""
    personas: Path | None = None
    """TOML file of made-up readers that previews offer; the shipped ones when empty."""
    categories: tuple[CategorySettings, ...] = ()
    feeds: tuple[FeedSettings, ...] = ()
    newsletters: tuple[NewsletterSettings, ...] = ()
    sponsors: tuple[SponsorSettings, ...] = ()
    events: tuple[EventSettings, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> Settings:
        known = {category.slug for category in self.categories}
        named = [("feeds", f.url, f.categories) for f in self.feeds]
        named += [("newsletters", n.slug, n.categories) for n in self.newsletters]
        named += [("sponsors", p.key, p.categories) for p in self.sponsors]
        named += [("events", p.key, p.categories) for p in self.events]
        for table, name, slugs in named:
            for slug in slugs:
                if slug not in known:
                    raise ValueError(f"[[{table}]] {name}: category {slug!r} is not defined in [[categories]]")
        return self

    def newsletter(self, slug: str) -> NewsletterSettings | None:
        """The newsletter of that slug, if there is one."""
        return next((n for n in self.newsletters if n.slug == slug), None)

    def categories_of(self, newsletter: NewsletterSettings) -> tuple[CategorySettings, ...]:
        """The newsletter's categories in its own order."""
        if not newsletter.categories:
            return self.categories
        by_slug = {category.slug: category for category in self.categories}
        return tuple(by_slug[slug] for slug in newsletter.categories)
