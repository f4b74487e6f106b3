"""What can be set, as frozen typed models that refuse unknown keys. Reads nothing: `config.load` does that.

Every field's description appears in `digest config schema` and in docs/reference/configuration.md.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from digest.model.feeds import FeedSource, Picture
from digest.model.ids import CategorySlug, NewsletterSlug
from digest.model.issue import Cadence, Event, Sponsor


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone; write one like Europe/Berlin or UTC")
    return name


def _header_safe(value: str) -> str:
    if "=?" in value or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError("goes into a mail header and must hold no control characters and no '=?'")
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]
HeaderText = Annotated[str, AfterValidator(_header_safe)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Model(BaseModel):
    """Frozen, and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SiteSettings(Model):
    """Who publishes."""

    name: HeaderText = "Digest Press"
    """Name of the publication, as readers know it."""
    url: str = "http://localhost:8000"
    """The publication's own site."""
    postal_address: str = ""
    """Where post reaches you; law in many countries asks for it in each mail."""
    logo_url: str = ""
    """Picture at the top of the mail; the name is written when empty."""
    logo_dark_url: str = ""
    """The same for dark backgrounds."""


class DatabaseSettings(Model):
    """Where everything is kept."""

    url: str = "sqlite:///var/digest.sqlite3"
    """SQLAlchemy URL: sqlite:///PATH (relative to the configuration file) or postgresql://USER@HOST/NAME."""


class WebSettings(Model):
    """The web server of `digest run` and `digest preview`."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    public_url: str = "http://localhost:8000"
    """How readers reach this server; every link in a mail begins with it."""
    secret_key: SecretStr | None = None
    """Signs links. `digest init` writes one to a file; every key must have at least 32 characters."""
    secret_key_file: Path | None = None
    """File that holds the secret key, one per line, newest first; old ones still open old links."""


class Security(StrEnum):
    """How a connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class SmtpSettings(Model):
    """The mail server that takes our mail."""

    host: str = "localhost"
    """Name or address of the relay."""
    port: int = Field(default=25, ge=1, le=65535)
    """25 relay, 587 submission with STARTTLS, 465 implicit TLS."""
    security: Security = Security.STARTTLS
    """none, starttls or tls."""
    username: str = ""
    """User for AUTH; empty sends without."""
    password: SecretStr | None = None
    """Password for AUTH; better in password_file or DIGEST__SMTP__PASSWORD_FILE."""
    password_file: Path | None = None
    """File that holds the password."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds to wait for any one answer."""
    verify: bool = True
    """Check the server's certificate. Only a relay on this machine may go without."""


class PicturePolicy(StrEnum):
    """Where story pictures are served from."""

    HOST = "host"
    HOTLINK = "hotlink"
    NONE = "none"


class GatherSettings(Model):
    """How feeds and pages are fetched."""

    user_agent: HeaderText = "DigestPress/0.1 (+https://example.org/bot)"
    """Sent with every request."""
    every_minutes: int = Field(default=30, ge=1)
    """How often a healthy feed is asked."""
    concurrency: int = Field(default=20, ge=1)
    """Requests under way at once."""
    per_host: int = Field(default=2, ge=1)
    """Requests under way at once to one host."""
    connect_timeout: float = Field(default=10.0, gt=0)
    """Seconds to connect."""
    total_timeout: float = Field(default=30.0, gt=0)
    """Seconds for a whole request, redirects included."""
    max_bytes: int = Field(default=10_000_000, ge=1_000)
    """Decoded bytes of one answer."""
    max_redirects: int = Field(default=5, ge=0)
    """Redirects followed before giving up."""
    allow_networks: tuple[str, ...] = ()
    """Private networks that may be fetched from, for example ["127.0.0.0/8"]; none by default."""
    pause_after: int = Field(default=10, ge=1)
    """Failures in a row after which a feed is paused."""
    fetch_pages: bool = True
    """Fetch the article's page where the feed gives only a stub."""
    pictures: PicturePolicy = PicturePolicy.HOST
    """host: copies on this server; hotlink: the publisher's own URL; none: no pictures."""


