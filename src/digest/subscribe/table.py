"""Subscribers as CSV (RFC 4180) and back: bytes in, rows or problems with their numbers out. Opens no file itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from digest.config.settings import Settings
from digest.errors import DigestError, UsageError
from digest.model.people import Subscriber, Subscription
from digest.subscribe.encodings import find_delimiter, find_encoding
from digest.subscribe.formulas import arm, disarm
from digest.subscribe.headings import COLUMNS, check_map, read_heading, with_whole_name
from digest.subscribe.wishes import Wish, WishReader

_BLOCK = 1 << 18
_SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class TableSource:
    """A file of subscribers, and how to read it where that is not to be found out."""

    name: str
    open: Callable[[], BinaryIO]
    """Opens it from its beginning; called twice."""
    encoding: str = ""
    delimiter: str = ""
    mapped: Mapping[str, str] = field(default_factory=dict)
    """Columns by their headings, and the field that each is."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written."""

    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that was understood, and its first line in the file."""

    line: int
    wish: Wish


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its line in the file, what is wrong, and what to do."""

    line: int
    place: str
    problem: str
    remedy: str


def find_shape(source: TableSource) -> Shape:
    """Finds out what the source does not say. Raises UsageError for an encoding or delimiter that cannot be."""
    encoding = source.encoding
    if not encoding:
        with source.open() as stream:
            encoding = find_encoding(iter(lambda: stream.read(_BLOCK), b""))
    try:
        with source.open() as stream, io.TextIOWrapper(stream, encoding, "replace", newline="") as text:
            sample = text.read(_SAMPLE)
    except LookupError as error:
        raise UsageError(f"--encoding {encoding}", "is not known", "write one like utf-8 or cp1252") from error
    except UnicodeError as error:
        raise _otherwise_encoded(source, encoding) from error
    if len(source.delimiter) > 1:
        raise UsageError(f"--delimiter {source.delimiter}", "is not one character", "write one like ;")
    return Shape(encoding, source.delimiter or _said(sample) or find_delimiter(sample))


def _otherwise_encoded(source: TableSource, encoding: str) -> UsageError:
    return UsageError(
        f"{source.name}: --encoding {encoding}", "the file is not in that encoding", "leave the option out"
    )


def _said(sample: str) -> str:
    """What a first line like "sep=;" says, as Excel reads it."""
    return sample[4] if sample[:4].lower() == "sep=" and sample[5:6] in {"\r", "\n"} else ""


def read_cells(source: TableSource, shape: Shape) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with its first line; a row that is none, with no cells."""
    with source.open() as stream, io.TextIOWrapper(stream, shape.encoding, "replace", newline="") as text:
        reader = csv.reader(text, delimiter=shape.delimiter)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error:
                yield line, []
                continue
            except UnicodeError as error:
                raise _otherwise_encoded(source, shape.encoding) from error
            if row is None:
                return
            if any(row) and not (line == 1 and shape.delimiter.join(row).lower() == f"sep={shape.delimiter}"):
                yield line, row


def read_table(source: TableSource, shape: Shape, settings: Settings) -> Iterator[GoodRow | BadRow]:
    """One good or one bad row for each after the heading; raises DigestError when no column is the address."""
    check_map(source.mapped)
    rows = read_cells(source, shape)
    _, heading = next(rows, (1, [""]))
    fields = read_heading(heading, source.name, source.mapped)
    wishes = WishReader(settings)
    whole = with_whole_name if "first_name" in fields or "last_name" in fields else _same
    for line, row in rows:
        yield _read_row(row, line, fields, wishes, whole)


def _same(fields: dict[str, str]) -> dict[str, str]:
    return fields


def _read_row(
    row: list[str],
    line: int,
    fields: tuple[str, ...],
    wishes: WishReader,
    whole: Callable[[dict[str, str]], dict[str, str]],
) -> GoodRow | BadRow:
    if not row:
        problem = "cannot be read: it is too long, perhaps because a quote is not closed"
        return BadRow(line, "row", problem, "close the quote, or double those inside of a cell")
    if len(row) > len(fields) and any(row[len(fields) :]):
        problem = f"has {len(row)} cells, and the heading {len(fields)}"
        return BadRow(line, "row", problem, "put quotes around cells that hold the delimiter")
    cells = list(map(arm, row)) if "'" in "".join(row) else row
    try:
        return GoodRow(line, wishes.read(whole(dict(zip(fields, cells, strict=False)))))
    except DigestError as error:
        return BadRow(line, error.place, error.problem, error.remedy)


def write_table(readers: Iterable[tuple[Subscriber, tuple[Subscription, ...]]]) -> Iterator[str]:
    """CSV lines, the heading first, one for each confirmed subscription that was not left.

    Those who wait for their confirmation are not written: reading the file elsewhere would make them confirmed.
    """
    yield csv_line(COLUMNS)
    for subscriber, subscriptions in readers:
        for subscription in subscriptions:
            if subscription.left_at is None and subscription.confirmed_at is not None:
                yield csv_line(_cells(subscriber, subscription))


def _cells(subscriber: Subscriber, subscription: Subscription) -> tuple[str, ...]:
    chosen = subscription.preferences
    return (
        subscriber.email, subscriber.name, subscriber.country, subscriber.timezone, subscriber.language,
        subscription.newsletter, ";".join(sorted(chosen.categories)), chosen.cadence,
        ";".join(f"{category}={cadence}" for category, cadence in chosen.cadences), ";".join(sorted(chosen.more)),
        "" if chosen.day is None else str(chosen.day), "" if chosen.hour is None else str(chosen.hour),
        chosen.paused_until.isoformat() if chosen.paused_until else "",
    )  # fmt: skip


def csv_line(cells: Iterable[str]) -> str:
    """A line of CSV; a cell that a spreadsheet would take for a formula gets a quote in front."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(map(disarm, cells))
    return buffer.getvalue()
