"""What every ErrandStore does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from build import NOW, at
from digest.model.errands import ErrandKind
from digest.ports.store import Store

DRAFT, LINK = ErrandKind.DRAFT, ErrandKind.LINK


def taken(store: Store, hours: float = 0) -> list[tuple[ErrandKind, dict[str, str], int]]:
    return [(one.kind, dict(one.fields), one.attempts) for one in store.errands.take(at(hours), at(hours + 1))]


def test_an_errand_is_given_once_until_its_time_and_again_after_it(store: Store):
    store.errands.add(LINK, {"email": "ada@example.com"}, NOW)
    assert taken(store) == [(LINK, {"email": "ada@example.com"}, 1)]
    assert taken(store) == []
    assert taken(store, 2) == [(LINK, {"email": "ada@example.com"}, 2)]


def test_a_finished_errand_is_forgotten(store: Store):
    store.errands.add(LINK, {}, NOW)
    store.errands.finish(store.errands.take(NOW, at(1))[0].id)
    assert taken(store, 5) == []


def test_what_is_to_be_done_once_is_kept_once_whatever_becomes_of_it(store: Store):
    assert store.errands.add_once("draft:weekly", DRAFT, {"issue": "weekly"}, NOW)
    assert not store.errands.add_once("draft:weekly", DRAFT, {"issue": "weekly"}, NOW)
    store.errands.finish(store.errands.take(NOW, at(1))[0].id)
    store.limits.purge("2099-01-01")
    store.errands.purge(at(99))
    assert not store.errands.add_once("draft:weekly", DRAFT, {"issue": "weekly"}, at(99))
    assert taken(store, 99) == []
    assert store.errands.add_once("draft:daily", DRAFT, {}, NOW)


def test_of_several_at_once_one_keeps_it(store: Store):
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _: store.errands.add_once("draft:x", DRAFT, {}, NOW), range(8)))
    assert sorted(kept) == [False] * 7 + [True]
    assert len(taken(store)) == 1
