"""`digest worker`: does jobs that schedulers and other workers left in the queue, on any machine."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import context_of
from digest.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from digest.app import App
    from digest.model.jobs import QueueName

log = logging.getLogger(__name__)
_ALL = "gather,compose,deliver"


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("worker", rich_help_panel=panel, epilog="Example: digest worker --queues deliver")(worker)


def worker(
    ctx: typer.Context,
    queues: Annotated[str, typer.Option("--queues", metavar="NAMES", help="Which jobs, by commas.")] = _ALL,
    beside: Annotated[int, typer.Option("--beside", metavar="PID", hidden=True, help="Ends with that process.")] = 0,
) -> None:
    """Do jobs of the queue until stopped. SIGTERM finishes what is under way; any number may run, anywhere.

    With jobs of delivery it starts deliver.processes of itself, so that signing and sending use all cores.
    """
    from digest.cli.crew import kept_up
    from digest.cli.logs import start_log
    from digest.cli.sender import also_when_alone
    from digest.cli.stopping import stop_on_signals
    from digest.queue.doing import do_job
    from digest.schedule import Ticker

    context = context_of(ctx)
    names, app = named(queues), context.app
    if app.queue is None:
        raise ConfigError("[queue] backend", "is inline, so there are no jobs", 'set it to "procrastinate"')
    start_log(app)
    more = 0 if beside or "deliver" not in names else app.settings.deliver.processes - 1
    ticker = None if beside else Ticker(app.settings.schedule.tick_seconds, lambda: defer(app))
    with stop_on_signals() as stop, ExitStack() as stack:
        stopping = also_when_alone(stop, beside)
        stack.enter_context(kept_up(context, [("worker", "--queues", "deliver", "--beside", str(os.getpid()))] * more))
        if ticker:
            know_feeds(app)
            ticker.start()
            stack.callback(ticker.stop)
        log.info("working on %s", ", ".join(names))
        app.queue.work(names, lambda job: do_job(app, job, stopping), stopping, app.settings.queue.stop_seconds)


def named(queues: str) -> tuple[QueueName, ...]:
    """The queues of that list. Raises UsageError."""
    from digest.model.jobs import QueueName

    names = [name.strip() for name in queues.split(",") if name.strip()]
    for name in names:
        if name not in set(QueueName):
            raise UsageError(f"--queues {name}", "there is no such queue", f"there are: {_ALL}")
    if not names:
        raise UsageError("--queues", "names none", f"there are: {_ALL}")
    return tuple(map(QueueName, dict.fromkeys(names)))


def know_feeds(app: App) -> None:
    """Brings the configured feeds into the tables; once is enough, for nothing else changes them."""
    app.press.store.feeds.sync([feed.source() for feed in app.settings.feeds], app.clock())


def defer(app: App) -> None:
    """What a scheduler does at each tick where workers do the work: writes down what is due."""
    from digest.queue.due import defer_due

    if app.queue:
        defer_due(app.press, app.queue, app.clock(), mailboxes=bool(app.mailboxes()))
