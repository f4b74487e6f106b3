"""What every LimitStore does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.ports.store import Store


def test_so_many_may_and_no_more_however_often_they_ask(store: Store):
    assert [store.limits.take("sign-up", "2026-11-24", 2) for _ in range(5)] == [True, True, False, False, False]


def test_each_thing_and_each_period_has_a_count_of_its_own(store: Store):
    for what, period in (("sign-up", "2026-11-24"), ("sign-up", "2026-11-25"), ("link", "2026-11-24")):
        assert store.limits.take(what, period, 1)
        assert not store.limits.take(what, period, 1)


def test_a_limit_that_was_raised_lets_more_through_and_a_lowered_one_fewer(store: Store):
    assert [store.limits.take("sign-up", "2026-11-24", most) for most in (1, 1, 3, 3)] == [True, False, True, False]


def test_nothing_is_allowed_where_none_is(store: Store):
    assert not store.limits.take("sign-up", "2026-11-24", 0)


def test_of_many_who_ask_at_once_exactly_so_many_may(store: Store):
    with ThreadPoolExecutor(4) as pool:
        allowed = list(pool.map(lambda _: store.limits.take("sign-up", "2026-11-24", 5), range(20)))
    assert sorted(allowed) == [False] * 15 + [True] * 5


def test_old_periods_are_forgotten_and_their_counts_begin_anew(store: Store):
    for period in ("2026-11-23", "2026-11-24T08", "2026-11-24T09"):
        store.limits.take("sign-up", period, 1)
    assert store.limits.purge("2026-11-24T09") == 2
    assert store.limits.purge("2026-11-24T09") == 0
    assert store.limits.take("sign-up", "2026-11-23", 1)
    assert not store.limits.take("sign-up", "2026-11-24T09", 1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(what=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30))
def test_whatever_it_is_called_it_is_counted(store: Store, what: str):
    store.limits.purge("9")
    assert [store.limits.take(what, "2026-11-24", 1) for _ in range(2)] == [True, False]
