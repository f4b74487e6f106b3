"""`digest template`: whether the templates and themes of mails are good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.config import absent_themes
from digest.cli.context import context_of
from digest.cli.output import JsonFlag, clean, emit_json
from digest.errors import ExitStatus

app = typer.Typer(help="Check the templates of mails.", no_args_is_help=True)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="template", rich_help_panel=panel)


@app.callback()
def _noun() -> None:
    """Keeps `check` a command of its own while it is the only one."""


@app.command(epilog="Example: digest template check --dir my-templates")
def check(
    ctx: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", exists=True, file_okay=False, help="Own templates to check.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Check all templates and themes, and try each theme with a sample issue. A fault gives exit status 1."""
    from digest.render.templates import Templates
    from digest.render.validate import faults

    context = context_of(ctx)
    loaded = context.loaded_or_default
    templates = Templates(folder or loaded.settings.templates)
    found = [*faults(templates), *absent_themes(loaded, templates.themes())]
    counts = {"templates": len(templates.names()), "themes": len(templates.themes())}
    if as_json:
        told = [{"place": fault.place, "problem": fault.problem, "remedy": fault.remedy} for fault in found]
        emit_json({**counts, "faults": told})
    else:
        for fault in found:
            context.out.print(clean(str(fault)), markup=False, soft_wrap=True)
        context.out.print(f"{counts['templates']} templates, {counts['themes']} themes: {len(found) or 'no'} faults")
    if found:
        raise typer.Exit(ExitStatus.FINDINGS)
