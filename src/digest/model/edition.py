"""What rendering makes of an issue: fragments of final bytes, and editions as lists of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from digest.model.ids import CategorySlug, EditionId, IssueId, StoryId


class Escape(StrEnum):
    """The place where a slot's value goes, which decides how it is escaped."""

    HTML = "html"
    URL = "url"
    """Inside an HTML attribute that holds a URL."""
    TEXT = "text"
    """The text part: no escaping but quoted-printable."""
    PARAGRAPH = "paragraph"
    """A paragraph of the text part, on lines of its own: wrapped at 72 columns."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A hole in a fragment that an edition or a recipient fills."""

    name: str
    """For example "subject", "count", "unsubscribe_url"."""
    escape: Escape


Segment = bytes | Slot


@dataclass(frozen=True, slots=True)
class Fragment:
    """A block rendered once to final bytes: quoted-printable, CRLF, no line longer than 76, none beginning with ".".

    It begins and ends on an encoded line boundary; because a leading dot is written `=2E`, the bytes need no
    dot-stuffing and are at once what is sent and what DKIM hashes.
    """

    key: str
    """Stable name, for example "head", "footer", "heading:privacy", "teaser:3f2a...:privacy"."""
    html: tuple[Segment, ...]
    text: tuple[Segment, ...]
    html_size: int
    """Bytes of the decoded HTML without slot values: what Gmail's clip counts."""


@dataclass(frozen=True, slots=True)
class CompiledIssue:
    """All fragments that any edition of the issue could use, by key."""

    issue: IssueId
    revision: int
    fragments: Mapping[str, Fragment] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Edition:
    """An issue as one set of readers gets it: an ordered list of fragment keys and the edition's slot values."""

    id: EditionId
    """Follows from issue, revision, keys, values and categories."""
    issue: IssueId
    revision: int
    keys: tuple[str, ...]
    subject: str
    values: tuple[tuple[str, str], ...]
    """Slot name and value, sorted by name: count, minutes, preheader, intro, ..."""
    stories: tuple[StoryId, ...]
    categories: tuple[CategorySlug, ...]
    """Those drawn from, whether or not they had a story."""
    html_size: int
    """Bytes of the decoded HTML, with room for slot values."""
