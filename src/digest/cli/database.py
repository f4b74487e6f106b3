"""`digest database`: what it holds, and the way from one database to another."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, emit_json, show_table

app = typer.Typer(help="Look at the database and move it.", no_args_is_help=True)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="database", rich_help_panel=panel)


@app.command(epilog="Example: digest database migrate")
def migrate(ctx: typer.Context) -> None:
    """Bring the tables, and those of the queue, up to date. Every other command does so when it opens the database."""
    context = context_of(ctx)
    queue = context.app.queue
    context.out.print("The tables are up to date." if queue is None else "The tables and the queue are up to date.")


@app.command(epilog="Example: digest database rows")
def rows(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Count the rows of every table."""
    from digest.keeping import rows_of

    context = context_of(ctx)
    counted = rows_of(context.loaded)
    if as_json:
        emit_json({"rows": counted})
    else:
        show_table(context.out, ("Table", "Rows"), [(name, f"{count:,}") for name, count in counted.items()])


@app.command(epilog="Example: digest database copy postgresql://digest@db.example.com/digest")
def copy(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The new, empty database, as for database.url.")],
    as_json: JsonFlag = False,
) -> None:
    """Copy everything into a new database, say from SQLite to PostgreSQL, and compare counts and checksums.

    Stop `digest run` first. The configuration stays as it is: set database.url to the new one afterwards.
    """
    from digest.cli.progress import progress
    from digest.keeping import copy_database, rows_of

    context = context_of(ctx)
    with progress() as bars:
        task = bars.add_task("Copying", total=sum(rows_of(context.loaded).values()))
        copied = copy_database(
            context.loaded, url, lambda table, count: bars.update(task, advance=count, description=table)
        )
    if as_json:
        emit_json({"tables": copied})
        return
    rows = [(table.table, f"{table.rows:,}", table.checksum) for table in copied]
    show_table(context.out, ("Table", "Rows", "Checksum"), rows)
    total = sum(table.rows for table in copied)
    context.out.print(f"{total:,} rows arrived as they were. Now set database.url to the new database.")
