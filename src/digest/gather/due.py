"""What to ask a feed next, and when: takes the state and what the fetch came to, gives the next state. Asks nobody.

A healthy feed is asked at the configured interval, later when its server says so. A failing one is asked at doubled
intervals with jitter, and paused in the end; what was wrong is kept as a sentence for people.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from digest.config.machine import GatherSettings
from digest.model.feeds import FeedSource, FeedState
from digest.ports.outside import FetchRequest, FetchResult, FetchStatus

_LONGEST_REST = timedelta(days=1)
"""Neither a server's max-age nor our own back-off keeps a feed unasked for longer."""
_LONGEST_WAIT = timedelta(days=7)
"""Retry-After is believed up to this."""
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9,"
    " application/json;q=0.8, */*;q=0.5"
)


def next_request(source: FeedSource, state: FeedState) -> FetchRequest:
    """The request for a feed: where it moved to, with the validators that we hold."""
    return FetchRequest(state.moved_to or source.url, state.etag, state.last_modified, _ACCEPT)


def next_state(
    state: FeedState, result: FetchResult, settings: GatherSettings, now: datetime, jitter: float
) -> FeedState:
    """What to remember after a fetch. `jitter` is a number from 0 up to 1."""
    match result.status:
        case FetchStatus.OK:
            known = replace(state, etag=result.etag, last_modified=result.last_modified)
            return _after_success(known, result, settings, now, jitter)
        case FetchStatus.UNCHANGED:
            return _after_success(state, result, settings, now, jitter)
        case _:
            return _after_failure(state, result, settings, now, jitter)


def just_paused(before: FeedState, after: FeedState) -> bool:
    """Whether the operator is to be told, once, that the feed is asked no more."""
    return after.paused_at is not None and before.paused_at is None


def _after_success(
    state: FeedState, result: FetchResult, settings: GatherSettings, now: datetime, jitter: float
) -> FeedState:
    every = timedelta(minutes=settings.every_minutes)
    fresh = min(timedelta(seconds=result.max_age or 0), _LONGEST_REST)
    return replace(
        state, checked_at=now, next_at=now + max(every, fresh) * (1 + 0.1 * jitter), failing_since=None, failures=0,
        paused_at=None, error="", moved_to=result.moved_to or state.moved_to,
    )  # fmt: skip


def _after_failure(
    state: FeedState, result: FetchResult, settings: GatherSettings, now: datetime, jitter: float
) -> FeedState:
    """One failure more. A move is forgotten: if the new address fails, the configured one is asked again."""
    failures = state.failures + 1
    gone = result.status is FetchStatus.GONE
    reason = "the feed is gone for good (410)" if gone else result.reason or result.status.value
    paused = gone or failures >= settings.pause_after
    return replace(
        state, checked_at=now, next_at=_retry_at(result, settings, failures, now, jitter), failures=failures,
        failing_since=state.failing_since or now, error=reason, moved_to="",
        paused_at=(state.paused_at or now) if paused else None,
    )  # fmt: skip


def _retry_at(result: FetchResult, settings: GatherSettings, failures: int, now: datetime, jitter: float) -> datetime:
    every = timedelta(minutes=settings.every_minutes)
    if result.retry_at:
        return min(max(result.retry_at, now + every), now + _LONGEST_WAIT)
    doubled = min(every * (1 << min(failures, 10)), max(every, _LONGEST_REST))
    # Shortened by up to a half, so that feeds that failed together do not come back together.
    return now + doubled * (1 - 0.5 * jitter)
