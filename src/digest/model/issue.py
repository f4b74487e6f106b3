"""What a newsletter has to say in one slot: the issue, its content and its states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from digest.model.feeds import Picture
from digest.model.ids import ArticleId, CategorySlug, IssueId, NewsletterSlug, StoryId
from digest.model.stories import Reason, Teaser


class Cadence(StrEnum):
    """How often a newsletter, or a reader of it, is due."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class IssueState(StrEnum):
    """The life of an issue (docs/explanation/issues.md)."""

    DRAFT = "draft"
    APPROVED = "approved"
    LOCKED = "locked"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    MISSED = "missed"


EDITABLE = frozenset({IssueState.DRAFT, IssueState.APPROVED})
"""States in which an issue can still be edited."""
NEXT_STATES: dict[IssueState, frozenset[IssueState]] = {
    IssueState.DRAFT: frozenset({IssueState.APPROVED, IssueState.CANCELLED, IssueState.SKIPPED, IssueState.MISSED}),
    IssueState.APPROVED: frozenset({IssueState.DRAFT, IssueState.LOCKED, IssueState.CANCELLED, IssueState.MISSED}),
    IssueState.LOCKED: frozenset({IssueState.SENDING, IssueState.CANCELLED}),
    IssueState.SENDING: frozenset({IssueState.PAUSED, IssueState.SENT, IssueState.CANCELLED}),
    IssueState.PAUSED: frozenset({IssueState.SENDING, IssueState.CANCELLED}),
    IssueState.SENT: frozenset(),
    IssueState.CANCELLED: frozenset(),
    IssueState.SKIPPED: frozenset(),
    IssueState.MISSED: frozenset({IssueState.DRAFT}),  # by a clock that was wrong: its hour is still to come
}


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, `start` included, `end` excluded; both aware UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class AlsoIn:
    """Another outlet with the same story."""

    outlet: str
    url: str


@dataclass(frozen=True, slots=True)
class StoryItem:
    """A story as the issue tells it; everything the templates need, so that rendering reads nothing else."""

    story: StoryId
    article: ArticleId
    title: str
    url: str
    outlet: str
    published_at: datetime
    categories: tuple[CategorySlug, ...]
    teaser: Teaser
    minutes: int = 1
    """Reading time of the article at 230 words a minute, at least 1."""
    also: tuple[AlsoIn, ...] = ()
    picture: Picture | None = None
    language: str = ""
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()
    gathered_at: datetime | None = None
    """When its newest article was gathered; None: it is told in every window, however long or short."""


@dataclass(frozen=True, slots=True)
class Section:
    """A category's stories, in the order in which they are told. A story may stand in several sections."""

    category: CategorySlug
    stories: tuple[StoryId, ...]
    left_out: int = 0
    """Stories of the window that did not fit; counted in "View All Latest"."""
    most: int = 0
    """Most stories of it in one edition, where it holds those of several windows; 0: all of them."""


@dataclass(frozen=True, slots=True)
class Sponsor:
    """A paid block. Shown to everyone unless limited to categories; never looks like a story."""

    key: str
    name: str
    title: str
    text: str
    url: str
    label: str = "Sponsored by"
    picture: Picture | None = None
    after: int = 1
    """After which section of the edition it stands."""
    categories: tuple[CategorySlug, ...] = ()
    """Empty: everyone."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event promotion: the day as a calendar leaf, the place, one button."""

    key: str
    title: str
    text: str
    url: str
    starts_on: date
    place: str
    ends_on: date | None = None
    button: str = "See the programme"
    after: int = 2
    categories: tuple[CategorySlug, ...] = ()


VARIABLES = ("count", "topics", "minutes")
"""Of an edition's values those that an editor's own words may name, as {count}."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A subject, preheader or introduction by the editor, and the stories it speaks of.

    It is used only for editions that contain all of `stories`; the others get the automatic one.
    """

    text: str
    stories: tuple[StoryId, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueContent:
    """What the issue can say to anybody: the superset from which every edition draws."""

    stories: tuple[StoryItem, ...] = ()
    """In rank order, best first."""
    sections: tuple[Section, ...] = ()
    """In issue order."""
    sponsors: tuple[Sponsor, ...] = ()
    events: tuple[Event, ...] = ()
    subject: Headline | None = None
    preheader: Headline | None = None
    intro: Headline | None = None
    pulled: tuple[StoryItem, ...] = ()
    """Taken out while it was being sent: told to some readers, and to nobody any more."""

    @property
    def ever_told(self) -> tuple[StoryItem, ...]:
        """What readers may have been told: the pulled stories too."""
        return self.stories + self.pulled


@dataclass(frozen=True, slots=True)
class Issue:
    """A newsletter's issue for one slot; at most one for each (newsletter, slot)."""

    id: IssueId
    newsletter: NewsletterSlug
    slot: date
    """Local calendar date of the newsletter."""
    send_at: datetime
    window: Window
    """What was gathered in it is new to the issue."""
    state: IssueState = IssueState.DRAFT
    version: int = 1
    """Counts every change; an edit names the version that it has seen."""
    revision: int = 1
    content: IssueContent = field(default_factory=IssueContent)
    created_at: datetime | None = None
    approved_at: datetime | None = None
    approved_by: str = ""
    approval_hash: str = ""
    """SHA-256 over the fragments, the slot rules and the selection policy; empty before approval."""
    frozen_at: datetime | None = None
    finished_at: datetime | None = None
    note: str = ""
    """Why it was skipped, missed, cancelled or paused."""
    windows: tuple[tuple[Cadence, Window], ...] = ()
    """The window of every cadence due in the slot; `window` spans them. Empty: `window`, whatever the cadence."""
    overridden: tuple[str, ...] = ()
    """Rules of preflight in spite of whose errors it was approved."""

    def window_of(self, cadence: Cadence) -> Window | None:
        """What is new to its readers of that cadence; None: the cadence is not due in this slot."""
        return dict(self.windows).get(cadence) if self.windows else self.window
