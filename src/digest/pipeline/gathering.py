"""From configured feeds to saved articles: asks the feeds that are due, keeps what is new and how each feed does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.gather.gather import Gathered, gather_all
from digest.model.feeds import Feed
from digest.pipeline.press import Press
from digest.ports.content import SaveCount
from digest.ports.outside import Fetching


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What one feed gave."""

    url: str
    title: str
    saved: SaveCount
    error: str = ""
    just_paused: bool = False
    left_out: tuple[str, ...] = ()
    """Why entries could not be kept, one reason each."""


def feeds_to_ask(press: Press, now: datetime, every: bool = False) -> tuple[Feed, ...]:
    """The configured feeds, brought into the store, that are due; or all that are not paused."""
    feeds = press.store.feeds.sync([feed.source() for feed in press.settings.feeds], now)
    wanted = [feed for feed in feeds if feed.state.paused_at is None] if every else press.store.feeds.due(now)
    return tuple(feed for feed in wanted if not feed.source.pushed)


async def gather_feeds(
    press: Press,
    feeds: Sequence[Feed],
    fetching: Fetching,
    chance: Callable[[], float],
    clock: Callable[[], datetime],
    on_result: Callable[[FeedResult], None] = lambda result: None,
) -> list[FeedResult]:
    """Asks these feeds, saving each as it comes in; a broken feed does not stop the others."""
    results = []
    async with fetching as fetcher:
        known = press.store.articles.known
        async for gathered in gather_all(feeds, fetcher, press.settings.gather, clock(), chance, known):
            result = await asyncio.to_thread(_keep, press, gathered)
            results.append(result)
            on_result(result)
    return results


def _keep(press: Press, gathered: Gathered) -> FeedResult:
    saved = press.store.articles.save(gathered.articles)
    press.store.feeds.record(gathered.feed.id, gathered.state, gathered.title)
    source = gathered.feed.source
    return FeedResult(
        source.url, source.title or gathered.title, saved, gathered.state.error, gathered.just_paused, gathered.problems
    )
