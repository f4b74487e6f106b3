"""The stage: takes feeds and a fetcher, gives the articles of each feed and its next state, as they come in.

Saves nothing. A broken feed is a result with its reason and never stops the others.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.config.machine import GatherSettings
from digest.errors import DigestError
from digest.gather.due import just_paused, next_request, next_state
from digest.gather.folder import Folder, folder_path, read_folder
from digest.gather.normalise import Unusable, normalise
from digest.gather.page import is_stub, read_page, with_page
from digest.gather.parse import parse_feed
from digest.gather.pictures import StoredPicture, shrink
from digest.model.feeds import Article, Feed, FeedState, ParsedFeed
from digest.model.ids import ArticleId
from digest.ports.outside import Fetcher, FetchRequest, FetchResult, FetchStatus

Known = Callable[[Collection[ArticleId]], frozenset[ArticleId]]
"""Which of these articles are saved already; ArticleStore.known is one. It is called in a thread."""

_MOST_PAGES = 30
"""Pages fetched for one feed in one visit, the newest articles first."""
_PAGE_BYTES = 5_000_000
_PICTURE_BYTES = 10_000_000
_PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one visit to one feed came to."""

    feed: Feed
    """As it was before."""
    state: FeedState
    """As it is now; `error` says what is wrong."""
    articles: tuple[Article, ...] = ()
    title: str = ""
    """What the feed calls itself."""
    problems: tuple[str, ...] = ()
    """A sentence for each entry that could not be used."""

    @property
    def just_paused(self) -> bool:
        """Whether this visit was the one after which the feed is asked no more: tell the operator."""
        return just_paused(self.feed.state, self.state)


def nothing_known(ids: Collection[ArticleId]) -> frozenset[ArticleId]:
    """For a first visit: every article is new."""
    return frozenset()


async def gather_all(
    feeds: Sequence[Feed], fetcher: Fetcher, settings: GatherSettings, now: datetime, jitter: Callable[[], float],
    known: Known = nothing_known,
) -> AsyncIterator[Gathered]:  # fmt: skip
    """Visits all feeds at once, as far as the fetcher lets it, and gives each result as soon as it is there."""
    visits = [asyncio.create_task(_visit(feed, fetcher, settings, now, jitter(), known)) for feed in feeds]
    try:
        for visit in asyncio.as_completed(visits):
            yield await visit
    finally:
        for task in visits:
            task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)


async def gather_feed(
    feed: Feed, fetcher: Fetcher, settings: GatherSettings, now: datetime, jitter: float, known: Known = nothing_known
) -> Gathered:
    """Visits one feed. Articles that are `known` and have no text in the feed are left out: theirs was fetched."""
    result, folder = await _read(feed, fetcher, settings, now)
    state = next_state(feed.state, result, settings, now, jitter)
    if folder is None:
        return Gathered(feed, state)
    articles, problems = await asyncio.to_thread(_articles, folder.parsed, feed, now)
    if settings.fetch_pages:
        articles = await _with_pages(articles, fetcher, now, known)
    return Gathered(feed, state, articles, folder.parsed.title, folder.problems + problems)


async def fetch_picture(
    url: str, fetcher: Fetcher, now: datetime, max_width: int, decoding: asyncio.Semaphore
) -> StoredPicture | Unusable:
    """A picture from outside, made fit for mail. `decoding` says how many may be decoded at once."""
    result = await fetcher.fetch(FetchRequest(url, accept="image/*", max_bytes=_PICTURE_BYTES), now)
    if result.status is not FetchStatus.OK:
        return Unusable(result.reason)
    async with decoding:
        return await asyncio.to_thread(shrink, result.body, max_width)


async def _visit(
    feed: Feed, fetcher: Fetcher, settings: GatherSettings, now: datetime, jitter: float, known: Known
) -> Gathered:
    """A visit that ends in a result whatever happens: libraries that read hostile bytes fail in ways nobody listed."""
    try:
        return await gather_feed(feed, fetcher, settings, now, jitter, known)
    except Exception as error:
        failed = _failed(feed, f"cannot be read: {type(error).__name__}: {error}")
        return Gathered(feed, next_state(feed.state, failed, settings, now, jitter))


async def _read(
    feed: Feed, fetcher: Fetcher, settings: GatherSettings, now: datetime
) -> tuple[FetchResult, Folder | None]:
    """What the visit came to, and the feed's document when there is a new one."""
    path = folder_path(feed.source.url)
    try:
        if path:
            folder = await asyncio.to_thread(read_folder, path, settings.max_bytes)
            return FetchResult(next_request(feed.source, feed.state), FetchStatus.OK, feed.source.url), folder
        result = await fetcher.fetch(next_request(feed.source, feed.state), now)
        if result.status is not FetchStatus.OK:
            return result, None
        parsed = await asyncio.to_thread(parse_feed, result.body, result.content_type, result.url)
        return result, Folder(parsed if parsed.url else replace(parsed, url=result.url))
    except DigestError as error:
        return _failed(feed, f"{error.problem}; {error.remedy}" if error.remedy else error.problem), None


def _failed(feed: Feed, reason: str) -> FetchResult:
    request = next_request(feed.source, feed.state)
    return FetchResult(request, FetchStatus.FAILED, request.url, reason=" ".join(reason.split())[:500])


def _articles(parsed: ParsedFeed, feed: Feed, now: datetime) -> tuple[tuple[Article, ...], tuple[str, ...]]:
    """The usable entries, each article once, and what is wrong with the others."""
    made = [normalise(entry, feed, parsed, now) for entry in parsed.entries]
    articles = {one.id: one for one in reversed(made) if isinstance(one, Article)}
    uses = Counter(article.guid for article in articles.values())
    # Some feeds give every entry the same guid: then it tells nothing apart and is dropped.
    told = (one if uses[one.guid] == 1 else replace(one, guid="") for one in reversed(articles.values()))
    return tuple(told), tuple(one.reason for one in made if isinstance(one, Unusable))


async def _with_pages(
    articles: tuple[Article, ...], fetcher: Fetcher, now: datetime, known: Known
) -> tuple[Article, ...]:
    """The articles, with their pages where the feed gave only a stub; stubs that are known are left out."""
    stubs = {article.id for article in articles if is_stub(article)}
    held = await asyncio.to_thread(known, stubs) if stubs else frozenset()
    newest = sorted((a for a in articles if a.id in stubs - held), key=lambda a: a.published_at, reverse=True)
    read = await asyncio.gather(*(_with_page(article, fetcher, now) for article in newest[:_MOST_PAGES]))
    fuller = {article.id: article for article in read}
    return tuple(fuller.get(article.id, article) for article in articles if article.id not in held)


async def _with_page(article: Article, fetcher: Fetcher, now: datetime) -> Article:
    """The article with its page; without it when the page cannot be had."""
    result = await fetcher.fetch(FetchRequest(article.url, accept=_PAGE_ACCEPT, max_bytes=_PAGE_BYTES), now)
    if result.status is not FetchStatus.OK or "html" not in result.content_type.lower():
        return article
    return with_page(article, await asyncio.to_thread(read_page, result.body, result.url))
