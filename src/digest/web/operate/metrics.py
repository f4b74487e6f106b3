"""/metrics: what is counted, in the words of Prometheus, for the networks that the settings name.

All figures come from the tables, so that any process says the same, and none is lost by a restart.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import datetime
from threading import Lock

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from digest import __version__
from digest.app import App
from digest.model.ids import NewsletterSlug
from digest.model.jobs import Backlog
from digest.model.measures import Queues
from digest.pipeline.measuring import Measures, measure
from digest.web.editor.local import is_passed_on
from digest.web.guard import asked_from
from digest.web.site import Site

_QUEUE = (
    "What waits: deliveries due, put off and taken up; errands of pages; with workers, jobs due by queue, those of"
    " later, taken, and taken by workers that are gone."
)


def metric_routes(site: Site) -> APIRouter:
    """The route."""
    routes = APIRouter()
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(_FromTables(site))

    @routes.get("/metrics")
    def metrics(request: Request) -> Response:
        settings = site.app.settings
        unknown = is_passed_on(request.headers) and not settings.web.behind_proxy  # whoever asks is not its proxy
        if unknown or not _is_in(asked_from(request, settings.web), settings.metrics.networks):
            raise HTTPException(404)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes


def _is_in(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in networks)


class _FromTables(Collector):
    """Counts when asked."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        """What Prometheus asks for."""
        now = self._site.app.clock()
        found, jobs = self._site.once(_Counted, _Counted).figures(self._site.app, now)
        build = GaugeMetricFamily("digest_build", "The version that runs.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        yield from _contents(found)
        yield from _deliveries(found)
        yield from _queues(found.queues, jobs, now)


class _Counted:
    """What was counted last: it is not counted again before it is too old, or the configuration another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: datetime | None = None
        self._found: tuple[Measures, Backlog | None]

    def figures(self, app: App, now: datetime) -> tuple[Measures, Backlog | None]:
        """Of the tables and of the queue, where there is one."""
        with self._lock:
            if self._at is None or not 0 <= (now - self._at).total_seconds() < app.settings.metrics.seconds:
                self._found = (measure(app.press, now), app.queue.backlog() if app.queue else None)
                self._at = now
            return self._found


def _contents(found: Measures) -> Iterator[Metric]:
    yield _by("digest_feeds", "Feeds, by state.", "state", found.feeds)
    yield GaugeMetricFamily("digest_articles", "Articles that are kept.", found.articles)
    yield _by("digest_issues", "Issues, by state.", "state", found.census.issues)
    yield _by("digest_readers", "Readers, by state.", "state", found.census.readers)
    yield GaugeMetricFamily("digest_suppressed_addresses", "Addresses never to be mailed.", found.census.suppressed)


def _deliveries(found: Measures) -> Iterator[Metric]:
    labels = ["newsletter", "state", "provider"]
    counted = GaugeMetricFamily("digest_deliveries", "Deliveries of each newsletter's last issue.", labels=labels)
    for (newsletter, state, provider), count in sorted(found.deliveries.items()):
        counted.add_metric([newsletter, state, provider], count)
    yield counted
    begun = {newsletter: lag.begun.total_seconds() for newsletter, lag in found.lags.items()}
    ended = {newsletter: lag.finished.total_seconds() for newsletter, lag in found.lags.items()}
    yield _by("digest_slot_begun_lag_seconds", "From the last slot's hour until it began, or now.", "newsletter", begun)
    yield _by("digest_slot_lag_seconds", "From the last slot's hour until it was all out, or now.", "newsletter", ended)
    yield _by("digest_throttle_per_minute", "Mails a minute that the settings allow.", "layer", found.limits)


def _queues(queues: Queues, jobs: Backlog | None, now: datetime) -> Iterator[Metric]:
    waiting = {"due": queues.due, "later": queues.later, "claimed": queues.claimed, "errands": queues.errands}
    ages = {"due": queues.due_since, "errands": queues.errand_since}
    seconds = {name: max((now - since).total_seconds(), 0) if since else 0 for name, since in ages.items()}
    if jobs:
        of_jobs = {f"jobs-{name}": found for name, found in jobs.queues.items()}
        later = sum(found.later for found in jobs.queues.values())
        waiting |= {name: found.due for name, found in of_jobs.items()}
        waiting |= {"jobs-later": later, "jobs-doing": jobs.doing, "jobs-stuck": jobs.stuck}
        seconds |= {name: found.age.total_seconds() for name, found in of_jobs.items()}
        yield GaugeMetricFamily("digest_workers", "Workers that were heard of lately.", jobs.workers)
    yield _by("digest_queue", _QUEUE, "queue", waiting)
    yield _by("digest_queue_age_seconds", "How long the oldest of them has been due.", "queue", seconds)


def _by(name: str, words: str, label: str, values: Mapping[NewsletterSlug, float] | Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([str(key)], value)
    return family
