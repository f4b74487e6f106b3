"""Retention: what goes by the settings, once a day, and never for a period of 0."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from build import NOW, WEEKLY, consent, preferences, subscriber_draft
from digest.config.retention import RetentionSettings
from digest.model.people import ConsentKind, SubscriberState, SuppressionReason
from digest.pipeline.press import Press
from digest.pipeline.tidying import Tidied, tidy, tidy_daily

NEVER = RetentionSettings(unconfirmed_days=0, bounced_days=0, bounces_days=0, verdicts_days=0, consent_days=0)


def kept(press: Press, periods: RetentionSettings) -> Press:
    return replace(press, settings=press.settings.model_copy(update={"retention": periods}))


@pytest.fixture
def press(make_press) -> Press:
    made = make_press()
    readers = made.store.readers
    for name in ("stranger", "bounced"):
        readers.sign_up(subscriber_draft(f"{name}@example.com"), WEEKLY, preferences(), consent())
    readers.confirm(readers.by_email("bounced@example.com").id, WEEKLY, consent(ConsentKind.CONFIRMED))
    readers.suppress("bounced@example.com", SuppressionReason.BOUNCE, NOW)
    return made


def test_each_goes_in_its_time(press: Press):
    reader = press.store.readers.by_email("bounced@example.com").id
    assert tidy(press, NOW + timedelta(days=14)) == Tidied(0, 0, 0, 0, 0)
    assert tidy(press, NOW + timedelta(days=15), dry_run=True).unconfirmed == 1
    assert press.store.readers.by_email("stranger@example.com")
    assert tidy(press, NOW + timedelta(days=15)).unconfirmed
    assert press.store.readers.by_email("stranger@example.com") is None
    a_year = NOW + timedelta(days=366)
    assert [tidy(press, a_year, dry_run=dry).bounced for dry in (True, False)] == [1, 1]
    assert press.store.readers.get(reader).state is SubscriberState.ERASED
    assert press.store.readers.suppressed("bounced@example.com")[0].reason is SuppressionReason.BOUNCE
    assert tidy(press, a_year + timedelta(days=1827)).consent == 3


def test_a_period_of_0_keeps_for_ever_and_a_huge_one_too(press: Press):
    centuries = NOW + timedelta(days=90_000)
    assert not tidy(kept(press, NEVER), centuries).anything
    assert not tidy(kept(press, NEVER.model_copy(update={"unconfirmed_days": 10**9})), NOW).anything


def test_of_all_processes_one_tidies_once_a_day(press: Press):
    later = NOW + timedelta(days=15)
    assert tidy_daily(press, later).unconfirmed
    assert tidy_daily(press, later + timedelta(hours=1)) is None
    assert tidy_daily(press, later + timedelta(days=1)) is not None
