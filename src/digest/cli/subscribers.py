"""`digest subscribers`: readers in and out as CSV, and who they are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, clean, emit_json, show_table
from digest.cli.privacy import add_to, suppressions
from digest.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from digest.model.people import Subscriber, Subscription
    from digest.pipeline.importing import ImportReport

app = typer.Typer(help="Import, export, list and erase subscribers.", no_args_is_help=True)
add_to(app)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file, and those about one person."""
    root.add_typer(app, name="subscribers", rich_help_panel=panel)


Mapped = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help='What a column is, such as "Your mail=email"; repeat for more.'),
]
Encoding = Annotated[str, typer.Option(metavar="NAME", help="Such as cp1250; found out without.")]
Delimiter = Annotated[str, typer.Option(metavar="CHARACTER", help="Between cells; found out without.")]


@app.command("import", epilog="Example: digest subscribers import subscribers/*.csv --dry-run")
def import_(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV files with a column email.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report; keep nothing.")] = False,
    mapped: Mapped = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    as_json: JsonFlag = False,
) -> None:
    """Import subscribers who have agreed elsewhere. Bad rows are reported by number, the good ones are kept.

    Nobody who has left, bounced or been erased is ever brought back.
    """
    from digest.cli.progress import progress
    from digest.pipeline.importing import import_table
    from digest.subscribe.table import TableSource

    context, columns = context_of(ctx), mapped_columns(mapped or ())
    reports = []
    with progress() as bars:
        for file in files:
            source = TableSource(str(file), _opened(file, bars), encoding, delimiter, columns)
            reports.append(import_table(context.app.press, source, context.clock(), dry_run))
    if as_json:
        emit_json({"dry_run": dry_run, "files": list(map(_told, reports))})
    else:
        _show(context.out, reports, dry_run)
    if any(report.bad for report in reports):
        raise typer.Exit(ExitStatus.FINDINGS)


def mapped_columns(pairs: Sequence[str]) -> dict[str, str]:
    """What --map said. Raises BadParameter."""
    columns = dict(pair.rpartition("=")[::2] for pair in pairs)
    if bad := [pair for pair in pairs if not pair.rpartition("=")[0].strip()]:
        raise typer.BadParameter(f"{bad[0]!r} is no COLUMN=FIELD, like Mail=email", param_hint="--map")
    return {column.strip(): field.strip() for column, field in columns.items()}


def _opened(file: Path, bars: Progress) -> Callable[[], BinaryIO]:
    """Opens the file, and moves a bar on while it is read; each time from the beginning."""
    if not file.is_file():
        raise UsageError(str(file), "is no file", "name CSV files")
    task = bars.add_task(file.name, total=file.stat().st_size)

    def opened() -> BinaryIO:
        bars.reset(task)
        return bars.open(file, "rb", task_id=task)

    return opened


def _told(report: ImportReport) -> dict[str, object]:
    """A report for programs."""
    return {
        "file": report.file, "encoding": report.shape.encoding, "delimiter": report.shape.delimiter,
        "rows": report.rows, "added": report.added, "known": report.known, "suppressed": report.suppressed,
        "bad": report.bad_rows, "bad_count": report.bad, "remarks": report.remarks,
    }  # fmt: skip


def _show(out: Console, reports: Sequence[ImportReport], dry_run: bool) -> None:
    for report in reports:
        lines = [(row.line, f"{row.place}: {row.problem}; {row.remedy}") for row in report.bad_rows]
        lines += [(remark.line, f"{remark.email}: {remark.text}") for remark in report.remarks]
        for line, text in sorted(lines):
            out.print(clean(f"{report.file}:{line}: {text}"), markup=False, soft_wrap=True)
    columns = ("File", "Read as", "Rows", "Would be new" if dry_run else "New", "Known", "Suppressed", "Bad")
    show_table(out, columns, [(r.file, _read_as(r), r.rows, r.added, r.known, r.suppressed, r.bad) for r in reports])


def _read_as(report: ImportReport) -> str:
    names = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
    delimiter = report.shape.delimiter
    return f"{report.shape.encoding}, {names.get(delimiter, delimiter)}"


@app.command(epilog="Example: digest subscribers export > readers.csv")
def export(ctx: typer.Context) -> None:
    """Write all who may be mailed as CSV to standard output. Not those who wait to confirm, or are suppressed."""
    from digest.subscribe.table import write_table

    context = context_of(ctx)
    stopped = {(one.email, one.newsletter) for one in suppressions(context)}
    readers = ((who, tuple(s for s in mine if not {(who.email, None), (who.email, s.newsletter)} & stopped))
               for who, mine in _everybody(context))  # fmt: skip
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a text stream on every console
    for line in write_table(readers):
        sys.stdout.write(line)


@app.command("list", epilog="Example: digest subscribers list --search example.org")
def list_(
    ctx: typer.Context,
    search: Annotated[str, typer.Option(metavar="TEXT", help="Part of the address or name.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """List subscribers and what they chose."""
    context = context_of(ctx)
    readers = list(_everybody(context, search))
    if as_json:
        emit_json({"subscribers": [{"subscriber": who, "subscriptions": mine} for who, mine in readers]})
        return
    rows = [
        (
            who.email,
            who.name,
            who.country,
            who.state,
            s.newsletter,
            s.preferences.cadence,
            len(s.preferences.categories),
        )
        for who, mine in readers
        for s in mine
        if s.left_at is None
    ]
    columns = ("Address", "Name", "Country", "State", "Newsletter", "Cadence", "Topics")
    show_table(context.out, columns, rows)
    if not rows:
        nobody = "Nobody yet. Import some: digest subscribers import FILE.csv"
        found_none = f"Nobody has {search!r} in their address or name. See all: digest subscribers list"
        context.out.print(clean(found_none if search else nobody), markup=False, soft_wrap=True)


def _everybody(context: Context, search: str = "") -> Iterator[tuple[Subscriber, tuple[Subscription, ...]]]:
    from digest.ports.readers import ReaderFilter

    readers, after = context.app.press.store.readers, None
    while page := readers.all(ReaderFilter(search=search), after):
        yield from page
        after = page[-1][0].id
