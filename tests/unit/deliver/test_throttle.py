"""Limits in layers: never exceeded in any window, halved by complaints, recovered with time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build import NOW
from digest.config.throttle import ThrottleSettings
from digest.deliver.throttle import BURST, RECOVERY, Bucket, Throttle, warm_up_limit
from digest.model.delivery import DeliveryKey
from digest.model.ids import IssueId, SubscriberId
from mail_servers import mail

NONE = timedelta(0)
GOOGLE = {"name": "google", "domains": ["gmail.com", "googlemail.com"], "per_minute": 60}


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def throttle(**limits: object) -> Throttle:
    return Throttle(ThrottleSettings.model_validate(limits))


def admitted(limits: Throttle, to: str, times: int, after: float = 0) -> int:
    """How many of so many at one moment may go."""
    messages = [mail(n, recipient=to) for n in range(times)]
    return sum(not limits.admit(message, NOW + seconds(after)) for message in messages)


@settings(deadline=None)
@given(st.floats(0.01, 500), st.lists(st.floats(0, 20), max_size=200), st.sets(st.integers(0, 199), max_size=3))
def test_no_window_of_time_sees_more_than_its_rate(rate: float, gaps: list[float], complaints: set[int]) -> None:
    now, went = NOW, []
    bucket = Bucket(lambda _: rate, now)
    for number, gap in enumerate(gaps):
        now += seconds(gap)
        if number in complaints:
            bucket.slow_down(now)
        while len(went) < 1000 and not bucket.wait(now):
            bucket.take(now)
            went.append((now - NOW).total_seconds())
    burst = max(1.0, rate * BURST.total_seconds())
    leads = [number - rate * moment for number, moment in enumerate(went)]
    for lead, lowest in zip(leads, accumulate(leads, min), strict=True):
        assert lead - lowest + 1 <= burst + 1e-3, "from any mail to any later one"


@given(st.floats(0.01, 500), st.floats(0, 10))
def test_whoever_waits_as_long_as_told_may_go(rate: float, later: float) -> None:
    bucket = Bucket(lambda _: rate, NOW)
    while not bucket.wait(NOW):
        bucket.take(NOW)
    assert not bucket.wait(NOW + bucket.wait(NOW) + seconds(later) + timedelta(microseconds=200))


def test_a_complaint_halves_the_rate_and_an_hour_makes_it_whole() -> None:
    bucket = Bucket(lambda _: 10, NOW)
    bucket.slow_down(NOW)
    assert bucket.rate(NOW) == 5
    assert bucket.rate(NOW + RECOVERY / 4) == 7.5
    assert bucket.rate(NOW + RECOVERY / 2) == bucket.rate(NOW + RECOVERY) == 10


def test_complaints_about_mails_under_way_together_count_once() -> None:
    bucket = Bucket(lambda _: 10, NOW)
    for number in range(5):
        bucket.slow_down(NOW + seconds(number))
    assert bucket.rate(NOW) == 5


@given(st.integers(1, 300))
def test_no_number_of_complaints_stops_the_mail_for_good(complaints: int) -> None:
    bucket = Bucket(lambda _: 10, NOW)
    now = NOW
    for number in range(complaints):
        now = NOW + seconds(30 * number)
        bucket.slow_down(now)
    assert 10 / 64 <= bucket.rate(now) <= 5


def test_without_limits_everything_goes_at_once() -> None:
    assert not ThrottleSettings().limits_anything
    assert admitted(throttle(), "a@example.com", 500) == 500


def test_a_provider_is_all_of_its_domains_together() -> None:
    limits = throttle(providers=[GOOGLE])
    assert admitted(limits, "a@gmail.com", 5) == 2
    assert admitted(limits, "a@GoogleMail.com", 5) == 0
    assert admitted(limits, "a@example.com", 50) == 50
    assert admitted(limits, "a@googlemail.com", 5, after=1) == 1


def test_each_other_domain_has_a_limit_of_its_own() -> None:
    limits = throttle(domain_per_minute=60, providers=[GOOGLE | {"per_minute": 600}])
    assert [admitted(limits, f"a@{domain}", 50) for domain in ("one.example", "two.example", "gmail.com")] == [2, 2, 20]


def test_the_slowest_layer_decides_and_the_others_are_not_charged_for_who_waits() -> None:
    limits = throttle(per_minute=300, providers=[GOOGLE])
    assert admitted(limits, "a@gmail.com", 100) == 2
    assert admitted(limits, "a@example.com", 100) == 8


def test_a_newsletter_has_a_limit_and_single_mails_have_none_of_it() -> None:
    limits = throttle(newsletters=[{"newsletter": "weekly", "per_minute": 60}])
    assert admitted(limits, "a@example.com", 10) == 2
    key = DeliveryKey(IssueId("mail-confirm-20261124t090000"), SubscriberId(1))
    assert not limits.wait(mail(key=key), NOW)


@pytest.mark.parametrize(
    ("reply", "halves"),
    [
        ("421 4.7.28 unusual rate", True),
        ("421 busy", True),
        ("450 4.7.1 slow down", True),
        ("450 Sorry. 4.7.1 slow down", True),
        ("450 4.2.1 busy, see 4.7.1 of our rules", False),
        ("450 no name for 4.7.12.3", False),
        ("451 4.3.0 disk", False),
        ("550 5.7.1 no", False),
        ("250 2.0.0 Ok", False),
    ],
)
def test_only_complaints_about_our_rate_slow_us_down(reply: str, halves: bool) -> None:
    limits = throttle(providers=[GOOGLE | {"per_minute": 600}], per_minute=6000)
    limits.heard(mail(recipient="a@gmail.com"), reply, NOW)
    assert admitted(limits, "a@gmail.com", 100) == (10 if halves else 20)
    assert admitted(limits, "a@example.com", 1000) == (190 if halves else 180)


def told(limits: Throttle, reply: str, times: int) -> timedelta:
    """The wait for a second mail at once, after connections that each ended with this reply, half a minute apart."""
    later = NOW
    for number in range(times):
        later = NOW + seconds(31 * number)
        limits.closed(mail(recipient="a@gmail.com"), reply, later)
    assert not limits.admit(mail(recipient="a@gmail.com"), later)
    return limits.wait(mail(recipient="a@gmail.com"), later)


def test_a_closed_connection_slows_the_mail_server_and_the_provider_of_the_mail_under_way() -> None:
    limits = throttle(providers=[GOOGLE | {"per_minute": 600}], per_minute=6000)
    limits.closed(mail(recipient="a@gmail.com"), "421 slow down", NOW)
    assert admitted(limits, "a@gmail.com", 100) == 10
    assert admitted(limits, "a@example.com", 1000) == 90


def test_a_closed_connection_slows_the_relay_that_closed_it_and_no_other() -> None:
    limits = Throttle(ThrottleSettings(per_minute=6000), relays={"one": 60, "two": 60})
    limits.closed(None, "421 slow down", NOW, "one")
    limits.take_to("one", NOW), limits.take_to("two", NOW)
    assert limits.wait_for("one", mail(), NOW) == seconds(2)
    assert limits.wait_for("two", mail(), NOW) == NONE
    assert admitted(limits, "a@example.com", 1000) == 200


def test_a_server_that_closes_every_connection_as_a_matter_of_course_slows_to_a_quarter_and_no_further() -> None:
    limits = throttle(providers=[GOOGLE])
    assert told(limits, "421 4.3.0 so many mails on this connection", 100) == seconds(4)


def test_a_server_that_complains_of_us_again_and_again_slows_further_and_cannot_stop_us() -> None:
    assert told(throttle(providers=[GOOGLE]), "421 4.7.0 too much mail from you", 100) == seconds(64)


def test_a_plain_421_after_complaints_makes_nothing_faster() -> None:
    limits = throttle(providers=[GOOGLE])
    told(limits, "421 4.7.0 too much mail from you", 100)
    later = NOW + seconds(31 * 99 + 60)
    before = limits.wait(mail(recipient="a@gmail.com"), later)
    limits.closed(mail(recipient="a@gmail.com"), "421 bye", later)
    assert limits.wait(mail(recipient="a@gmail.com"), later) >= before


def test_those_sent_away_are_told_different_times_in_the_order_of_the_rate() -> None:
    limits = throttle(providers=[GOOGLE])
    admitted(limits, "a@gmail.com", 2)
    waits = [limits.promise(mail(recipient="a@gmail.com"), NOW).total_seconds() for _ in range(5)]
    assert waits == [2, 3, 4, 5, 6]
    for _ in range(10_000):
        longest = limits.promise(mail(recipient="a@gmail.com"), NOW)
    assert longest == timedelta(hours=1)


def test_a_warm_up_grows_day_by_day_and_ends() -> None:
    first = date(2026, 11, 1)
    days = [date(2026, 10, 30), first, date(2026, 11, 2), date(2026, 11, 3)]
    assert [warm_up_limit((240, 480), first, day) for day in days] == [240, 240, 480, inf]


def test_a_warm_up_is_spread_over_the_day() -> None:
    limits = throttle(warm_up=[240], warm_up_from=NOW.date())
    assert admitted(limits, "a@example.com", 100) == 10
    assert admitted(limits, "a@example.com", 100, after=3600) == 10
    after = (timedelta(days=1)).total_seconds()
    assert admitted(limits, "a@example.com", 100, after=after) == 100


def test_a_mail_that_somebody_waits_for_goes_before_those_of_an_issue() -> None:
    limits = throttle(per_minute=60)
    assert admitted(limits, "ada@example.org", 50) == 2
    asked_for = replace(mail(99), key=DeliveryKey(IssueId("mail-confirm-20261124t090000"), SubscriberId(1)))
    assert not limits.admit(asked_for, NOW)
    assert limits.wait(mail(100, recipient="bob@example.org"), NOW) > seconds(1), "which the others pay for"
