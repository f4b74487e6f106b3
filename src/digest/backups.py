"""Backups of everything that is kept, and the way back. Beside app.py, because it needs what only that may name.

What is restored is older than what readers have asked for since: erasures are done again from the journal.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from digest import __version__
from digest.app import address_key_of, erasure_journal, media_folder
from digest.config.keyfiles import kept_elsewhere, key_files
from digest.config.load import Loaded
from digest.errors import DigestError, StateError, UsageError
from digest.store.archive import Manifest, pack, unpack
from digest.store.database import open_engine
from digest.store.dumping import count_postgresql, dump, file_of, load_postgresql, load_sqlite, look_into
from digest.store.store import open_store

_DUMP = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
_JOURNAL = "var/erasures.jsonl"
REPLAYED = "erasure replayed"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was written."""

    file: Path
    bytes: int
    rows: int
    pictures: int
    left_out: tuple[str, ...] = ()
    """Secrets that are not in it: the setting, and where its value is."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    made_at: str
    rows: int
    pictures: int
    erased: int
    """Readers who were erased since the backup, and are erased again."""
    keys: tuple[Path, ...] = ()
    """Key files that were written."""
    unused: tuple[str, ...] = ()
    """Keys in the backup that the configuration here has no place for."""


def back_up(loaded: Loaded, target: Path, now: datetime, *, pictures: bool = True) -> BackedUp:
    """Writes everything into one new file; into a folder under a name with the time. Others may go on working.

    A target that is not there is a file if its name ends in .tar, and else a folder, which is made. Raises UsageError
    when the file is there already.
    """
    is_folder = target.is_dir() or (target.suffix != ".tar" and not target.exists())
    file = target / f"digest-{now:%Y%m%dT%H%M%SZ}.tar" if is_folder else target
    if file.exists():
        raise UsageError(str(file), "is there already", "name a new file that ends in .tar, or a folder")
    engine = open_engine(loaded.settings.database.url, loaded.root)
    kind = engine.dialect.name
    if kind == "sqlite" and not file_of(engine.url).exists():
        raise StateError(str(file_of(engine.url)), "is not there: there is nothing to back up", "check database.url")
    try:
        with tempfile.TemporaryDirectory(dir=_room(file), prefix=".digest-backup-") as folder:
            copy = Path(folder) / _DUMP[kind]
            rows = dump(engine, copy)
            hosted = dict(_pictures(loaded)) if pictures else {}
            files = {copy.name: copy} | dict(_beside(loaded)) | hosted
            pack(file, Manifest(f"{now:%Y-%m-%dT%H:%M:%SZ}", __version__, kind, rows, {}), files)
    finally:
        engine.dispose()
    return BackedUp(file, file.stat().st_size, sum(rows.values()), len(hosted), tuple(kept_elsewhere(loaded)))


def _room(file: Path) -> Path:
    """A folder on the disk of the backup, so that a full /tmp stops none."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return file.parent


def _beside(loaded: Loaded) -> Iterator[tuple[str, Path]]:
    """Keys, wherever they are, and the journal; the configuration too, for whoever begins on a new machine."""
    beside = key_files(loaded) | {_JOURNAL: loaded.root / _JOURNAL}
    yield from ((name, file) for name, file in beside.items() if file.exists())
    if loaded.path and loaded.path.exists():
        yield "config.toml", loaded.path


def _pictures(loaded: Loaded) -> Iterator[tuple[str, Path]]:
    for file in sorted(media_folder(loaded).glob("**/*")):
        if file.is_file():
            yield f"media/{file.relative_to(media_folder(loaded))}", file


def restore(loaded: Loaded, archive: Path, *, force: bool = False) -> Restored:
    """Puts a backup in the place of what is there. Everything is checked before anything is changed.

    Raises StateError when the backup is damaged or of another kind of database, or, without `force`, when there is
    something that it would replace.
    """
    room = loaded.root / "var"
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room, prefix=".restoring-") as name:
        folder = Path(name)
        manifest = unpack(archive, folder)
        file = _checked(loaded, archive, folder, manifest)
        if not force and (there := _in_the_way(loaded, folder)):
            raise StateError(there, "is there and would be replaced", "--force replaces it; back it up first")
        keys = _put_back_keys(loaded, folder)
        _put_back_journal(loaded, folder)
        _put_back_database(loaded, file, manifest)
        pictures = _put_back_pictures(loaded, folder)
    unused = tuple(name for name in manifest.files if name.startswith("dkim/") and name not in key_files(loaded))
    return Restored(manifest.made_at, sum(manifest.rows.values()), pictures, _erase_again(loaded, keys), keys, unused)


