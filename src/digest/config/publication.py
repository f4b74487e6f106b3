"""Settings of what is published: categories, feeds, newsletters, sponsors and events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from digest.config.model import HeaderText, MailAddress, Model, OptionalMailAddress, Slug
from digest.config.timing import TimingSettings
from digest.model.feeds import FeedSource, Picture
from digest.model.ids import CategorySlug, NewsletterSlug
from digest.model.issue import Cadence, Event, Sponsor

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
"""Languages written from right to left."""


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
    address: MailAddress
    """Address of the sender; its domain must be yours and signed for. With an accent before the @, here or in the two
    below, every mail needs a relay that offers SMTPUTF8."""
    reply_to: OptionalMailAddress = ""
    """Where answers go; the sender's address when empty."""
    bounces: OptionalMailAddress = ""
    """Envelope sender that bounces go to; the sender's address when empty."""
    verp: bool = False
    """Give each mail an envelope sender of its own, BOUNCES+KEY@DOMAIN; the server of that domain must know `+`. What
    stands before the @ and the newsletter's slug may have 25 characters together."""


class SilentPolicy(StrEnum):
    """What happens to a draft that nobody approved in time."""

    SEND = "send"
    HOLD = "hold"
    SKIP = "skip"


class ShortPolicy(StrEnum):
    """What happens to an issue with fewer stories than its minimum."""

    SKIP = "skip"
    WIDEN = "widen"
    FILL = "fill"


class NothingPolicy(StrEnum):
    """What happens to a reader to whom an issue has nothing new to say."""

    SKIP = "skip"
    ROLL_ON = "roll-on"
    EXPLORE_MORE = "explore-more"


class UncertainPolicy(StrEnum):
    """What happens to a mail that may have been sent, because the mail server's answer was lost."""

    RESEND = "resend"
    HOLD = "hold"


class WelcomePolicy(StrEnum):
    """What a reader gets who has just confirmed."""

    NONE = "none"
    MAIL = "mail"
    ISSUE = "issue"


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


def _usual_direction(values: Mapping[str, object]) -> Literal["ltr", "rtl"]:
    return "rtl" if str(values.get("language", "en")).lower().split("-")[0] in _RIGHT_TO_LEFT else "ltr"


def _usual_lookback(values: Mapping[str, object]) -> int:
    also = values.get("also")
    monthly = values.get("cadence") is Cadence.MONTHLY or (isinstance(also, Mapping) and Cadence.MONTHLY in also)
    return 32 if monthly else 8


class NewsletterSettings(TimingSettings):
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
    language: str = "en"
    """BCP 47 tag of the newsletter."""
    direction: Literal["ltr", "rtl"] = Field(default_factory=_usual_direction)
    """Writing direction; that of the language without."""
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
    """An issue with fewer stories is short."""
    short: ShortPolicy = ShortPolicy.SKIP
    """What happens to a short issue: skip; widen, reach back twice as far; fill, add categories beside its own."""
    section_minimum: int = Field(default=1, ge=1)
    """A section with fewer stories is left out."""
    max_bytes: int = Field(default=102_400 - 4_096, ge=20_000)
    """Largest HTML of an edition; Gmail clips at 102,400 bytes."""
    lookback_days: int = Field(default_factory=_usual_lookback, ge=1)
    """How far back the first issue reaches, and one for readers whom the last ones did not; 8 without, or 32 where a
    cadence is monthly."""
    silent: SilentPolicy = SilentPolicy.SEND
    """What happens when no editor has approved the draft at its hour: send, it goes as it is; hold, it waits until one
    does; skip."""
    editors: tuple[MailAddress, ...] = ()
    """Addresses that are told by mail when a draft waits, once for each issue, with a link to the desk."""
    nothing: NothingPolicy = NothingPolicy.SKIP
    """A reader for whom there is nothing new: skip, they get no mail, which is counted; roll-on, the next issue of the
    same week or month may have something; explore-more, the best stories of topics that they did not choose."""
    welcome: WelcomePolicy = WelcomePolicy.MAIL
    """What a reader gets who has just confirmed: none; mail, a short one that says what comes when; issue, the latest
    issue in their topics too."""
    listed: bool = True
    """false: pages, feeds and search name it nowhere; whoever has its address can read and subscribe."""
    track_clicks: bool = False
    """true: links to stories, sponsors and events lead over this server, which counts them by issue and block, never by
    reader."""
    uncertain: UncertainPolicy = UncertainPolicy.RESEND
    """What happens to a mail that may have been sent: resend, under the same Message-ID; hold, never send it again."""

    @property
    def key(self) -> NewsletterSlug:
        """The slug, typed."""
        return NewsletterSlug(self.slug)


class PictureSettings(Model):
    """A picture by URL."""

    url: str
    """Where it is; https, so that every mail program shows it."""
    alt: str = ""
    """What it says, for those who do not see it; the title when empty."""
    width: int = 0
    """Its own width in pixels; 0 when unknown."""
    height: int = 0
    """Its own height in pixels; 0 when unknown."""

    def picture(self) -> Picture:
        """The same as the model's type."""
        return Picture(self.url, self.alt, self.width, self.height)


class PromotionSettings(Model):
    """What sponsors and events share."""

    key: Slug
    """Short name, unique among its kind."""
    title: str
    """The line that is pressed."""
    text: str
    """One or two sentences."""
    url: str
    """Where a press leads."""
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
    cap: int = Field(default=0, ge=0)
    """Most issues that it may be in, over all newsletters; 0 sets no limit."""

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
    """Shown between label and title."""

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
    """First day."""
    ends_on: date | None = None
    """Last day; the first when empty."""
    place: str
    """City and hall, or "online"."""
    button: str = "See the programme"
    """What the button says."""

    def event(self) -> Event:
        """The same as the model's type."""
        return Event(
            key=self.key, title=self.title, text=self.text, url=self.url, starts_on=self.starts_on,
            ends_on=self.ends_on, place=self.place, button=self.button, after=self.after,
            categories=tuple(map(CategorySlug, self.categories)),
        )  # fmt: skip
