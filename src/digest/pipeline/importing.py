"""From a CSV file's bytes to confirmed subscribers, with a report; bad rows are left out by number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from digest.model.ids import NewsletterSlug
from digest.model.people import ConsentEvent, ConsentKind, Preferences, SubscriberDraft
from digest.pipeline.press import Press
from digest.subscribe.remarks import remark
from digest.subscribe.table import BadRow, Shape, TableSource, find_shape, read_table

_MOST_LISTED = 10_000
"""Bad rows and remarks that are kept for the report; all are counted."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd about a row that was taken: its line, the address, and what."""

    line: int
    email: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of one file; in a dry run, what would have."""

    file: str
    shape: Shape
    rows: int
    added: int
    """New subscriptions."""
    suppressed: int
    """Good rows of addresses that are never to be mailed again."""
    bad: int
    bad_rows: tuple[BadRow, ...]
    """The first of them."""
    remarks: tuple[Remark, ...]

    @property
    def known(self) -> int:
        """Good rows that changed nothing: there already, left, waiting for their confirmation, or twice in the file."""
        return self.rows - self.bad - self.added - self.suppressed


@dataclass(slots=True)
class _Seen:
    """What went by on the way from the file to the database."""

    rows: int = 0
    bad: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def import_table(press: Press, source: TableSource, now: datetime, dry_run: bool = False) -> ImportReport:
    """Imports one file in one transaction, which a dry run takes back. Raises DigestError if it has no addresses."""
    shape, seen = find_shape(source), _Seen()
    imported = ConsentEvent(ConsentKind.IMPORTED, now, f"import {source.name}")
    good = _good_rows(press, source, shape, seen)
    count = press.store.readers.import_(good, imported, dry_run=dry_run)
    bad_rows, remarks = tuple(seen.bad_rows), tuple(seen.remarks)
    return ImportReport(source.name, shape, seen.rows, count.added, count.suppressed, seen.bad, bad_rows, remarks)


def _good_rows(
    press: Press, source: TableSource, shape: Shape, seen: _Seen
) -> Iterator[tuple[SubscriberDraft, NewsletterSlug, Preferences]]:
    for row in read_table(source, shape, press.settings):
        seen.rows += 1
        if isinstance(row, BadRow):
            seen.bad += 1
            if len(seen.bad_rows) < _MOST_LISTED:
                seen.bad_rows.append(row)
            continue
        wish = row.wish
        if (odd := remark(wish.draft.email)) and len(seen.remarks) < _MOST_LISTED:
            seen.remarks.append(Remark(row.line, wish.draft.email, odd))
        yield wish.draft, wish.newsletter, wish.preferences
