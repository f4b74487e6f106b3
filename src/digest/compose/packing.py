"""Takes the files of an exported issue; gives a .zip of them, and the files of a .zip that somebody brings. Pure.

What is brought is hostile: names that lead out of the folder, links, and more than an issue can be are refused before
they are unpacked. Of what is there only the files that say something of an issue are read.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from digest.compose.folder import INTRO, ISSUE
from digest.compose.parsing import FolderError

LARGEST_FILE = 262_144
"""Bytes of one file, unpacked."""
LARGEST_ISSUE = 16_777_216
"""Bytes of all files that are read."""
MOST_FILES = 5_000
_READ = re.compile(rf"{re.escape(ISSUE)}|{re.escape(INTRO)}|stories/[^/]{{1,200}}\.md")
_UNSAFE = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:|[\\\x00-\x1f\x7f]")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest that a .zip can say: the same issue is the same bytes at any time."""


def pack(files: Mapping[str, bytes], folder: str) -> bytes:
    """A .zip with one folder of that name; equal files give equal bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{path}", _LONG_AGO)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[path], zipfile.ZIP_DEFLATED)
    return held.getvalue()


def unpack(data: bytes, place: str) -> dict[str, bytes]:
    """The files of an issue in a .zip, which may have a folder around them. `place`: what errors call the .zip.

    Raises FolderError for what is no .zip, and for what no export would hold.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            for entry in entries:
                _check_entry(entry, place)
            top = _top(entry.filename for entry in entries)
            wanted = {entry.filename.removeprefix(top): entry for entry in entries if is_read(entry.filename, top)}
            check_sizes({name: entry.file_size for name, entry in wanted.items()}, place, len(entries))
            return {name: _read(archive, entry, place) for name, entry in wanted.items()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FolderError(place, f"is no .zip that can be read: {error}", "pack the folder again") from error


def is_read(path: str, top: str = "") -> bool:
    """Whether the file says something of the issue: what is rendered for a review does not."""
    return path.startswith(top) and _READ.fullmatch(path.removeprefix(top)) is not None


def check_sizes(sizes: Mapping[str, int], place: str, number: int = 0) -> None:
    """Raises FolderError when a file, or all of them, are more than an issue can be."""
    if max(number, len(sizes)) > MOST_FILES:
        raise FolderError(place, f"holds more than {MOST_FILES} files", "bring the folder of one issue")
    for name, size in sizes.items():
        if size > LARGEST_FILE:
            raise FolderError(f"{place}: {name}", f"has {size:,} bytes, more than {LARGEST_FILE:,}", "shorten it")
    if sum(sizes.values()) > LARGEST_ISSUE:
        raise FolderError(place, f"holds more than {LARGEST_ISSUE:,} bytes", "bring the folder of one issue")


def _check_entry(entry: zipfile.ZipInfo, place: str) -> None:
    if _UNSAFE.search(entry.filename):
        raise FolderError(f"{place}: {entry.filename[:80]!r}", "leads out of the folder", "pack the folder again")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FolderError(f"{place}: {entry.filename}", "is a link to somewhere else", "pack the file itself")


def _top(names: Iterable[str]) -> str:
    """The folder in which issue.toml stands, with its slash; empty when it stands at the top."""
    found = [name.removesuffix(ISSUE) for name in names if name == ISSUE or name.endswith(f"/{ISSUE}")]
    return min(found, key=len, default="")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: str) -> bytes:
    """The entry, whatever size it claims to have: no more than fits is ever unpacked."""
    with archive.open(entry) as packed:
        data = packed.read(LARGEST_FILE + 1)
    check_sizes({entry.filename: len(data)}, place)
    return data
