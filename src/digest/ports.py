"""The roles that the outside plays for the pipeline, as protocols: stores, fetcher, transport, teaser model.

Every port has one contract suite in tests/contracts, which each adapter passes. All times are aware UTC;
`now` is always the caller's. A store's method is one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from digest.model.delivery import Delivery, DeliveryState, Message, Outcome
from digest.model.edition import CompiledIssue, Edition
from digest.model.feeds import Article, Feed, FeedSource, FeedState
from digest.model.ids import ArticleId, EditionId, FeedId, IssueId, NewsletterSlug, StoryId, SubscriberId
from digest.model.issue import Issue, IssueContent, IssueState, Window
from digest.model.people import (
    ConsentEvent,
    Preferences,
    Recipient,
    Subscriber,
    SubscriberDraft,
    Subscription,
    SuppressionReason,
)


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


@dataclass(frozen=True, slots=True)
class SaveCount:
    """What saving articles changed."""

    new: int
    changed: int
    same: int


class FeedStore(Protocol):
    """Feeds and what we remember of them."""

    def sync(self, sources: Sequence[FeedSource], now: datetime) -> tuple[Feed, ...]:
        """Makes the configured feeds the saved ones (matched by URL, keeping state and id); feeds that were
        added by `add` stay, configured ones that are no longer there are retired. Gives all active feeds.
        """
        ...

    def add(self, source: FeedSource, now: datetime) -> Feed:
        """Adds a feed by hand; the same URL again gives the feed that is there."""
        ...

    def all(self) -> tuple[Feed, ...]:
        """Active feeds by id."""
        ...

    def due(self, now: datetime) -> tuple[Feed, ...]:
        """Active feeds that are not paused and whose `next_at` is empty or has come."""
        ...

    def record(self, feed: FeedId, state: FeedState, title: str = "") -> None:
        """Replaces the feed's state; a title fills an empty one."""
        ...


class ArticleStore(Protocol):
    """Articles, unique by canonical URL (their id) and by (feed, guid)."""

    def known(self, ids: Collection[ArticleId]) -> frozenset[ArticleId]:
        """Which of these are saved already."""
        ...

    def save(self, articles: Iterable[Article]) -> SaveCount:
        """Inserts new ones. A known id, or a known (feed, guid) under another URL, updates title, text,
        description and picture; `gathered_at`, `published_at` and `story` stay what they were first.
        """
        ...

    def get(self, article: ArticleId) -> Article | None:
        """One article."""
        ...

    def gathered_in(self, window: Window) -> tuple[Article, ...]:
        """Articles whose `gathered_at` is in the window, by (gathered_at, id)."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...

    def assign(self, stories: Iterable[tuple[ArticleId, StoryId]]) -> None:
        """Remembers which story each article belongs to."""
        ...


class IssueStore(Protocol):
    """Issues, their content and what was compiled from it."""

    def create(self, issue: Issue, now: datetime) -> bool:
        """Saves a draft; False when (newsletter, slot) is taken, which changes nothing."""
        ...

    def get(self, issue: IssueId) -> Issue | None:
        """One issue with its content."""
        ...

    def all(self, newsletter: NewsletterSlug | None = None, limit: int = 100) -> tuple[Issue, ...]:
        """Newest slot first."""
        ...

    def latest(self, newsletter: NewsletterSlug) -> Issue | None:
        """The issue with the latest slot."""
        ...

    def save_content(self, issue: IssueId, content: IssueContent, seen_version: int, now: datetime) -> Issue:
        """Replaces the content and makes the issue a draft again. Raises StateError when the version is no
        longer `seen_version`, or the issue is locked or beyond.
        """
        ...

    def advance(self, issue: IssueId, to: IssueState, now: datetime, note: str = "") -> bool:
        """Moves to a state that model.issue.NEXT_STATES allows; False when it is there already.
        Stamps frozen_at on LOCKED, finished_at on final states. Raises StateError otherwise.
        """
        ...

    def approve(self, issue: IssueId, by: str, approval_hash: str, compiled: CompiledIssue, seen_version: int,
                now: datetime) -> Issue:  # fmt: skip
        """Draft to approved, with the fragments it was approved with, in one transaction. Raises StateError
        when it is no draft or the version is no longer `seen_version`.
        """
        ...

    def compiled(self, issue: IssueId) -> CompiledIssue | None:
        """The fragments of the issue's current revision; None before approval."""
        ...

    def in_state(self, *states: IssueState) -> tuple[Issue, ...]:
        """Issues in any of these states, by send_at."""
        ...

    def told(self, newsletter: NewsletterSlug, since: datetime) -> frozenset[StoryId]:
        """Stories in issues of this newsletter that were sent, or are on their way, with send_at >= since."""
        ...


@dataclass(frozen=True, slots=True)
class ReaderFilter:
    """Which subscribers to list."""

    newsletter: NewsletterSlug | None = None
    search: str = ""
    """Part of the address or name."""


