"""[I/O] A backup as one tar file: the dump, the keys and files beside it, and a manifest with the SHA-256 of each.

It holds secrets and addresses, so it is readable by its owner only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from digest.errors import OutsideError, StateError, UsageError

MANIFEST = "manifest.json"
FORMAT = 1
_BLOCK = 1 << 20
_NAME_ONE = "name a file that `digest backup` wrote"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    made_at: str
    program: str
    """Version of Digest Press."""
    database: str
    """sqlite or postgresql."""
    rows: Mapping[str, int]
    """Of each table in the dump."""
    files: Mapping[str, str]
    """Name to SHA-256."""


def pack(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Writes the archive whole or not at all. Raises OutsideError when it cannot be written."""
    draft = target.with_name(f".{target.name}.part")
    hashes = {name: _hash(file) for name, file in files.items()}
    facts = {"format": FORMAT, "made_at": manifest.made_at, "program": manifest.program,
             "database": manifest.database, "rows": dict(manifest.rows), "files": hashes}  # fmt: skip
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        note = draft.with_name(f"{draft.name}.json")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                note.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
                tar.add(note, MANIFEST)
                for name, file in files.items():
                    tar.add(file, name, recursive=False)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    except OSError as error:
        raise OutsideError(str(target), f"cannot be written ({error.strerror})", "check the disk and rights") from error
    finally:
        draft.unlink(missing_ok=True)
        draft.with_name(f"{draft.name}.json").unlink(missing_ok=True)


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpacks into an empty folder, and checks every file. Raises StateError for an archive that is not whole."""
    if not archive.is_file():
        problem = "is a folder" if archive.is_dir() else "is not there"
        raise UsageError(str(archive), problem, _NAME_ONE)
    try:
        if not tarfile.is_tarfile(archive):
            raise StateError(str(archive), "is no backup of Digest Press", _NAME_ONE)
        with tarfile.open(archive) as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isfile() else None
                if source is None or member.name.startswith("/") or ".." in Path(member.name).parts:
                    raise StateError(str(archive), f"holds {member.name!r}, which no backup does", "use another")
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                with source, target.open("wb") as out:  # not tar.extract: safe extraction came with Python 3.11.4
                    shutil.copyfileobj(source, out)
        manifest = _manifest(archive, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise StateError(str(archive), "is no backup of Digest Press", _NAME_ONE) from error
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError) as error:
        raise StateError(str(archive), f"is no whole backup: {error}", "use another one") from error
    for name, wanted in manifest.files.items():
        if not (folder / name).is_file() or _hash(folder / name) != wanted:
            raise StateError(f"{archive}: {name}", "is damaged: its checksum is another", "use another backup")
    return manifest


def _manifest(archive: Path, facts: Mapping[str, object]) -> Manifest:
    if facts.get("format") != FORMAT:
        raise StateError(str(archive), f"has the unknown format {facts.get('format')}", "install a newer Digest Press")
    rows, files = facts["rows"], facts["files"]
    if not isinstance(rows, dict) or not isinstance(files, dict):
        raise ValueError("its manifest is none")
    return Manifest(str(facts["made_at"]), str(facts["program"]), str(facts["database"]), rows, files)


def _hash(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as read:
        while block := read.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
