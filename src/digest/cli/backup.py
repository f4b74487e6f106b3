"""`digest backup` and `digest restore`: everything into one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, emit_json


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("backup", rich_help_panel=panel, epilog="Example: digest backup /var/backups/digest/")(backup)
    root.command("restore", rich_help_panel=panel, epilog="Example: digest restore digest-20261125T030000Z.tar")(
        restore
    )


def backup(
    ctx: typer.Context,
    target: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A new file that ends in .tar, or a folder for one.")
    ],
    pictures: Annotated[bool, typer.Option("--pictures/--no-pictures", help="With the pictures of stories.")] = True,
    as_json: JsonFlag = False,
) -> None:
    """Write database, keys, journal and pictures into one file. Nothing has to be stopped for it.

    A folder that is not there is made, and the file in it is named by the time.
    Keys are taken from wherever the configuration says; passwords of other servers are not, and are named instead. The
    file holds addresses and keys: keep it as safe as the database.
    """
    from digest.backups import back_up

    context = context_of(ctx)
    done = back_up(context.loaded, target, context.clock(), pictures=pictures)
    if as_json:
        facts = {"file": done.file, "bytes": done.bytes, "rows": done.rows, "pictures": done.pictures}
        emit_json(facts | {"left_out": done.left_out})
        return
    said = f"{done.file}: {done.rows:,} rows, {done.pictures:,} pictures, {done.bytes / 1e6:,.1f} MB"
    context.out.print(said, markup=False, soft_wrap=True)
    if done.left_out:
        context.out.print("Not in it: copy these yourself, to a safe place.", markup=False, soft_wrap=True)
    for secret in done.left_out:
        context.out.print(f"  {secret}", markup=False, soft_wrap=True)


def restore(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What `digest backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the database and keys that are there.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Put a backup in the place of what is there. Everything is checked first. Stop `digest run` first.

    Key files go where the configuration here looks for them. Whoever was erased since the backup is erased again.
    """
    from digest.backups import restore as put_back

    context = context_of(ctx)
    done = put_back(context.loaded_before_restore, source, force=force)
    if as_json:
        facts = {"made_at": done.made_at, "rows": done.rows, "pictures": done.pictures, "erased_again": done.erased}
        emit_json(facts | {"keys": done.keys, "unused": done.unused})
        return
    said = f"As of {done.made_at}: {done.rows:,} rows, {done.pictures:,} pictures; {done.erased} readers erased again"
    context.out.print(said, markup=False, soft_wrap=True)
    for key in done.keys:
        context.out.print(f"  {key} is that of the backup", markup=False, soft_wrap=True)
    for name in done.unused:
        remedy = "name its file in [[dkim.keys]] and restore again, or take it out with tar"
        context.out.print(f"  {name} has no place in the configuration: {remedy}", markup=False, soft_wrap=True)
