"""From a CSV file's bytes to confirmed subscribers, with a report; bad rows are left out by number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.model.people import ConsentEvent, ConsentKind
from digest.pipeline.press import Press
from digest.subscribe.table import BadRow, decode_table, read_table
from digest.subscribe.wishes import Wish


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of one file."""

    file: str
    rows: int
    added: int
    """New subscriptions; in a dry run, the good rows."""
    known: int
    """Good rows that changed nothing: there already, left, or suppressed."""
    bad: tuple[BadRow, ...]


def import_table(press: Press, content: bytes, file: str, now: datetime, dry_run: bool = False) -> ImportReport:
    """Imports one file in one transaction. Raises DigestError when it has no column for addresses."""
    rows = list(read_table(decode_table(content), file, press.settings))
    good = [row for row in rows if isinstance(row, Wish)]
    bad = tuple(row for row in rows if isinstance(row, BadRow))
    if dry_run:
        return ImportReport(file, len(rows), len(good), 0, bad)
    event = ConsentEvent(ConsentKind.IMPORTED, now, f"import {file}")
    added = press.store.readers.import_(((w.draft, w.newsletter, w.preferences) for w in good), event)
    return ImportReport(file, len(rows), added, len(good) - added, bad)
