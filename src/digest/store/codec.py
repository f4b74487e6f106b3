"""Model objects to compact text or bytes and back, exactly, by their type hints; knows nothing of tables.

A field added to the model later must have a default: what was written before is then still read.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, TypeAdapter

from digest.model.editing import Edit
from digest.model.edition import CompiledIssue, Edition, Fragment
from digest.model.ids import IssueId
from digest.model.issue import Cadence, IssueContent, Window

_CONTENT = TypeAdapter(IssueContent)
_WINDOWS = TypeAdapter(tuple[tuple[Cadence, Window], ...])
_EDIT: TypeAdapter[Edit] = TypeAdapter(Annotated[Edit, Field(discriminator="kind")])
_EDITION = TypeAdapter(Edition)
_FRAGMENTS = TypeAdapter(dict[str, Fragment])


def content_text(content: IssueContent) -> str:
    """The content as JSON; times in RFC 3339."""
    return _CONTENT.dump_json(content).decode()


def content_of(text: str) -> IssueContent:
    """What `content_text` wrote."""
    return _CONTENT.validate_json(text)


def windows_text(windows: tuple[tuple[Cadence, Window], ...]) -> str:
    """The windows as JSON; times in RFC 3339."""
    return _WINDOWS.dump_json(windows).decode()


def windows_of(text: str) -> tuple[tuple[Cadence, Window], ...]:
    """What `windows_text` wrote."""
    return _WINDOWS.validate_json(text)


def edit_text(edit: Edit) -> str:
    """The edit as JSON, with its kind."""
    return _EDIT.dump_json(edit).decode()


def edit_of(text: str) -> Edit:
    """What `edit_text` wrote."""
    return _EDIT.validate_json(text)


def edition_text(edition: Edition) -> str:
    """The edition as JSON."""
    return _EDITION.dump_json(edition).decode()


@lru_cache(maxsize=256)  # many readers may share one
def edition_of(text: str) -> Edition:
    """What `edition_text` wrote."""
    return _EDITION.validate_json(text)


def fragments_bytes(compiled: CompiledIssue) -> bytes:
    """The fragments as deflated JSON. Their bytes are quoted-printable, so they stand in it as text."""
    return zlib.compress(_FRAGMENTS.dump_json(dict(compiled.fragments)))


def compiled_of(issue: IssueId, revision: int, data: bytes) -> CompiledIssue:
    """What `fragments_bytes` wrote."""
    return CompiledIssue(issue, revision, MappingProxyType(_FRAGMENTS.validate_json(zlib.decompress(data))))
