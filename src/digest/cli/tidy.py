"""`digest tidy`: what is kept no longer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, emit_json, show_table

_WORDS = {
    "unconfirmed": "Addresses that were never confirmed",
    "bounced": "Readers whose address has bounced for good",
    "bounces": "What mail servers said",
    "verdicts": "Why articles were in old issues, or not",
    "consent": "Entries of consent of the erased",
}


def register(root: typer.Typer, panel: str) -> None:
    """Adds the command."""
    # hidden: `digest run` does it once a day
    root.command("tidy", hidden=True, rich_help_panel=panel, epilog="Example: digest tidy --dry-run")(tidy)


def tidy(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Forget what the settings keep no longer. `digest run` does so by itself once a day."""
    from digest.pipeline import tidying

    context = context_of(ctx)
    found = asdict(tidying.tidy(context.app.press, context.clock(), dry_run))
    if as_json:
        emit_json({"dry_run": dry_run, **found})
    else:
        kept = context.app.settings.retention
        rows = [(words, getattr(kept, f"{name}_days") or "ever", found[name]) for name, words in _WORDS.items()]
        show_table(context.out, ("What", "Kept for days", "Would go" if dry_run else "Gone"), rows)