class CurateSettings(Model):
    """How stories are chosen."""

    max_age_days: int = Field(default=45, ge=1)
    """Older articles are not news, whenever they were gathered."""
    half_life_hours: float = Field(default=48.0, gt=0)
    """After this time an article counts half."""


class SummariseSettings(Model):
    """How teasers are written."""

    max_chars: int = Field(default=220, ge=60, le=600)
    """Longest teaser, in characters."""
    backend: Literal["extract", "openai"] = "extract"
    """extract: sentences of the article. openai: any OpenAI-compatible endpoint, checked against the article."""
    endpoint: str = ""
    """Base URL of the endpoint, for example http://localhost:11434/v1."""
    model: str = ""
    """Name of the model."""
    api_key: SecretStr | None = None
    """Key for the endpoint; better in api_key_file."""
    api_key_file: Path | None = None
    """File that holds the key."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds to wait for one teaser."""


class ScheduleSettings(Model):
    """When the scheduler looks and how far it looks back."""

    tick_seconds: int = Field(default=60, ge=1)
    """How often it looks for something due."""
    catch_up_hours: int = Field(default=24, ge=0)
    """A slot missed by no more than this is still sent; an older one is recorded as missed."""
    lead_minutes: int = Field(default=60, ge=0)
    """The draft is built this long before it is sent, so that an editor can look at it."""


class CategorySettings(Model):
    """A topic that readers can choose."""

    slug: Slug
    """Short name for URLs and files."""
    name: str
    """Name for readers."""
    description: str = ""
    """One line that says what is in it."""
    keywords: tuple[str, ...] = ()
    """Words that mark an article as belonging here."""
    choosable: bool = True
    """false: readers can neither choose nor drop it (sponsored content)."""

    @property
    def key(self) -> CategorySlug:
        """The slug, typed."""
        return CategorySlug(self.slug)


class FeedSettings(Model):
    """A feed to gather from."""

    url: str
    """URL of an RSS, Atom or JSON feed, or the path of a folder of Markdown files."""
    title: str = ""
    """Name of the outlet, for readers; the feed's own when empty."""
    categories: tuple[Slug, ...] = ()
    """Categories of everything in this feed."""
    weight: float = Field(default=1.0, gt=0)
    """How much its stories count in the ranking."""
    language: str = ""
    """BCP 47 tag, when the feed does not say."""

    def source(self) -> FeedSource:
        """The same as the model's type."""
        return FeedSource(self.url, self.title, tuple(map(CategorySlug, self.categories)), self.weight, self.language)


class SenderSettings(Model):
    """Who the mail is from."""

    name: HeaderText
    """Shown as the sender."""
    address: HeaderText
    """Address of the sender; its domain must be yours and signed for."""
    reply_to: HeaderText = ""
    """Where answers go; the sender's address when empty."""
    bounces: HeaderText = ""
    """Envelope sender that bounces go to; the sender's address when empty."""


class SilentPolicy(StrEnum):
    """What happens to a draft that nobody approved in time."""

    SEND = "send"
    HOLD = "hold"
    SKIP = "skip"


class BlockKind(StrEnum):
    """The blocks that a newsletter can have, in the order in which it lists them."""

    HEADER = "header"
    INTRO = "intro"
    CONTENTS = "contents"
    LEAD = "lead"
    SECTIONS = "sections"
    VIEW_ALL = "view-all"
    STAY_INFORMED = "stay-informed"
    EXPLORE_MORE = "explore-more"
    FOOTER = "footer"


