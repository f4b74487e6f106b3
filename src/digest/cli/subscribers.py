"""`digest subscribers`: readers in and out as CSV, and who they are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, clean, emit_json, show_table
from digest.cli.privacy import add_to
from digest.errors import ExitStatus

if TYPE_CHECKING:
    from digest.model.people import Subscriber, Subscription

app = typer.Typer(help="Import, export, list and erase subscribers.", no_args_is_help=True)
add_to(app)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file, and those about one person."""
    root.add_typer(app, name="subscribers", rich_help_panel=panel)


@app.command("import", epilog="Example: digest subscribers import subscribers/*.csv --dry-run")
def import_(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV files with a column email.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report; keep nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Import subscribers who have agreed elsewhere. Bad rows are reported by number, the good ones are kept.

    Nobody who has left, bounced or been erased is ever brought back.
    """
    from digest.pipeline.importing import import_table

    context = context_of(ctx)
    reports = [import_table(context.app.press, f.read_bytes(), str(f), context.clock(), dry_run) for f in files]
    if as_json:
        emit_json({"dry_run": dry_run, "files": reports})
    else:
        for report in reports:
            for row in report.bad:
                where = f"{report.file}:{row.line}: {row.place}"
                context.out.print(clean(f"{where}: {row.problem}; {row.remedy}"), markup=False, soft_wrap=True)
        columns = ("File", "Rows", "New" if not dry_run else "Good", "Known", "Bad")
        show_table(context.out, columns, [(r.file, r.rows, r.added, r.known, len(r.bad)) for r in reports])
    if any(report.bad for report in reports):
        raise typer.Exit(ExitStatus.FINDINGS)


@app.command(epilog="Example: digest subscribers export > readers.csv")
def export(ctx: typer.Context) -> None:
    """Write all subscriptions as CSV to standard output."""
    from digest.subscribe.table import write_table

    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a text stream on every console
    for line in write_table(_everybody(context_of(ctx))):
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
        context.out.print("Nobody yet. Import some: digest subscribers import FILE.csv", markup=False)


def _everybody(context: Context, search: str = "") -> Iterator[tuple[Subscriber, tuple[Subscription, ...]]]:
    from digest.ports.readers import ReaderFilter

    readers, after = context.app.press.store.readers, None
    while page := readers.all(ReaderFilter(search=search), after):
        yield from page
        after = page[-1][0].id
