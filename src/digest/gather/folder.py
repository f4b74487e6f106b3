"""[I/O] A folder of Markdown files as a feed: takes a configured path, gives what its files say. Follows no address.

Only a feed's configured source names a folder; a redirect or an entry never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from digest.errors import FeedError, OutsideError
from digest.gather.markdown import parse_markdown
from digest.model.feeds import ParsedFeed
from digest.model.urls import split_url

_ENDS = frozenset({".md", ".markdown"})


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds, and which of its files could not be read."""

    parsed: ParsedFeed
    problems: tuple[str, ...] = ()


def folder_path(url: str) -> Path | None:
    """The folder that a feed's URL means: a path or a file:// URL; None for any other."""
    parts = split_url(url)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return None if "://" in url else Path(url)


def read_folder(folder: Path, max_bytes: int) -> Folder:
    """Its Markdown files by name, hidden ones left out; a broken or too large file is a problem, not an end.

    Raises OutsideError when there is no such folder.
    """
    if not folder.is_dir():
        raise OutsideError(str(folder), "is no folder", "check the path in [[feeds]] url")
    entries, problems = [], []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in _ENDS or path.name.startswith(".") or not path.is_file():
            continue
        try:
            if path.stat().st_size > max_bytes:
                raise FeedError(str(path), f"is larger than {max_bytes:,} bytes")
            entries.append(parse_markdown(path.read_bytes(), path.relative_to(folder).as_posix()))
        except (FeedError, OSError) as error:
            problems.append(str(error))
    return Folder(ParsedFeed("markdown", folder.name, tuple(entries)), tuple(problems))
