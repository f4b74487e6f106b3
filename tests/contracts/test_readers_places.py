"""Where a ReaderStore says that its readers are; of a large list it may be a while ago."""

from __future__ import annotations

from datetime import timedelta

import pytest

from build import NOW, WEEKLY, consent, preferences, subscriber_draft
from digest.model.people import ConsentKind
from digest.ports.readers import Place
from digest.ports.store import Store


def bring(store: Store, *people: tuple[str, str, int | None]) -> None:
    rows = [
        (subscriber_draft(email, timezone=zone), WEEKLY, preferences("privacy", hour=hour))
        for email, zone, hour in people
    ]
    store.readers.import_(rows, consent(ConsentKind.IMPORTED))


def places(store: Store, minutes: float = 0) -> set[Place]:
    return set(store.readers.places(WEEKLY, NOW + timedelta(minutes=minutes)))


def test_readers_are_counted_by_zone_and_hour(store: Store):
    bring(store, ("a@example.com", "Asia/Tokyo", None), ("b@example.com", "Asia/Tokyo", None), ("c@example.com", "", 8))
    assert places(store) == {Place("Asia/Tokyo", None, 2), Place("", 8, 1)}
    bring(store, ("d@example.com", "Africa/Lagos", None))
    assert places(store) == {Place("Asia/Tokyo", None, 2), Place("", 8, 1), Place("Africa/Lagos", None, 1)}


def test_a_large_list_is_counted_anew_so_seldom_that_it_takes_little_of_the_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("digest.store.wishes._MANY", 1)
    monkeypatch.setattr("digest.store.wishes._LASTING", timedelta(minutes=2))
    bring(store, ("a@example.com", "Asia/Tokyo", None))
    first = places(store)
    bring(store, ("d@example.com", "Africa/Lagos", None))
    assert places(store, 1.9) == first
    assert len(places(store, 2)) == 2
    bring(store, ("e@example.com", "Europe/Berlin", None))
    assert len(places(store, -1)) == 3  # a clock that was set back
