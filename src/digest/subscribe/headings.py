"""Which column of a table is which field: by the usual names of other programs, or as the operator says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from digest.errors import DigestError, UsageError
from digest.subscribe.preferences import FIELDS

COLUMNS = ("email", "name", "country", "timezone", "language", "newsletter", *FIELDS)
"""The fields, in the order in which they are written."""
_PARTS = ("first_name", "last_name")
_NAMES = {
    "email": ("e mail", "mail", "address", "email address", "e mail address", "e mail adresse", "mailadresse",
              "adresse e mail", "courriel", "correo", "correo electronico", "correo electrónico"),
    "name": ("full name", "fullname", "nom", "nombre"),
    "first_name": ("first name", "firstname", "given name", "vorname", "prenom", "prénom"),
    "last_name": ("last name", "lastname", "surname", "family name", "nachname", "apellido", "apellidos"),
    "country": ("country code", "cc", "land", "pays", "pais", "país"),
    "timezone": ("time zone", "tz", "zeitzone"),
    "language": ("lang", "locale", "sprache", "langue", "idioma"),
    "categories": ("topics", "tags", "interests"),
    "cadence": ("frequency",),
}  # fmt: skip
_BY_NAME = {other: field for field, others in _NAMES.items() for other in others}


def read_heading(cells: Sequence[str], place: str, mapped: Mapping[str, str]) -> tuple[str, ...]:
    """The field of each column, empty for one that is none. Raises DigestError without one for the address."""
    named = {_plain(column): field for column, field in mapped.items()}
    columns = [_plain(cell) for cell in cells]
    if missing := next((column for column in mapped if _plain(column) not in columns), None):
        there = ", ".join(cell.strip()[:40] for cell in cells)
        raise UsageError(f"{place}:1", f"has no column {missing!r}", f"there are: {there}")
    taken = set(named.values())
    fields = [named[column] if column in named else _field(column, taken) for column in columns]
    if "email" not in fields:
        remedy = f"begin the file with: {','.join(COLUMNS[:8])}; or name the column: --map COLUMN=email"
        raise DigestError(f"{place}:1", "the first line names no column email", remedy)
    return tuple(fields)


def check_map(mapped: Mapping[str, str]) -> None:
    """Raises UsageError for a field that there is not."""
    for column, field in mapped.items():
        if field not in {*COLUMNS, *_PARTS, ""}:
            remedy = f"the fields are: {', '.join((*COLUMNS, *_PARTS))}"
            raise UsageError(f"--map {column}={field}", f"there is no field {field!r}", remedy)


def _field(column: str, taken: set[str]) -> str:
    """The field that the column is, unless another column is it already."""
    name = column.replace(" ", "_")
    field = name if name in COLUMNS or name in _PARTS else _BY_NAME.get(column, "")
    if field in taken:
        return ""
    taken.add(field)
    return field


def _plain(heading: str) -> str:
    return re.sub(r"[\s_-]+", " ", heading).strip().casefold()


def with_whole_name(fields: dict[str, str]) -> dict[str, str]:
    """First and last name as one, unless there is one."""
    parts = [fields.pop(part, "") for part in _PARTS]
    if any(parts) and not fields.get("name"):
        fields["name"] = " ".join(parts)
    return fields
