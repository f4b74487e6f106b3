"""What every AlarmStore does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from build import NOW, at, issue
from digest.model.errands import ErrandKind
from digest.ports.store import Store

ERRANDS = ({"to": "ops@example.com", "text": "late"}, {"to": "webhook", "text": "late"})


def told(store: Store) -> list[str]:
    return [errand.fields["to"] for errand in store.errands.take(at(1), at(2)) if errand.kind is ErrandKind.ALARM]


def test_a_trouble_begins_once_and_is_told_to_everybody(store: Store):
    assert store.alarms.begin("late:x", "x is late", ERRANDS, NOW)
    assert not store.alarms.begin("late:x", "x is later still", ERRANDS, at(1))
    assert store.alarms.begun() == {"late:x": "x is late"}
    assert told(store) == ["ops@example.com", "webhook"]


def test_it_ends_once_and_may_begin_again(store: Store):
    assert not store.alarms.end("late:x", ERRANDS, NOW)
    store.alarms.begin("late:x", "x is late", (), NOW)
    assert store.alarms.end("late:x", ERRANDS, NOW)
    assert not store.alarms.end("late:x", ERRANDS, NOW)
    assert store.alarms.begun() == {}
    assert len(told(store)) == 2
    assert store.alarms.begin("late:x", "again", (), NOW)


def test_of_several_processes_one_tells(store: Store):
    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(lambda _: store.alarms.begin("feed:1", "paused", ERRANDS, NOW), range(8)))
    assert sorted(begun) == [False] * 7 + [True]
    assert len(told(store)) == 2


def test_where_a_canary_was_found_first_stays(store: Store):
    assert store.alarms.arrived(issue().id) is None
    store.alarms.note_arrival(issue().id, "INBOX", NOW)
    store.alarms.note_arrival(issue().id, "Junk", at(1))
    assert store.alarms.arrived(issue().id) == "INBOX"
