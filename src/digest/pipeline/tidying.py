"""Retention: once a day everything goes whose time is over, by the periods of the configuration."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from digest.model.people import Origin
from digest.pipeline.answering import KEPT
from digest.pipeline.erasing import erase
from digest.pipeline.press import Press

log = logging.getLogger(__name__)
_ERRAND_DAYS = 7
_COUNT_DAYS = 2
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
RETENTION = Origin("retention")


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many rows went, or would go."""

    unconfirmed: int
    bounced: int
    bounces: int
    verdicts: int
    consent: int

    @property
    def anything(self) -> bool:
        """Whether there was something to do."""
        return any(getattr(self, field.name) for field in fields(self))


def tidy(press: Press, now: datetime, dry_run: bool = False) -> Tidied:
    """Forgets what the settings say; a dry run only counts."""
    periods, store = press.settings.retention, press.store.tidying
    tidied = Tidied(
        _forget(store.forget_unconfirmed, periods.unconfirmed_days, now, dry_run),
        _erase_bounced(press, periods.bounced_days, now, dry_run),
        _forget(store.forget_bounces, periods.bounces_days, now, dry_run),
        _forget(store.forget_verdicts, periods.verdicts_days, now, dry_run),
        _forget(store.forget_consent, periods.consent_days, now, dry_run),
    )
    if not dry_run:
        press.store.errands.purge(now - timedelta(days=_ERRAND_DAYS))
        press.store.answers.purge(now - KEPT)
        press.store.limits.purge(f"{now - timedelta(days=_COUNT_DAYS):%Y-%m-%d}")
        store.forget_log()
    return tidied


def tidy_daily(press: Press, now: datetime) -> Tidied | None:
    """Tidies if no process has done so today; None: one has."""
    if not press.store.limits.take("tidy", f"{now:%Y-%m-%d}", 1):
        return None
    tidied = tidy(press, now)
    if tidied.anything:
        log.info("tidied: %s", ", ".join(f"{getattr(tidied, f.name)} {f.name}" for f in fields(tidied)))
    return tidied


def _forget(forget: Callable[..., int], days: int, now: datetime, dry_run: bool) -> int:
    return forget(_before(days, now), dry_run=dry_run) if days else 0


def _before(days: int, now: datetime) -> datetime:
    """So many days ago; a period longer than time itself forgets nothing."""
    try:
        return now - timedelta(days=days)
    except OverflowError:
        return _NEVER


def _erase_bounced(press: Press, days: int, now: datetime, dry_run: bool) -> int:
    """Erases page by page. In a dry run nobody goes, so one page counts them all."""
    if not days:
        return 0
    before = _before(days, now)
    if dry_run:
        return len(press.store.tidying.bounced(before, limit=1_000_000))
    erased = 0
    while page := press.store.tidying.bounced(before):
        erased += sum(erase(press, reader, RETENTION, now) for reader in page)
    return erased
