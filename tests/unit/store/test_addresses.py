"""Keys of addresses: equal for all spellings of one mailbox, different under every secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime, bindparam, text

from build import NOW, WEEKLY, consent, preferences, subscriber_draft
from databases import ADDRESS_KEY
from digest.errors import ConfigError
from digest.model.people import SuppressionReason
from digest.store import migrate as migrations
from digest.store.addresses import AddressKeys, compared
from digest.store.database import Database, open_engine
from digest.store.store import open_store

KEYS = AddressKeys(ADDRESS_KEY)


@pytest.mark.parametrize(
    "spelled", ["Ada@B\u00fccher.example", " ada@bu\u0308cher.EXAMPLE ", "ADA@xn--bcher-kva.example"]
)
def test_every_spelling_has_the_same_key(spelled: str):
    assert KEYS.of(spelled) == KEYS.of("ada@b\u00fccher.example")


def test_without_the_secret_the_key_is_another():
    assert AddressKeys("b" * 32).of("ada@example.com") != KEYS.of("ada@example.com")
    with pytest.raises(ValueError, match="at least 32"):
        AddressKeys("short")


@given(st.text(max_size=40))
def test_any_text_has_a_key_of_22_characters(anything: str):
    assert len(KEYS.of(anything)) == 22
    assert compared(compared(anything)) == compared(anything)


def test_a_database_with_plain_keys_gets_secret_ones(bare_database_url: str, tmp_path: Path):
    engine = open_engine(bare_database_url, tmp_path)
    with Database(engine).write() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent / "migrations"))
        config.attributes.update(connection=connection, keys=KEYS)
        command.upgrade(config, "0007")
        for row in (
            "INSERT INTO subscriber (id, email, email_key, name, search_text, country, timezone, language, state, "
            "created_at) VALUES (7, 'Ada@example.com', 'ada@example.com', '', '', '', 'UTC', 'en', 'confirmed', :now)",
            "INSERT INTO suppression VALUES ('gone@example.com', '', 'bounce', :now)",
        ):
            connection.execute(text(row).bindparams(bindparam("now", NOW, DateTime())))
    store = open_store(bare_database_url, tmp_path, ADDRESS_KEY)
    assert store.readers.by_email("ADA@example.com").id == 7
    assert store.readers.suppressed("Gone@example.com")[0].reason is SuppressionReason.BOUNCE
    store.close()
    engine.dispose()


def test_another_secret_is_refused_before_a_suppression_is_missed(database_url: str, tmp_path: Path):
    store = open_store(database_url, tmp_path, ADDRESS_KEY)
    store.readers.sign_up(subscriber_draft(), WEEKLY, preferences(), consent())
    store.close()
    with pytest.raises(ConfigError, match="address_key_file: is not the key under which"):
        open_store(database_url, tmp_path, "b" * 32)


def test_what_is_no_address_for_its_length_is_compared_in_a_moment():
    marks = "A" + "\u0301\u0316" * 200_000
    assert compared(f"{marks}@example.org") == compared(f" {marks}@EXAMPLE.org ")
