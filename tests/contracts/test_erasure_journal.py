"""What every ErasureJournal does, and what a database does that is older than it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from build import NOW, WEEKLY, at, consent, preferences, subscriber_draft
from digest.errors import OutsideError
from digest.model.ids import SubscriberId
from digest.model.people import ConsentKind, Erasure, SubscriberState, SuppressionReason
from digest.ports.readers import ErasureJournal
from digest.ports.store import Store
from digest.store.journal import FileErasureJournal

ERASURE = Erasure(SubscriberId(1), "k" * 22, at(-9), NOW)
ERASED = consent(ConsentKind.ERASED, at=at(5), newsletter=None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "erasures.jsonl"


@pytest.fixture
def journal(file: Path) -> ErasureJournal:
    return FileErasureJournal(file)


def reading(store: Store, email: str = "ada@example.com", hours: int = 0) -> SubscriberId:
    reader = store.readers.sign_up(subscriber_draft(email), WEEKLY, preferences(), consent(at=at(hours)))
    store.readers.confirm(reader.id, WEEKLY, consent(ConsentKind.CONFIRMED, at=at(hours + 1)))
    return reader.id


def mailed(store: Store) -> list[str]:
    return [recipient.subscriber.email for recipient in store.readers.recipients(WEEKLY, NOW)]


class TestJournal:
    def test_it_keeps_all_in_order(self, journal: ErasureJournal, file: Path):
        assert (journal.last(), list(journal.erasures())) == (None, [])
        many = [replace(ERASURE, subscriber=SubscriberId(number)) for number in range(200)]
        for erasure in many:
            journal.append(erasure)
        assert (journal.last(), list(journal.erasures())) == (many[-1], many)
        assert file.stat().st_mode & 0o777 == 0o600

    def test_a_torn_line_is_none_and_hides_no_other(self, journal: ErasureJournal, file: Path):
        journal.append(ERASURE)
        whole = file.read_bytes()
        file.write_bytes(whole + whole[:30])
        assert journal.last() == ERASURE
        later = replace(ERASURE, at=at(1))
        journal.append(later)
        assert list(journal.erasures()) == [ERASURE, later]

    def test_where_it_cannot_write_nobody_is_erased(self, tmp_path: Path):
        (tmp_path / "file").write_text("")
        with pytest.raises(OutsideError, match="so nobody was erased"):
            FileErasureJournal(tmp_path / "file" / "erasures.jsonl").append(ERASURE)


class TestReplaying:
    """A store in the state of a backup is told of erasures that it does not know."""

    def erasure(self, store: Store, reader: SubscriberId) -> Erasure:
        found = store.readers.erasure(reader, at(5))
        assert found is not None
        return found

    def test_who_came_back_is_erased_again_once(self, store: Store):
        ada, bea = reading(store), reading(store, "bea@example.com")
        erasure = self.erasure(store, ada)
        assert not store.readers.has_erased(erasure)
        assert (store.readers.replay([erasure], "replayed"), store.readers.replay([erasure], "replayed")) == (1, 0)
        assert store.readers.has_erased(erasure)
        assert mailed(store) == ["bea@example.com"]
        assert store.readers.get(ada).state is SubscriberState.ERASED
        assert store.readers.get(bea).state is SubscriberState.CONFIRMED
        last = store.readers.events(ada)[-1]
        assert (last.kind, last.at, last.source) == (ConsentKind.ERASED, at(5), "replayed")

    def test_an_address_changed_after_the_backup_is_found_by_the_number(self, store: Store):
        erasure = replace(self.erasure(store, reading(store)), key="another-key")
        assert store.readers.replay([erasure], "replayed") == 1
        assert mailed(store) == []

    def test_a_number_that_is_somebody_elses_by_now_erases_nobody(self, store: Store):
        erasure = replace(self.erasure(store, reading(store)), since=at(-99), key="of-nobody-here")
        assert store.readers.replay([erasure], "replayed") == 0
        assert mailed(store) == ["ada@example.com"]

    def test_who_was_not_in_the_backup_cannot_be_imported(self, store: Store):
        erasure = replace(self.erasure(store, reading(store)), subscriber=SubscriberId(99), at=at(-5), since=at(-9))
        store.readers.erase(SubscriberId(1), ERASED)
        store.readers.unsuppress("ada@example.com")
        assert not store.readers.has_erased(erasure)
        store.readers.replay([erasure], "replayed")
        assert store.readers.has_erased(erasure)
        assert store.readers.suppressed("ada@example.com")[0].reason is SuppressionReason.ERASED

    def test_who_signed_up_anew_since_stays(self, store: Store):
        erasure = self.erasure(store, reading(store))
        store.readers.erase(SubscriberId(1), ERASED)
        reading(store, hours=7)
        assert store.readers.has_erased(erasure)
        assert store.readers.replay([erasure], "replayed") == 0
        assert mailed(store) == ["ada@example.com"]

    def test_nobody_has_no_erasure(self, store: Store):
        store.readers.erase(reading(store), ERASED)
        assert store.readers.erasure(SubscriberId(1), NOW) is None
        assert store.readers.erasure(SubscriberId(9), NOW) is None


def test_the_log_of_the_erased_is_found_by_whoever_knows_the_address(store: Store):
    first = reading(store)
    store.readers.erase(first, ERASED)
    second = reading(store, "ADA@example.com", hours=7)
    reading(store, "bea@example.com")
    assert store.readers.known_as("Ada@Example.com") == (first, second)
    assert store.readers.known_as("nobody@example.com") == ()
