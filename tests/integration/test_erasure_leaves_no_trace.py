"""After an erasure no file of the site holds the address: not the database, its log, an export, nor what was logged."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from pathlib import Path

import pytest

from build import NOW, WEEKLY, at, compiled, consent, edition, issue, preferences, subscriber_draft
from databases import ADDRESS_KEY
from digest.model.delivery import DeliveryState, Settlement
from digest.model.feedback import FeedbackEvent, FeedbackKind, Suppression
from digest.model.ids import SubscriberId
from digest.model.people import ConsentKind, SuppressionReason
from digest.store.store import SqlStore, open_store
from digest.subscribe.table import write_table

NAME, EMAIL, NEW = "Quirina Zwetschge", "Quirina.Zwetschge@Example.com", "zwetschge@new.example"
ERASED = consent(ConsentKind.ERASED, newsletter=None)


@pytest.fixture
def store(sqlite_template: Path, tmp_path: Path) -> SqlStore:
    shutil.copy(sqlite_template, tmp_path / "site.sqlite3")
    return open_store("sqlite:///site.sqlite3", tmp_path, ADDRESS_KEY)


def traces() -> list[bytes]:
    """The address, parts of it, the name, and the hashes that one would try; as they are and in other alphabets."""
    plain = [EMAIL, EMAIL.lower(), NEW, NAME, "zwetschge", "Zwetschge", "192.0.2.77"]
    hashed = [
        hashlib.new(kind, address.encode()).digest()
        for address in (EMAIL, EMAIL.lower(), NEW)
        for kind in ("md5", "sha1", "sha256", "sha512", "blake2b")
    ]
    return [*(text.encode() for text in plain), *hashed, *(digest.hex().encode() for digest in hashed)]


def hits(folder: Path) -> list[str]:
    found = []
    for file in sorted(folder.rglob("*")):
        content = file.read_bytes() if file.is_file() else b""
        found += [f"{file.name}: {trace!r}" for trace in traces() if trace in content]
    return found


def others(store: SqlStore, first: int, count: int) -> None:
    rows = [(subscriber_draft(f"r{n}@example.com"), WEEKLY, preferences()) for n in range(first, first + count)]
    store.readers.import_(rows, consent(ConsentKind.IMPORTED))


def lived(store: SqlStore) -> SubscriberId:
    """A reader who did everything that leaves an address somewhere, among many."""
    others(store, 0, 3000)
    reader = store.readers.sign_up(
        subscriber_draft(EMAIL, name=NAME), WEEKLY, preferences(), consent(network="192.0.2.77")
    )
    store.readers.confirm(reader.id, WEEKLY, consent(ConsentKind.CONFIRMED, at=at(1), network="192.0.2.77"))
    others(store, 3000, 3000)
    store.readers.describe(reader.id, subscriber_draft(EMAIL, name=NAME * 9), consent(ConsentKind.PERSON))
    store.readers.ask_change(reader.id, NEW, at(1))
    _mailed(store, reader.id)
    return reader.id


def _mailed(store: SqlStore, reader: SubscriberId) -> None:
    sent = issue()
    store.issues.create(sent, NOW)
    store.issues.approve(sent.id, "ed", "hash", compiled(sent.id), 1, NOW)
    store.ledger.add(sent.id, [(reader, edition())], NOW)
    (claim,) = store.ledger.claim(sent.id, 1, at(1), NOW)
    said = f"550 5.1.1 <{EMAIL}>: {NAME} is unknown here"
    store.ledger.record([Settlement(claim.delivery.key, claim.lease, DeliveryState.FAILED, reply=said)], NOW)
    bounced = FeedbackEvent(sent.id, reader, FeedbackKind.HARD, "5.1.1", said, at(1))
    store.feedback.record(bounced, Suppression(EMAIL, SuppressionReason.BOUNCE))


def export(store: SqlStore, file: Path) -> None:
    readers, after = [], None
    while page := store.readers.all(after=after):
        readers += page
        after = page[-1][0].id
    file.write_text("".join(write_table(readers)), encoding="utf-8")


def test_nothing_tells_of_the_erased(store: SqlStore, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    reader = lived(store)
    assert any("site.sqlite3" in hit for hit in hits(tmp_path))  # so they would be found
    assert store.readers.erase(reader, ERASED)
    export(store, tmp_path / "export.csv")
    (tmp_path / "log").write_text(caplog.text)
    events = [str(event) for event in store.readers.events(reader)]
    (tmp_path / "consent.json").write_text(json.dumps(events))
    (tmp_path / "suppressions.json").write_text(repr(store.readers.suppressions()))
    assert hits(tmp_path) == []
    store.close()
    assert hits(tmp_path) == []
    assert len(events) == 4


def test_a_change_of_address_leaves_no_trace_of_the_old_one(store: SqlStore, tmp_path: Path):
    reader = lived(store)
    change = store.readers.address_change(reader)
    for at_old in (True, False):
        store.readers.agree_change(change, at_old=at_old, event=consent(ConsentKind.ADDRESS))
    assert store.readers.erase(reader, ERASED)
    assert hits(tmp_path) == []
    store.close()


def test_a_reader_who_is_looking_does_not_hold_up_an_erasure(store: SqlStore, tmp_path: Path):
    reader = lived(store)
    with store.engine.execution_options(reading=True).connect() as looking:
        looking.exec_driver_sql("SELECT count(*) FROM subscriber")
        assert store.readers.erase(reader, ERASED)
        assert hits(tmp_path) != []  # what they look at is still in the log
    store.close()
    assert hits(tmp_path) == []
