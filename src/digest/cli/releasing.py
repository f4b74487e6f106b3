"""`digest issue withdraw`, `pull` and `log`: taking an approval back, taking a story out of an issue on its way, and
what was done to an issue.
"""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.context import context_of
from digest.cli.deliveries import IssueArgument
from digest.cli.output import JsonFlag, emit_json

ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.")]


def add_releasing(app: typer.Typer) -> None:
    """Adds the commands of this file to `digest issue`."""
    app.command(epilog="Example: digest issue withdraw weekly-2026-11-24")(withdraw)


def withdraw(
    ctx: typer.Context, issue: IssueArgument, by: ByOption = "command line", as_json: JsonFlag = False
) -> None:
    """Take an approval back. The draft then goes only when a person approves it, whatever its newsletter says."""
    from digest.model.access import Actor, Role
    from digest.pipeline.releasing import withdraw_issue

    context = context_of(ctx)
    press = context.app.press
    draft = withdraw_issue(press, press.issue(issue), Actor(by, Role.EDITOR), context.clock())
    if as_json:
        emit_json({"issue": draft.id, "state": draft.state, "note": draft.note})
        return
    context.out.print(f"{draft.id} is a draft again", markup=False)
