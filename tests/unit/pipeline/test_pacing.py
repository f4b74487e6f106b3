"""How long mails take under the limits: by provider, newsletter, in all, and while a sender is new."""

from __future__ import annotations

from datetime import date, timedelta

import press
from build import WEEKLY, at
from digest.config.machine import RelaySettings, SmtpSettings
from digest.config.settings import Settings
from digest.config.throttle import NewsletterLimitSettings, ProviderLimitSettings, ThrottleSettings
from digest.model.ids import IssueId, NewsletterSlug
from digest.pipeline.pacing import Batch, paced

DAILY = NewsletterSlug("daily")
HOUR = at(-2)
FIRST, SECOND = IssueId("weekly-2026-11-24"), IssueId("daily-2026-11-24")
BIG = ProviderLimitSettings(name="big", domains=("big.example",), per_minute=10)


def batch(mails: int, provider: str = "x.example", minutes: float = 0, issue: IssueId = FIRST, spread: float = 1):
    newsletter = WEEKLY if issue == FIRST else DAILY
    return Batch(HOUR + timedelta(minutes=minutes), issue, newsletter, provider, mails, spread)


def ends(throttle: ThrottleSettings, *batches: Batch, relays: tuple[float, ...] = ()) -> dict[str, float | None]:
    """Minutes from the hour until the last mail of each provider leaves."""
    smtp = SmtpSettings(relays=tuple(RelaySettings(port=n + 1, per_minute=rate) for n, rate in enumerate(relays)))
    found = paced(Settings(throttle=throttle, smtp=smtp, newsletters=(press.newsletter(),)), batches)
    return {
        f"{issue.partition('-')[0]} {provider}": pace.last_at and (pace.last_at - HOUR).total_seconds() / 60
        for (issue, provider), pace in found.items()
    }


def test_without_limits_there_is_no_telling():
    assert ends(ThrottleSettings(), batch(1000)) == {"weekly x.example": None}


def test_a_provider_goes_at_its_own_rate_and_what_is_left_is_for_the_others():
    throttle = ThrottleSettings(per_minute=30, providers=(BIG,))
    assert ends(throttle, batch(100, "big"), batch(100)) == {"weekly big": 10, "weekly x.example": 5}


def test_what_has_room_again_is_used_by_those_who_still_wait():
    """All that waits shares 30 a minute by its number: 100 and 50 as 20 and 10."""
    assert ends(ThrottleSettings(per_minute=30), batch(100, "a"), batch(50, "b")) == {"weekly a": 5, "weekly b": 5}
    limited = ThrottleSettings(per_minute=30, providers=(BIG,))
    late = batch(40, "b", minutes=2)  # then 80 of the first still wait: 10 go to them, 20 to these, for two minutes
    assert ends(limited, batch(100, "big"), late) == {"weekly big": 10, "weekly b": 4}


def test_waves_follow_each_other_and_a_wave_that_is_late_holds_up_the_next():
    throttle = ThrottleSettings(domain_per_minute=1)
    assert ends(throttle, batch(10), batch(10, minutes=5)) == {"weekly x.example": 20}
    assert ends(throttle, batch(10), batch(10, minutes=60)) == {"weekly x.example": 70}


def test_newsletters_of_one_hour_share_a_provider():
    throttle = ThrottleSettings(providers=(BIG,))
    assert ends(throttle, batch(50, "big"), batch(50, "big", issue=SECOND)) == {"weekly big": 10, "daily big": 10}


def test_a_newsletters_own_limit_holds_for_it_alone():
    throttle = ThrottleSettings(newsletters=(NewsletterLimitSettings(newsletter="weekly", per_minute=2),))
    assert ends(throttle, batch(10), batch(10, issue=SECOND)) == {"weekly x.example": 5, "daily x.example": None}


def test_relays_limit_the_whole_only_if_each_of_them_has_a_limit():
    assert ends(ThrottleSettings(), batch(10), relays=(3, 2)) == {"weekly x.example": 2}
    assert ends(ThrottleSettings(), batch(10), relays=(3, 0)) == {"weekly x.example": None}


def test_many_domains_together_take_as_long_as_their_largest():
    throttle = ThrottleSettings(domain_per_minute=1)
    assert ends(throttle, batch(100, "other", spread=20)) == {"weekly other": 5}


def test_a_warm_up_spreads_mails_over_its_days_and_ends():
    """1,440 a day is one a minute; the next day brings ten times that, and then there is no limit."""
    throttle = ThrottleSettings(warm_up=(1440, 14400), warm_up_from=HOUR.date())
    to_midnight = 17 * 60
    assert ends(throttle, batch(to_midnight + 600)) == {"weekly x.example": to_midnight + 60}
    until_the_end = to_midnight + 1440
    found = ends(throttle, batch(100_000))["weekly x.example"]
    assert found is not None and until_the_end <= found <= until_the_end + 0.1
    over = ThrottleSettings(warm_up=(1440,), warm_up_from=date(2020, 1, 1))
    assert ends(over, batch(10)) == {"weekly x.example": None}


def test_a_rate_that_is_never_enough_still_has_an_answer():
    assert ends(ThrottleSettings(per_minute=0.0001), batch(10_000_000)) == {"weekly x.example": 3650 * 24 * 60}
