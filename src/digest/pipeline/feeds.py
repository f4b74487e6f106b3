"""The list of feeds: how each does, adding by hand, trying out, resuming. Asks the outside only to try one out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from digest.config.machine import GatherSettings
from digest.errors import FeedError, OutsideError, UsageError
from digest.gather.due import next_request
from digest.gather.folder import folder_path, read_folder
from digest.gather.parse import parse_feed
from digest.model.feeds import Feed, FeedSource, FeedState, ParsedFeed
from digest.model.urls import absolute_url
from digest.pipeline.press import Press
from digest.ports.outside import Fetching, FetchStatus


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A feed and how many articles it has given."""

    feed: Feed
    articles: int


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a list of feeds: those that are new, and those that were there."""

    new: tuple[FeedSource, ...]
    known: tuple[FeedSource, ...]


def known_feeds(press: Press, now: datetime) -> tuple[KnownFeed, ...]:
    """All active feeds by id, the configured ones brought into the store first."""
    feeds = press.store.feeds.sync([feed.source() for feed in press.settings.feeds], now)
    counts = press.store.articles.count_by_feed()
    return tuple(KnownFeed(feed, counts.get(feed.id, 0)) for feed in feeds)


def feed_url(text: str) -> str:
    """The address to keep: an http(s) URL, or the absolute path of a folder that is there. Raises UsageError."""
    folder = folder_path(text) if text else None
    if folder is None:
        if url := absolute_url(text):
            return url
        raise UsageError(f"feed {text}", "is no http or https address", "write one like https://example.org/feed.xml")
    if not folder.is_dir():
        raise UsageError(f"feed {text}", "is neither a URL nor a folder", "write one like https://example.org/feed.xml")
    return str(Path(folder).resolve())


async def try_feed(url: str, fetching: Fetching, settings: GatherSettings, now: datetime) -> ParsedFeed:
    """What the feed says now, in one request. Raises OutsideError when it cannot be had, FeedError when it is none."""
    if folder := folder_path(url):
        return (await asyncio.to_thread(read_folder, folder, settings.max_bytes)).parsed
    async with fetching as fetcher:
        result = await fetcher.fetch(next_request(FeedSource(url), FeedState()), now)
    if result.status is not FetchStatus.OK:
        raise OutsideError(url, result.reason or result.status.value, "--no-check adds it all the same")
    try:
        return await asyncio.to_thread(parse_feed, result.body, result.content_type, result.url)
    except FeedError as error:
        raise FeedError(url, error.problem, "look for the feed's own address on the site") from error


def add_feeds(press: Press, sources: Iterable[FeedSource], now: datetime) -> Added:
    """Keeps these feeds beside the configured ones; those that are there stay as they are."""
    there = {known.feed.source.url for known in known_feeds(press, now)}
    listed = tuple(sources)
    new = tuple(source for source in listed if source.url not in there)
    for source in new:
        press.store.feeds.add(source, now)
    return Added(new, tuple(source for source in listed if source.url in there))


def resume_feed(press: Press, url: str, now: datetime) -> Feed:
    """Has the feed asked again at the next round, as if it had never failed. Raises UsageError when there is none."""
    feeds = {known.feed.source.url: known.feed for known in known_feeds(press, now)}
    feed = feeds.get(url) or feeds.get(absolute_url(url))
    if feed is None:
        raise UsageError(f"feed {url}", "is not known", _nearest(url, tuple(feeds)))
    state = replace(feed.state, paused_at=None, failing_since=None, failures=0, error="", next_at=None)
    press.store.feeds.record(feed.id, state)
    return replace(feed, state=state)


def _nearest(url: str, known: Sequence[str]) -> str:
    close = get_close_matches(url, known, 1)
    return f"did you mean {close[0]}?" if close else "see: digest feed list"
