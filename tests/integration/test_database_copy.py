"""From SQLite to PostgreSQL and back with one command: everything arrives, is proved, and goes on from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from build import NOW, WEEKLY, at, chunk, compiled, consent, edition, issue, preferences, subscriber_draft
from databases import ADDRESS_KEY, postgres_database
from digest.cli import build as commands
from digest.config.load import load
from digest.errors import OutsideError, StateError
from digest.keeping import copy_database
from digest.store import copying
from digest.store.store import SqlStore, open_store

pytestmark = pytest.mark.postgres
READERS = 1_500
"""More than one batch."""


@pytest.fixture
def full(sqlite_store: SqlStore) -> SqlStore:
    """Readers, an issue, its editions and deliveries, texts that no encoding has by chance."""
    rows = [
        (subscriber_draft(f"r{n}@example.com", name="Zoë \U0001f4ec"), WEEKLY, preferences()) for n in range(READERS)
    ]
    sqlite_store.readers.import_(iter(rows), consent(newsletter=None))
    sent = issue()
    sqlite_store.issues.create(sent, NOW)
    sqlite_store.issues.approve(sent.id, "editor", "a" * 64, compiled(sent.id), 1, NOW)
    page = sqlite_store.readers.recipients(WEEKLY, NOW, limit=READERS)
    sqlite_store.ledger.freeze([chunk([(one.subscriber.id, edition()) for one in page])], sent.id, at(1))
    return sqlite_store


@pytest.fixture
def new_database(postgres: str, worker: str):
    with postgres_database(postgres, f"copy_{worker}", migrated=False) as url:
        yield url


def configured(folder: Path) -> Path:
    file = folder / "config.toml"
    file.write_text(f'[database]\nurl = "sqlite:///only.sqlite3"\naddress_key = "{ADDRESS_KEY}"\n')
    return file


def test_everything_arrives_with_the_same_checksums_and_comes_back(full: SqlStore, new_database: str, tmp_path: Path):
    command = ["--config", str(configured(tmp_path)), "database", "copy", new_database, "--json"]
    ran = CliRunner().invoke(commands(), command)
    assert ran.exit_code == 0, ran.output
    tables = {table["table"]: table for table in json.loads(ran.stdout)["tables"]}
    assert (tables["subscriber"]["rows"], tables["delivery"]["rows"]) == (READERS, READERS)
    there = open_store(new_database, tmp_path, ADDRESS_KEY)
    back = open_store("sqlite:///back.sqlite3", tmp_path, ADDRESS_KEY)
    returned = copying.copy_database(there.engine, back.engine)
    assert {table.table: table.checksum for table in returned} == {name: t["checksum"] for name, t in tables.items()}
    new = there.readers.sign_up(subscriber_draft("new@example.com"), WEEKLY, preferences(), consent())
    assert new.id == READERS + 1, "numbers go on after those that were copied"
    for store in (there, back):
        store.close()


def test_a_database_that_holds_something_is_left_alone(full: SqlStore, new_database: str, tmp_path: Path):
    loaded = load(configured(tmp_path))
    copy_database(loaded, new_database, lambda table, rows: None)
    with pytest.raises(StateError, match="is not empty"):
        copy_database(loaded, new_database, lambda table, rows: None)


def test_a_row_that_does_not_arrive_as_it_was_undoes_the_copy(full: SqlStore, new_database: str, tmp_path: Path):
    there = open_store(new_database, tmp_path, ADDRESS_KEY)
    spoil = "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.name := 'x'; RETURN NEW; END$$"
    with there.engine.begin() as connection:
        connection.execute(text(spoil))
        connection.execute(
            text("CREATE TRIGGER spoil BEFORE INSERT ON subscriber FOR EACH ROW EXECUTE FUNCTION spoil()")
        )
    with pytest.raises(OutsideError, match="table subscriber: 1,500 rows were read"):
        copying.copy_database(full.engine, there.engine)
    assert sum(copying.rows_of(there.engine).values()) == 0
    there.close()
