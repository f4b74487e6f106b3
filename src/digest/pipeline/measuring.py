"""Gathers what machines that watch are told: how much there is, what waits, how late it is. Changes nothing.

Providers are named as the throttle groups them; a domain of few readers goes with the others, because it may be one
person's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.config.publication import NewsletterSettings
from digest.deliver.throttle import warm_up_limit
from digest.model.delivery import DeliveryState
from digest.model.feeds import FeedHealth
from digest.model.ids import NewsletterSlug
from digest.model.issue import Issue, IssueState
from digest.model.measures import Census, Queues
from digest.pipeline.press import Press
from digest.pipeline.reporting import OTHERS, progress

_CROWD = 20
"""Readers of a domain that make it a provider."""
_NOTHING_WENT = frozenset({IssueState.SKIPPED, IssueState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Lag:
    """How a newsletter's last slot that was due kept its hour; it grows while it does not."""

    begun: timedelta
    """From its hour until its first readers were frozen."""
    finished: timedelta
    """From its hour until nobody was left."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything at one moment."""

    feeds: Mapping[str, int]
    """By health."""
    articles: int
    census: Census
    queues: Queues
    deliveries: Mapping[tuple[NewsletterSlug, DeliveryState, str], int]
    """Of each newsletter's last issue that was due, by state and provider."""
    lags: Mapping[NewsletterSlug, Lag]
    limits: Mapping[str, float]
    """Mails a minute that the settings allow, by layer."""


def measure(press: Press, now: datetime) -> Measures:
    """All of it."""
    store = press.store
    last = {n.key: issue for n in press.settings.newsletters if (issue := _last_due(press, n, now))}
    return Measures(
        feeds=_feeds(press),
        articles=store.articles.count(),
        census=store.measures.census(),
        queues=store.measures.queues(now),
        deliveries=dict(_deliveries(press, last, now)),
        lags={slug: lag for slug, issue in last.items() if (lag := lag_of(issue, now))},
        limits=dict(_limits(press, now)),
    )


def _last_due(press: Press, newsletter: NewsletterSettings, now: datetime) -> Issue | None:
    """The newsletter's latest issue whose hour has come."""
    issues = press.store.issues.all(newsletter.key, limit=20)
    return next((issue for issue in issues if issue.send_at <= now), None)


def lag_of(issue: Issue, now: datetime) -> Lag | None:
    """How late an issue began and ended, or is by now; None where nothing was to go."""
    if issue.state in _NOTHING_WENT:
        return None
    ended = issue.finished_at if issue.state is IssueState.SENT else None
    begun, finished = (issue.frozen_at or now) - issue.send_at, (ended or now) - issue.send_at
    return Lag(max(begun, timedelta()), max(finished, timedelta()))


def _feeds(press: Press) -> Mapping[str, int]:
    counts = Counter(feed.state.health for feed in press.store.feeds.all())
    return {str(health): counts[health] for health in FeedHealth}


def _deliveries(
    press: Press, last: Mapping[NewsletterSlug, Issue], now: datetime
) -> Iterator[tuple[tuple[NewsletterSlug, DeliveryState, str], int]]:
    named = {provider.name for provider in press.settings.throttle.providers}
    for slug, issue in last.items():
        found = Counter[tuple[NewsletterSlug, DeliveryState, str]]()
        for one in progress(press, issue, now).providers:
            is_crowd = one.provider in named or sum(one.counts.values()) >= _CROWD
            for state, count in one.counts.items():
                found[slug, state, one.provider if is_crowd else OTHERS] += count
        yield from found.items()


def _limits(press: Press, now: datetime) -> Iterator[tuple[str, float]]:
    """What the throttle is made from; complaints of the moment are known to the senders only."""
    settings = press.settings.throttle
    if settings.per_minute:
        yield "all", settings.per_minute
    if settings.domain_per_minute:
        yield "domain", settings.domain_per_minute
    if settings.warm_up and settings.warm_up_from:
        yield "warm-up", warm_up_limit(settings.warm_up, settings.warm_up_from, now.date()) / (24 * 60)
    yield from ((f"provider {provider.name}", provider.per_minute) for provider in settings.providers)
    yield from ((f"newsletter {limit.newsletter}", limit.per_minute) for limit in settings.newsletters)
    yield from ((f"relay {relay.place}", relay.per_minute) for relay in press.settings.smtp.every_relay
                if relay.per_minute)  # fmt: skip
