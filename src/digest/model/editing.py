"""What an editor does to an issue: small values, each one deed, that are applied in order and may be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from digest.model.feeds import Picture
from digest.model.ids import CategorySlug, IssueId, StoryId
from digest.model.issue import Event, Headline, IssueContent, Sponsor, StoryItem
from digest.model.stories import Teaser

Promotion = Sponsor | Event


class Line(StrEnum):
    """Words of the whole issue that an editor may say."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    INTRO = "intro"


@dataclass(frozen=True, slots=True)
class Place:
    """Puts a story of one category at a place in the same or another category."""

    story: StoryId
    under: CategorySlug
    """Where it stands now."""
    to: CategorySlug
    before: StoryId | None = None
    """None: at the end."""
    kind: Literal["place"] = "place"


@dataclass(frozen=True, slots=True)
class Drop:
    """Takes a story out of the issue."""

    story: StoryId
    kind: Literal["drop"] = "drop"


@dataclass(frozen=True, slots=True)
class Pin:
    """Tells a story first: it leads wherever it may, and stands first in its categories."""

    story: StoryId
    kind: Literal["pin"] = "pin"


@dataclass(frozen=True, slots=True)
class Unpin:
    """Ranks a story by its score again; it stays where it stands."""

    story: StoryId
    kind: Literal["unpin"] = "unpin"


@dataclass(frozen=True, slots=True)
class Bring:
    """Brings a story in, whole, so that the deed can be repeated without looking anything up."""

    item: StoryItem
    to: CategorySlug
    before: StoryId | None = None
    kind: Literal["bring"] = "bring"


@dataclass(frozen=True, slots=True)
class Retitle:
    """Changes a story's title."""

    story: StoryId
    was: str
    """What the editor saw; somebody else's words in its place are not overwritten."""
    title: str
    kind: Literal["retitle"] = "retitle"


@dataclass(frozen=True, slots=True)
class Tease:
    """Changes a story's teaser: to the editor's words, another of the article's sentences, or what it was."""

    story: StoryId
    was: str
    teaser: Teaser
    kind: Literal["tease"] = "tease"


@dataclass(frozen=True, slots=True)
class Repicture:
    """Changes a story's picture, or takes it away."""

    story: StoryId
    was: str
    """Address of the picture that the editor saw; empty: none."""
    picture: Picture | None
    kind: Literal["repicture"] = "repicture"


@dataclass(frozen=True, slots=True)
class Say:
    """Sets the subject, the preheader or the introduction, or leaves it to the rules again."""

    line: Line
    was: str
    headline: Headline | None
    kind: Literal["say"] = "say"


@dataclass(frozen=True, slots=True)
class Promote:
    """Adds, changes or takes out a sponsor or an event."""

    key: str
    promotion: Promotion | None
    kind: Literal["promote"] = "promote"


@dataclass(frozen=True, slots=True)
class Arrange:
    """Moves a whole category."""

    category: CategorySlug
    before: CategorySlug | None = None
    kind: Literal["arrange"] = "arrange"


@dataclass(frozen=True, slots=True)
class Replace:
    """Puts other content in place of all of it: what was exported, reviewed and comes back."""

    content: IssueContent
    kind: Literal["replace"] = "replace"


Edit = Place | Drop | Pin | Unpin | Bring | Retitle | Tease | Repicture | Say | Promote | Arrange | Replace


@dataclass(frozen=True, slots=True)
class Entry:
    """An edit in the log of an issue: who made it and when. Those that are taken back can be made again."""

    issue: IssueId
    number: int
    """Counts up from 1 within the issue."""
    edit: Edit
    by: str
    at: datetime
    is_undone: bool = False