class NewsletterSettings(Model):
    """A recurring mailing."""

    slug: Slug
    """Short name for URLs, files and commands."""
    name: HeaderText
    """Name for readers."""
    description: str = ""
    """One line for the sign-up page and the header List-Id."""
    sender: SenderSettings
    categories: tuple[Slug, ...] = ()
    """Categories in the order in which they are told; all of them when empty."""
    cadence: Cadence = Cadence.WEEKLY
    """daily, weekly or monthly."""
    days: tuple[int, ...] = (2,)
    """Weekly: ISO weekdays, 1 Monday to 7 Sunday. Monthly: days of the month. Daily: weekdays it comes on."""
    hour: int = Field(default=7, ge=0, le=23)
    """Local hour at which it is sent."""
    minute: int = Field(default=0, ge=0, le=59)
    """Minute of that hour."""
    timezone: TimeZone = "UTC"
    """Time zone of the slots."""
    language: str = "en"
    """BCP 47 tag of the newsletter."""
    direction: Literal["ltr", "rtl"] = "ltr"
    """Writing direction."""
    theme: Slug = "editorial"
    """A folder in templates/email/themes."""
    accent: Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6})?$")] = ""
    """The one accent colour, as #rrggbb; the theme's when empty."""
    blocks: tuple[BlockKind, ...] = tuple(BlockKind)
    """Blocks from top to bottom."""
    max_stories: int = Field(default=30, ge=1)
    """Stories in an issue, over all categories."""
    per_category: int = Field(default=4, ge=1)
    """Stories in one section."""
    per_source: int = Field(default=4, ge=1)
    """Stories of one outlet in an issue."""
    minimum: int = Field(default=1, ge=0)
    """An issue with fewer stories is skipped."""
    max_bytes: int = Field(default=102_400 - 4_096, ge=20_000)
    """Largest HTML of an edition; Gmail clips at 102,400 bytes."""
    lookback_days: int = Field(default=8, ge=1)
    """How far back the first issue reaches."""
    silent: SilentPolicy = SilentPolicy.SEND
    """What happens when no editor has approved the draft at its hour: send, hold or skip."""

    @property
    def key(self) -> NewsletterSlug:
        """The slug, typed."""
        return NewsletterSlug(self.slug)


class PictureSettings(Model):
    """A picture by URL."""

    url: str
    alt: str = ""
    width: int = 0
    height: int = 0

    def picture(self) -> Picture:
        """The same as the model's type."""
        return Picture(self.url, self.alt, self.width, self.height)


class PromotionSettings(Model):
    """What sponsors and events share."""

    key: Slug
    title: str
    text: str
    url: str
    after: int = Field(default=1, ge=0)
    """Stands after this many sections of the edition."""
    categories: tuple[Slug, ...] = ()
    """Limit to readers of these; everyone when empty."""
    newsletters: tuple[Slug, ...] = ()
    """Limit to these newsletters; all when empty."""
    from_on: date | None = None
    """First slot it may be in."""
    until_on: date | None = None
    """Last slot it may be in."""

    def runs(self, newsletter: str, on: date) -> bool:
        """Whether it may be in that newsletter's issue of that slot."""
        in_time = (not self.from_on or self.from_on <= on) and (not self.until_on or on <= self.until_on)
        return in_time and (not self.newsletters or newsletter in self.newsletters)


class SponsorSettings(PromotionSettings):
    """A paid block."""

    name: str
    """Who pays; named in the label."""
    label: str = "Sponsored by"
    """Disclosure before the name."""
    picture: PictureSettings | None = None

    def sponsor(self) -> Sponsor:
        """The same as the model's type."""
        return Sponsor(
            key=self.key, name=self.name, title=self.title, text=self.text, url=self.url, label=self.label,
            picture=self.picture.picture() if self.picture else None, after=self.after,
            categories=tuple(map(CategorySlug, self.categories)),
        )  # fmt: skip


class EventSettings(PromotionSettings):
    """An event promotion."""

    starts_on: date
    ends_on: date | None = None
    place: str
    button: str = "See the programme"

    def event(self) -> Event:
        """The same as the model's type."""
        return Event(
            key=self.key, title=self.title, text=self.text, url=self.url, starts_on=self.starts_on,
            ends_on=self.ends_on, place=self.place, button=self.button, after=self.after,
            categories=tuple(map(CategorySlug, self.categories)),
        )  # fmt: skip


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
