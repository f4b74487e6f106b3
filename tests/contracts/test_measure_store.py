"""What every MeasureStore does."""

from __future__ import annotations

from build import NOW, at
from digest.model.delivery import DeliveryState, Settlement
from digest.model.errands import ErrandKind
from digest.model.measures import Census, Queues
from digest.model.people import SuppressionReason
from digest.ports.store import Store
from send_ground import ground


def test_an_empty_store_has_nothing_that_waits(store: Store):
    assert store.measures.is_ready()
    assert store.measures.queues(NOW) == Queues()
    assert store.measures.census() == Census({}, {}, 0)


def test_what_is_due_put_off_and_taken_up_is_counted_apart(store: Store):
    at_work = ground(store, 6)
    at_work.freeze()
    issue = at_work.issue.id
    waiting = store.measures.queues(at(2))
    assert (waiting.due, waiting.later, waiting.claimed) == (6, 0, 0)
    assert NOW <= waiting.due_since < at(0.1)  # since they were frozen, not since 1970

    first, second, _ = store.ledger.claim(issue, 3, at(9), at(1))
    outcomes = [
        Settlement(first.delivery.key, first.lease, DeliveryState.SENT, tried=True),
        Settlement(second.delivery.key, second.lease, DeliveryState.DEFERRED, at(3), "450", tried=True),
    ]
    store.ledger.record(outcomes, at(1))
    waiting = store.measures.queues(at(2))
    assert (waiting.due, waiting.later, waiting.claimed) == (3, 1, 1)
    assert store.measures.queues(at(4)).due == 4


def test_a_deferred_mail_has_been_due_since_its_retry(store: Store):
    at_work = ground(store, 1)
    at_work.freeze()
    (claim,) = store.ledger.claim(at_work.issue.id, 1, at(9), at(1))
    store.ledger.record([Settlement(claim.delivery.key, claim.lease, DeliveryState.DEFERRED, at(3), tried=True)], at(1))
    assert store.measures.queues(at(5)).due_since == at(3)


def test_errands_wait_since_they_were_asked_for(store: Store):
    store.errands.add(ErrandKind.LINK, {"email": "ada@example.com"}, at(1))
    store.errands.add(ErrandKind.LINK, {"email": "bob@example.com"}, at(2))
    waiting = store.measures.queues(at(3))
    assert (waiting.errands, waiting.errand_since) == (2, at(1))


def test_the_census_counts_by_state(store: Store):
    ground(store, 3)
    store.readers.suppress("reader0@example.com", SuppressionReason.BOUNCE, NOW)
    assert store.measures.census() == Census({"approved": 1}, {"confirmed": 3}, 1)
