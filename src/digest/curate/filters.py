"""Grouping and categorising for rows of JSON: takes rows as `digest stories` and `digest categorise` read them, gives
rows as they write them, in the same order. Reads and prints nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from digest.config.publication import CategorySettings
from digest.curate.categorise import Categorised, Categoriser, Subject
from digest.curate.stories import Piece, group
from digest.curate.words import fold
from digest.model.urls import host_of
from digest.ports.outside import Embedder

Row = Mapping[str, object]


def story_rows(rows: Iterable[Row]) -> list[dict[str, str]]:
    """Rows of id, title, summary, url and published to rows of id and story; a story is the id of its first article."""
    pieces = [_piece(row) for row in rows]
    stories = group(pieces)
    return [{"id": piece.id, "story": stories[piece.id]} for piece in pieces]


def category_rows(
    rows: Iterable[Row], categories: Sequence[CategorySettings], embedder: Embedder | None = None
) -> list[dict[str, object]]:
    """Rows of id, title and summary to rows of id, categories ([slug, score], best first) and abstained."""
    known = list(rows)
    subjects = [Subject(_text(row, "title"), _text(row, "summary")) for row in known]
    found = Categoriser(categories, embedder).categorise(subjects)
    return [_category_row(row, result) for row, result in zip(known, found, strict=True)]


def categories_in(table: Mapping[str, object]) -> tuple[CategorySettings, ...]:
    """The categories of a TOML file: an array of tables under any name, or a table for each slug.

    A category without a slug gets one from its name. Keys other than slug, name, description, keywords and choosable
    are left alone, so that a whole configuration will do. Raises ValueError (pydantic's) when one cannot be read.
    """
    listed = table.get("categories", table.get("category"))
    if isinstance(listed, Mapping):
        table, listed = listed, None
    if listed is None:
        listed = [{"slug": key, **value} for key, value in table.items() if isinstance(value, Mapping)]
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    return tuple(_category(row) for row in rows)


def _category(row: Row) -> CategorySettings:
    name = _text(row, "name") or _text(row, "slug")
    values = {key: value for key, value in row.items() if key in CategorySettings.model_fields}
    return CategorySettings.model_validate({**values, "name": name, "slug": slug(_text(row, "slug") or name)})


def slug(name: str) -> str:
    """The name in lower-case letters, digits and single hyphens: "Ethics & Society" becomes "ethics-society"."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(name)))


def _category_row(row: Row, result: Categorised) -> dict[str, object]:
    return {
        "id": _text(row, "id"),
        "categories": [[slug, score] for slug, score in result.categories],
        "abstained": result.abstained,
    }


def _piece(row: Row) -> Piece:
    url = _text(row, "url")
    return Piece(
        _text(row, "id"), _text(row, "title"), _text(row, "summary"), _time(_text(row, "published")), host_of(url), url
    )


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value)


def _time(text: str) -> datetime | None:
    """ISO 8601 or RFC 5322, UTC where it names no zone; None when it is neither."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip())
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            continue
    return None
