"""FeedStore, ArticleStore, EditorialStore and IssueStore: what comes in, what editors say, what is made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from digest.model.edition import CompiledIssue
from digest.model.feeds import Article, Feed, FeedSource, FeedState
from digest.model.ids import ArticleId, CategorySlug, FeedId, IssueId, NewsletterSlug, StoryId
from digest.model.issue import Issue, IssueContent, IssueState, Window
from digest.model.stories import Correction, Verdict


@dataclass(frozen=True, slots=True)
class SaveCount:
    """What saving articles changed."""

    new: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class Decided:
    """An article with what was decided about it last."""

    article: Article
    issue: IssueId | None = None
    """The newest issue that looked at it."""
    verdict: Verdict | None = None
    corrected: tuple[CategorySlug, ...] | None = None
    """Where an editor put it."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Which articles an editor looks for, of those that might be brought into an issue."""

    issue: IssueId
    since: datetime
    """Gathered then or later."""
    told: frozenset[StoryId] = frozenset()
    """Stories that are in the issue already."""
    search: str = ""
    """Part of title, outlet or description."""
    outlet: str = ""
    category: CategorySlug | None = None
    limit: int = 40
    skip: int = 0


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

    def lend(self, feeds_: Collection[FeedId], now: datetime, until: datetime) -> tuple[FeedId, ...]:
        """Of these feeds takes those that are due, so that nobody else is given them before `until`, and defers the
        job that asks them in the same transaction. Gives which; `record` gives a feed its own next time.
        """
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

    def with_url(self, url: str) -> Article | None:
        """The article under that canonical URL, which may be another than the one its id follows from."""
        ...

    def gathered_in(self, window: Window) -> tuple[Article, ...]:
        """Articles whose `gathered_at` is in the window, by (gathered_at, id)."""
        ...

    def page(self, after: tuple[datetime, ArticleId] | None = None, limit: int = 100) -> tuple[Article, ...]:
        """A page, those gathered last first; `after` is `gathered_at` and id of the last one of the page before."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...

    def count_by_feed(self) -> Mapping[FeedId, int]:
        """How many each feed gave; feeds without any are left out."""
        ...

    def assign(self, stories: Iterable[tuple[ArticleId, StoryId]]) -> None:
        """Remembers which story each article belongs to."""
        ...


class EditorialStore(Protocol):
    """What editors said about articles, and what was decided about each."""

    def correct(self, article: ArticleId, categories: Collection[CategorySlug], by: str, now: datetime) -> None:
        """Remembers where an editor put a saved article, in place of what was said before; in none when empty."""
        ...

    def corrections(self, limit: int = 5000) -> tuple[Correction, ...]:
        """What editors said last, newest first."""
        ...

    def pin(self, article: ArticleId, by: str, now: datetime) -> None:
        """Remembers that a saved article's story is to be told first; a second time changes nothing."""
        ...

    def unpin(self, article: ArticleId) -> bool:
        """Takes a pin away; False when there was none."""
        ...

    def pins(self) -> frozenset[ArticleId]:
        """The pinned articles."""
        ...

    def decided(self, search: str = "", abstained: bool = False, limit: int = 50) -> tuple[Decided, ...]:
        """The articles gathered last, newest first, with what was decided. `search` is part of title or outlet.

        `abstained`: only those that the newest issue to look at them found no category for, nor an editor since.
        """
        ...

    def pool(self, wanted: Pool) -> tuple[Decided, ...]:
        """What might be brought into the issue, the newest first, each with what was decided about it for this
        issue; without a verdict it was gathered since.
        """
        ...

    def outlets(self, since: datetime) -> tuple[str, ...]:
        """Whose articles were gathered then or later, by name."""
        ...


class IssueStore(Protocol):
    """Issues, their content and what was compiled from it."""

    def create(self, issue: Issue, now: datetime, verdicts: Iterable[Verdict] = ()) -> bool:
        """Saves a draft and why it is as it is; False when (newsletter, slot) is taken, which changes nothing."""
        ...

    def verdict(self, issue: IssueId, article: ArticleId) -> Verdict | None:
        """Why the article is in the issue or not, as the rules had it; None when it was not looked at."""
        ...

    def get(self, issue: IssueId) -> Issue | None:
        """One issue with its content."""
        ...

    def all(self, newsletter: NewsletterSlug | None = None, limit: int = 100, states: Collection[IssueState] = (),
            skip: int = 0) -> tuple[Issue, ...]:  # fmt: skip
        """Newest slot first, without the first `skip`; only those in one of these states, if any are named."""
        ...

    def versions(self, newsletter: NewsletterSlug, states: Collection[IssueState]) -> tuple[tuple[IssueId, int], ...]:
        """Every issue in one of these states with its version, in the order of `all`; their content is not read."""
        ...

    def page(self, newsletter: NewsletterSlug | None = None, state: IssueState | None = None,
             after: tuple[date, IssueId] | None = None, limit: int = 100) -> tuple[Issue, ...]:  # fmt: skip
        """A page in the order of `all`; `after` is slot and id of the last one of the page before."""
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
                now: datetime, overridden: Collection[str] = ()) -> Issue:  # fmt: skip
        """Draft to approved, with the fragments it was approved with and the rules that it overrides, in one
        transaction. Raises StateError when it is no draft or the version is no longer `seen_version`.
        """
        ...

    def compiled(self, issue: IssueId) -> CompiledIssue | None:
        """The fragments of the issue's current revision; None before approval."""
        ...

    def in_state(self, *states: IssueState) -> tuple[Issue, ...]:
        """Issues in any of these states, by send_at."""
        ...

    def telling(self, since: datetime, newsletter: NewsletterSlug | None = None) -> tuple[Issue, ...]:
        """Issues with send_at >= since that were sent or are on their way, also those stopped on it; by send_at."""
        ...