class ReaderStore(Protocol):
    """Subscribers, subscriptions, suppressions and the log of consent."""

    def sign_up(self, draft: SubscriberDraft, newsletter: NewsletterSlug, preferences: Preferences,
                event: ConsentEvent) -> Subscriber:  # fmt: skip
        """Adds an unconfirmed subscriber, or gives the one with this address (compared case-insensitively),
        unchanged if confirmed; an unconfirmed one takes the new wishes. Logs the event.
        """
        ...

    def confirm(self, subscriber: SubscriberId, newsletter: NewsletterSlug, event: ConsentEvent) -> bool:
        """Confirms subscriber and subscription; False when already confirmed (nothing changes)."""
        ...

    def import_(self, rows: Iterable[tuple[SubscriberDraft, NewsletterSlug, Preferences]], event: ConsentEvent) -> int:
        """Adds confirmed subscribers in one transaction. Known addresses, left and suppressed ones are left as
        they are: an import never re-activates anyone. Gives how many were added.
        """
        ...

    def get(self, subscriber: SubscriberId) -> Subscriber | None:
        """One subscriber."""
        ...

    def by_email(self, email: str) -> Subscriber | None:
        """Found by address, case-insensitively."""
        ...

    def subscriptions(self, subscriber: SubscriberId) -> tuple[Subscription, ...]:
        """All of one reader, those left included."""
        ...

    def all(self, which: ReaderFilter = ReaderFilter(), after: SubscriberId | None = None,
            limit: int = 1000) -> tuple[tuple[Subscriber, tuple[Subscription, ...]], ...]:  # fmt: skip
        """A page of subscribers by id, those erased left out."""
        ...

    def count(self, which: ReaderFilter = ReaderFilter()) -> int:
        """How many there are."""
        ...

    def set_preferences(self, subscriber: SubscriberId, newsletter: NewsletterSlug, preferences: Preferences,
                        event: ConsentEvent) -> None:  # fmt: skip
        """Replaces what the reader chose."""
        ...

    def leave(self, subscriber: SubscriberId, newsletter: NewsletterSlug, event: ConsentEvent) -> bool:
        """Leaves the newsletter; False when already left. Idempotent."""
        ...

    def suppress(self, email: str, reason: SuppressionReason, now: datetime,
                 newsletter: NewsletterSlug | None = None) -> None:  # fmt: skip
        """Never mail this address again: globally, or for one newsletter."""
        ...

    def suppressions(self) -> tuple[tuple[str, SuppressionReason, datetime], ...]:
        """Address, reason, when."""
        ...

    def recipients(self, newsletter: NewsletterSlug, now: datetime, after: SubscriberId | None = None,
                   limit: int = 1000) -> tuple[Recipient, ...]:  # fmt: skip
        """A page, by subscriber id, of the readers who may be mailed now: confirmed, not left, not paused, not
        suppressed.
        """
        ...

    def events(self, subscriber: SubscriberId) -> tuple[ConsentEvent, ...]:
        """The log, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery taken for sending under a lease, with the reader as they are at this moment."""

    delivery: Delivery
    recipient: Recipient | None
    """None: may no longer be mailed (left, paused, suppressed, erased); see `gone`."""
    gone: str = ""


class LedgerStore(Protocol):
    """One row per delivery: unique (issue, subscriber)."""

    def freeze(self, chunks: Iterable[Sequence[tuple[SubscriberId, Edition]]], issue: IssueId, now: datetime) -> int:
        """Writes editions and pending deliveries chunk by chunk and locks the issue with the last one, so that
        they become visible together; a second call changes nothing. Gives the number of deliveries.
        """
        ...

    def add(self, issue: IssueId, rows: Sequence[tuple[SubscriberId, Edition]], now: datetime) -> int:
        """Adds single deliveries to an approved issue without locking it (`digest send --to`)."""
        ...

    def claim(self, issue: IssueId, limit: int, lease_until: datetime, now: datetime,
              only: Collection[SubscriberId] = ()) -> tuple[Claim, ...]:  # fmt: skip
        """Takes up to `limit` pending, due deferred, or lease-expired deliveries."""
        ...

    def record(self, outcomes: Iterable[Outcome], now: datetime) -> None:
        """Writes what came of claimed deliveries, in one transaction."""
        ...

    def skip(self, keys: Iterable[tuple[SubscriberId, str]], issue: IssueId, now: datetime) -> None:
        """Marks claimed deliveries as skipped, each with its reason."""
        ...

    def edition(self, issue: IssueId, edition: EditionId) -> Edition | None:
        """One edition."""
        ...

    def editions(self, issue: IssueId) -> tuple[Edition, ...]:
        """All editions of the issue."""
        ...

    def counts(self, issue: IssueId) -> dict[DeliveryState, int]:
        """Deliveries by state; states without any are left out."""
        ...

    def deliveries(self, issue: IssueId, state: DeliveryState | None = None, after: SubscriberId | None = None,
                   limit: int = 1000) -> tuple[Delivery, ...]:  # fmt: skip
        """A page by subscriber id."""
        ...


class Store(Protocol):
    """All that is kept, one family of tables each."""

    @property
    def feeds(self) -> FeedStore:
        """The feeds."""
        ...

    @property
    def articles(self) -> ArticleStore:
        """The articles."""
        ...

    @property
    def issues(self) -> IssueStore:
        """The issues."""
        ...

    @property
    def readers(self) -> ReaderStore:
        """The readers."""
        ...

    @property
    def ledger(self) -> LedgerStore:
        """The ledger."""
        ...
