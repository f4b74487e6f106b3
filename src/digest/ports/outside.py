"""Fetcher, PictureHost, Transport, TeaserModel, Embedder, SpamFilter: what is asked of outside, and what comes back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from digest.model.delivery import Message, Outcome
from digest.model.feeds import Picture


class FetchStatus(StrEnum):
    """What a fetch came to."""

    OK = "ok"
    UNCHANGED = "unchanged"
    """304: the validators still hold."""
    GONE = "gone"
    """410: never ask again."""
    WAIT = "wait"
    """429 or 503: ask again at `retry_at`."""
    FAILED = "failed"
    REFUSED = "refused"
    """The guard said no: a private address, a foreign scheme, too large, too many redirects."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch, and what we know of it already."""

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = "*/*"
    max_bytes: int | None = None
    """Overrides the fetcher's own limit of decoded bytes."""


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What came back; failures are values with a reason, never exceptions."""

    request: FetchRequest
    status: FetchStatus
    url: str
    """Final URL, after redirects."""
    body: bytes = b""
    content_type: str = ""
    """As the server said, with charset."""
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    """Set when every redirect on the way was permanent (301, 308)."""
    retry_at: datetime | None = None
    max_age: int | None = None
    """Seconds, from Cache-Control."""
    reason: str = ""
    """Why it failed or was refused, one line for people."""


class Fetcher(Protocol):
    """Fetches URLs through the guard: bounded in size, time and redirects; public addresses only."""

    async def fetch(self, request: FetchRequest, now: datetime) -> FetchResult:
        """One request; never raises for what the outside does."""
        ...


Fetching = AbstractAsyncContextManager[Fetcher]
"""A fetcher that is opened and closed: `async with ... as fetcher`."""


class PictureHost(Protocol):
    """Keeps copies of pictures where mails may load them from."""

    def host(self, urls: Collection[str], now: datetime) -> Mapping[str, Picture]:
        """Copies of these pictures, by the URL that each came from; one that cannot be used is missing."""
        ...

    def weight(self, url: str) -> int | None:
        """Bytes of the copy at this address; None when it is no copy kept here."""
        ...


class Transport(Protocol):
    """Hands messages to a mail server."""

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        """One outcome for each message, in any order, each as soon as it is known.

        Raises OutsideError only when no message can be sent at all (no connection, refused login);
        the messages without outcome were not begun.
        """
        ...


class TeaserModel(Protocol):
    """A language model that writes a teaser; what it says is checked against the article before use."""

    def write(self, title: str, text: str, max_chars: int) -> str:
        """A teaser. Raises OutsideError when the model does not answer."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors that lie close together where the texts mean the same."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of length 1 for each text, in order; all zeros for a text without known words."""
        ...


@dataclass(frozen=True, slots=True)
class SpamRule:
    """A rule that a spam filter found to hold; negative points speak for the mail."""

    name: str
    points: float
    description: str = ""


@dataclass(frozen=True, slots=True)
class SpamReport:
    """What a spam filter says of one mail."""

    filter: str
    """Its name, for people."""
    points: float
    limit: float
    """From so many points on it is spam."""
    rules: tuple[SpamRule, ...] = ()


class SpamFilter(Protocol):
    """Judges mails as receivers would, without a network."""

    def judge(self, mail: bytes) -> SpamReport:
        """The points for one whole mail. Raises OutsideError when the filter does not answer."""
        ...
