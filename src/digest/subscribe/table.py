"""Subscribers as CSV (RFC 4180) and back: text in, rows or problems with their numbers out. Opens no file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digest.config.settings import Settings
from digest.errors import DigestError
from digest.model.people import Subscriber, Subscription
from digest.subscribe.wishes import Wish, read_wish

COLUMNS = ("email", "name", "country", "timezone", "language", "newsletter", "categories", "cadence")
_SYNONYMS = {"e-mail": "email", "mail": "email", "address": "email", "email address": "email", "time zone": "timezone"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its line in the file, what is wrong, and what to do."""

    line: int
    place: str
    problem: str
    remedy: str


def decode_table(content: bytes) -> str:
    """The text of a CSV file: UTF-8 with or without BOM, UTF-16 with BOM, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_table(text: str, place: str, settings: Settings) -> Iterator[Wish | BadRow]:
    """One wish or one bad row for each line after the heading; raises DigestError when there is no email column."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    columns = [_column(name) for name in next(reader, [])]
    if "email" not in columns:
        heading = ",".join(COLUMNS)
        raise DigestError(f"{place}:1", "the first line names no column email", f"begin the file with: {heading}")
    for row in reader:
        if any(cell.strip() for cell in row):
            yield _read_row(dict(zip(columns, map(_without_quote, row), strict=False)), reader.line_num, settings)


def _read_row(fields: dict[str, str], line: int, settings: Settings) -> Wish | BadRow:
    try:
        return read_wish(fields, settings)
    except DigestError as error:
        return BadRow(line, error.place, error.problem, error.remedy)


def _column(heading: str) -> str:
    name = heading.strip().lower()
    return _SYNONYMS.get(name, name)


def _without_quote(cell: str) -> str:
    """Undoes what `write_table` does against formulas."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def write_table(readers: Iterable[tuple[Subscriber, tuple[Subscription, ...]]]) -> Iterator[str]:
    """CSV lines, the heading first; a cell that a spreadsheet would take for a formula gets a quote in front."""
    yield csv_line(COLUMNS)
    for subscriber, subscriptions in readers:
        for subscription in subscriptions:
            if subscription.left_at is None:
                yield csv_line(_cells(subscriber, subscription))


def _cells(subscriber: Subscriber, subscription: Subscription) -> tuple[str, ...]:
    chosen = subscription.preferences
    return (
        subscriber.email, subscriber.name, subscriber.country, subscriber.timezone, subscriber.language,
        subscription.newsletter, ";".join(sorted(chosen.categories)), chosen.cadence,
    )  # fmt: skip


def csv_line(cells: Iterable[str]) -> str:
    """A line of CSV (RFC 4180); a cell that a spreadsheet would take for a formula gets a quote in front."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(f"'{c}" if c.startswith(_FORMULA) else c for c in cells)
    return buffer.getvalue()
