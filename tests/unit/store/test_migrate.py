"""Migrations: they lead to exactly the tables of the schema, once, whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from databases import ADDRESS_KEY
from digest.errors import StateError
from digest.store.addresses import AddressKeys
from digest.store.database import open_engine
from digest.store.migrate import is_current, migrate
from digest.store.schema import metadata

KEYS = AddressKeys(ADDRESS_KEY)


def test_the_newest_version_is_exactly_the_schema(bare_database_url: str):
    engine = open_engine(bare_database_url, Path())
    assert not is_current(engine)
    migrate(engine, KEYS)
    assert is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(database_url: str):
    engine = open_engine(database_url, Path())
    migrate(engine, KEYS)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_several_that_start_on_a_new_database_at_once_all_find_it_ready(bare_database_url: str):
    engines = [open_engine(bare_database_url, Path()) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda engine: migrate(engine, KEYS), engines))
    assert all(map(is_current, engines))
    for engine in engines:
        engine.dispose()


def test_a_database_of_a_newer_program_is_left_alone(bare_database_url: str):
    engine = open_engine(bare_database_url, Path())
    migrate(engine, KEYS)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not is_current(engine)
    with pytest.raises(StateError, match="unknown version 9999; install a newer"):
        migrate(engine, KEYS)
    engine.dispose()