def _checked(loaded: Loaded, archive: Path, folder: Path, manifest: Manifest) -> Path:
    """The dump in the unpacked folder, sound and of our kind of database."""
    kind = make_url(loaded.settings.database.url).get_backend_name()
    kind = "sqlite" if kind.startswith("sqlite") else "postgresql"
    if manifest.database != kind:
        remedy = f"restore it into {manifest.database}, then: digest database copy URL"
        raise StateError(str(archive), f"is of {manifest.database}, and database.url is of {kind}", remedy)
    file = folder / _DUMP[kind]
    if kind == "sqlite" and (found := look_into(file)) != dict(manifest.rows):
        lost = next(name for name in manifest.rows if found.get(name) != manifest.rows[name])
        raise StateError(f"{archive}: {lost}", "has not the rows that it had", "use another backup")
    named = loaded.settings.database.address_key_file
    if named and not named.exists() and "var/address.key" not in manifest.files:
        raise StateError(
            str(named), "is not there, nor in the backup", "put the key there that the database was made with"
        )
    return file


def _in_the_way(loaded: Loaded, folder: Path) -> str:
    """What a restore would replace: a database with rows, or a key that is another."""
    for name, mine in key_files(loaded).items():
        theirs = folder / name
        if mine.exists() and theirs.exists() and mine.read_bytes() != theirs.read_bytes():
            return str(mine)
    engine = open_engine(loaded.settings.database.url, loaded.root)
    try:
        if engine.dialect.name == "sqlite":
            file = file_of(engine.url)
            there, rows = str(file), look_into(file) if file.exists() else {}
        else:
            with engine.connect() as connection:
                there, rows = engine.url.render_as_string(), count_postgresql(connection)
        return there if any(n for name, n in rows.items() if name != "alembic_version") else ""
    finally:
        engine.dispose()


def _put_back_keys(loaded: Loaded, folder: Path) -> tuple[Path, ...]:
    """The keys replace ours, each where the configuration here looks for it."""
    written = []
    for name, target in key_files(loaded).items():
        if (folder / name).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch(0o600)
            target.chmod(0o600)
            shutil.copyfile(folder / name, target)
            written.append(target)
    return tuple(written)


def _put_back_journal(loaded: Loaded, folder: Path) -> None:
    """Every line stays, theirs and ours. The configuration is never touched."""
    ours, theirs = loaded.root / _JOURNAL, folder / _JOURNAL
    old = theirs.read_text(encoding="utf-8").splitlines() if theirs.exists() else []
    new = ours.read_text(encoding="utf-8").splitlines() if ours.exists() else []
    lines = dict.fromkeys(line for line in (*old, *new) if line.strip())
    if lines:
        draft = ours.with_name(f"{ours.name}.restoring")
        draft.touch(0o600)
        draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        draft.replace(ours)


def _put_back_database(loaded: Loaded, file: Path, manifest: Manifest) -> None:
    engine = open_engine(loaded.settings.database.url, loaded.root)
    try:
        if manifest.database == "sqlite":
            engine.dispose()
            load_sqlite(file, engine.url)
            return
        load_postgresql(file, engine.url)
        with engine.connect() as connection:
            _same(count_postgresql(connection), manifest.rows)
    finally:
        engine.dispose()


def _same(found: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    for table, rows in wanted.items():
        if found.get(table) != rows:
            raise StateError(f"table {table}", f"has {found.get(table)} rows in place of {rows}", "restore once more")


def _put_back_pictures(loaded: Loaded, folder: Path) -> int:
    media, count = folder / "media", 0
    for file in sorted(media.glob("**/*")) if media.exists() else ():
        if file.is_file():
            target = media_folder(loaded) / file.relative_to(media)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            count += 1
    return count


def _erase_again(loaded: Loaded, keys: Collection[Path]) -> int:
    """Brings the tables to this version, and erases whoever was erased since the backup.

    The configuration was read before its `keys` were put back.
    """
    file = key_files(loaded)["var/address.key"]
    key = file.read_text(encoding="utf-8").strip() if file in keys else address_key_of(loaded)
    try:
        store = open_store(loaded.settings.database.url, loaded.root, key)
    except DigestError as error:
        raise StateError("restored database", f"{error.place}: {error.problem}", error.remedy) from error
    try:
        return store.readers.replay(erasure_journal(loaded.root / _JOURNAL).erasures(), REPLAYED)
    finally:
        store.close()
