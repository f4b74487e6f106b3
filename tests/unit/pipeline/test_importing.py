"""Files of readers on their way into the tables: what is reported, and that nobody is ever brought back."""

from __future__ import annotations

import io

import pytest

from build import NOW, WEEKLY, at, consent
from digest.model.people import ConsentKind, Origin, SuppressionReason
from digest.pipeline.erasing import erase
from digest.pipeline.importing import ImportReport, import_table
from digest.pipeline.press import Press
from digest.subscribe.table import TableSource


@pytest.fixture
def press(make_press) -> Press:
    return make_press()


def imported(press: Press, text: str, **how: bool) -> ImportReport:
    return import_table(press, TableSource("r.csv", lambda: io.BytesIO(text.encode())), NOW, **how)


def mailed(press: Press) -> set[str]:
    return {one.subscriber.email for one in press.store.readers.recipients(WEEKLY, NOW, limit=5000)}


def test_a_report_counts_and_names_what_is_odd(press: Press):
    press.store.readers.suppress("gone@example.org", SuppressionReason.BOUNCE, NOW)
    rows = ["ada@gmial.com", "info@example.org", "a@example.org", "A@EXAMPLE.org", "gone@example.org", "nobody"]
    for dry_run in (True, False):
        report = imported(press, "email\n" + "\n".join(rows) + "\n", dry_run=dry_run)
        assert (report.rows, report.added, report.known, report.suppressed, report.bad) == (6, 3, 1, 1, 1)
        assert [(row.line, row.place) for row in report.bad_rows] == [(7, "nobody")]
        assert [remark.line for remark in report.remarks] == [2, 3]
        assert press.store.readers.count() == (0 if dry_run else 3)


def test_a_dry_run_leaves_no_trace_of_numbers_or_log(press: Press):
    imported(press, "email\na@example.org\n", dry_run=True)
    imported(press, "email\na@example.org\n")
    reader = press.store.readers.by_email("a@example.org")
    assert (reader.id, len(press.store.readers.events(reader.id))) == (1, 1)


def _spellings(number: int) -> tuple[str, ...]:
    return (
        f"r{number}@b\u00fccher.example",
        f"R{number}@B\u00dcCHER.example",
        f"r{number}@xn--bcher-kva.example",
        f" r{number}@bu\u0308cher.example ",
    )


def test_a_second_import_of_1000_brings_nobody_back_in_four_spellings(press: Press):
    def table(spelling: int) -> str:
        return "email\n" + "".join(f"{_spellings(n)[spelling]}\n" for n in range(1000))

    assert imported(press, table(0)).added == 1000
    everybody = mailed(press)
    gone = set()
    for number in range(750):
        address = _spellings(number)[0]
        reader = press.store.readers.by_email(address).id
        match number % 3:
            case 0:
                press.store.readers.leave(reader, WEEKLY, consent(ConsentKind.LEFT, at=at(1)))
            case 1:
                press.store.readers.suppress(address, SuppressionReason.BOUNCE, at(1))
            case 2:
                assert erase(press, reader, Origin("web"), at(1))
        gone.add(address)
    assert mailed(press) == everybody - gone
    for spelling in range(4):
        report = imported(press, table(spelling))
        assert (report.added, report.bad) == (0, 0)
    assert mailed(press) == everybody - gone
