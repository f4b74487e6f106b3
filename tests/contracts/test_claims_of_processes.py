"""Several processes on one ledger: what the threads of one process cannot show."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from build import NOW, WEEKLY, at, chunk, compiled, consent, edition, issue, preferences, subscriber_draft
from databases import ADDRESS_KEY
from digest.model.delivery import DeliveryState, Settlement
from digest.model.people import ConsentKind
from digest.store.store import SqlStore, open_store

ISSUE = issue().id


def claim_and_record_all(url: str) -> list[int]:
    """What one process sends until nothing is left."""
    store = open_store(url, Path(), ADDRESS_KEY)
    taken: list[int] = []
    while claims := store.ledger.claim(ISSUE, 10, at(1), NOW):
        store.ledger.record([Settlement(c.delivery.key, c.lease, DeliveryState.SENT, tried=True) for c in claims], NOW)
        taken += [claim.delivery.key.subscriber for claim in claims]
    store.close()
    return taken


def test_processes_that_claim_at_the_same_time_never_share_a_delivery(store: SqlStore, database_url: str):
    rows = [(subscriber_draft(f"r{n}@example.com"), WEEKLY, preferences()) for n in range(300)]
    store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    store.issues.create(issue(), NOW)
    store.issues.approve(ISSUE, "ed", "hash", compiled(ISSUE), 1, NOW)
    everybody = [reader.id for reader, _ in store.readers.all()]
    store.ledger.freeze([chunk([(reader, edition()) for reader in everybody])], ISSUE, NOW)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        taken = list(pool.map(claim_and_record_all, [database_url] * 2))
    assert Counter(reader for some in taken for reader in some) == Counter(everybody)
    assert store.ledger.counts(ISSUE) == {DeliveryState.SENT: 300}
