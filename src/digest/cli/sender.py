"""`digest sender`: sends what is due, issue after issue, until it is told to stop."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Annotated

import typer

from digest.cli.context import context_of

_LOOK_SECONDS = 5.0
"""At most so long after an issue is due its sending begins."""
_GIVES_WAY = 5
"""How nice a sender is to the pages beside it: a mail may come a moment later, somebody who presses should not wait."""


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("sender", hidden=True, rich_help_panel=panel, epilog="Example: digest sender")(sender)


def sender(
    ctx: typer.Context,
    joining: Annotated[bool, typer.Option("--joining", help="Only help with issues that another one began.")] = False,
    beside: Annotated[int, typer.Option("--beside", metavar="PID", hidden=True, help="Ends with that process.")] = 0,
) -> None:
    """Send what is due until stopped: `digest run` has this beside it. SIGTERM finishes what is under way."""
    from digest.cli.logs import start_log
    from digest.cli.stopping import stop_on_signals
    from digest.tasks import send_due

    app = context_of(ctx).app
    start_log(app)
    if beside:
        os.nice(_GIVES_WAY)
    with stop_on_signals() as stop:
        stopping = also_when_alone(stop, beside)
        while not stopping():
            send_due(app.press, lambda: app.transport(stopping), app.clock, stopping, joining=joining)
            stop.wait(min(_LOOK_SECONDS, app.settings.schedule.tick_seconds))


def also_when_alone(stop: Callable[[], bool], beside: int) -> Callable[[], bool]:
    """Whether to stop: asked to, or the process that started this one is gone."""
    return lambda: stop() or (beside != 0 and os.getppid() != beside)
