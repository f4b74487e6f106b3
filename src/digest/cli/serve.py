"""`digest preview` and `digest run`: the servers."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.errors import ConfigError, DigestError, OutsideError, UsageError

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

    from digest.app import App

log = logging.getLogger(__name__)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("preview", rich_help_panel="Write", epilog="Example: digest preview --port 8010")(preview)
    root.command("run", rich_help_panel=panel, epilog="Example: digest --config news/config.toml run")(run)


def preview(
    ctx: typer.Context,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65_535, metavar="PORT", help="Port to listen on; a free one without.", show_default=False
        ),
    ] = 0,
) -> None:
    """Look at issues in the browser; templates and settings that change show at once. On this machine only."""
    from digest.web.server import Offer, create_server

    context = context_of(ctx)
    server = create_server(context.app, Offer(reader=True, editor=True, login=False), lambda: _reloaded(context))
    listener = listen("127.0.0.1", port, UsageError, "name another by --port, or none for a free one")
    serve(context, server, listener, "Preview at {url}/editor (Ctrl+C ends it)")


def run(ctx: typer.Context) -> None:
    """Run everything: gather, build and send on time, and serve the readers' pages. SIGTERM stops it gracefully.

    Sending has processes of its own, deliver.processes of them, so that pages answer while mail goes out. With
    queue.backend = "procrastinate" it only serves pages and says what is due; `digest worker` does it.
    """
    from digest.cli.crew import kept_up
    from digest.cli.logs import start_log
    from digest.cli.worker import know_feeds
    from digest.schedule import Ticker
    from digest.web.server import Offer, create_server

    context = context_of(ctx)
    app = context.app
    start_log(app)
    beside = ("sender", "--beside", str(os.getpid()))
    senders = [beside, *[(*beside, "--joining")] * (app.settings.deliver.processes - 1)]
    if app.queue:
        senders = []
        know_feeds(app)
    ticker = Ticker(app.settings.schedule.tick_seconds, lambda: tick(app))
    listener = app.lmtp_listener()
    if listener:
        listener.start()
    ticker.start()
    _warn_of_desk(app)
    try:
        with kept_up(context, senders):
            server = create_server(app, Offer(editor=True))
            serve(context, server, listen(app.settings.web.host, app.settings.web.port), "Running at {url}")
    finally:
        ticker.stop()
        if listener:
            listener.stop()


def _warn_of_desk(app: App) -> None:
    """Says what keeps the desk closed, or open to listeners on the way."""
    if not app.press.store.access.users():
        log.warning("the desk at /editor is closed: it has no user; add one: digest user add NAME --role admin")
    elif app.settings.web.public_url.startswith("http:") and not is_local(app.settings.web.public_url):
        log.warning("passwords of the desk travel in the clear: put HTTPS in front, and set web.public_url to it")


def is_local(url: str) -> bool:
    """Whether a URL leads to this machine."""
    from urllib.parse import urlsplit

    from digest.web.editor.local import is_loopback

    return is_loopback(urlsplit(url).hostname or "")


def tick(app: App) -> None:
    """What the scheduler does each time. A part that fails keeps no other from being done."""
    for what, do in _parts(app).items():
        try:
            do()
        except OutsideError as error:
            log.error("%s failed, and is tried again at the next tick: %s", what, error)
        except Exception:
            log.exception("%s failed, and is tried again at the next tick", what)


def _parts(app: App) -> dict[str, Callable[[], object]]:
    """What a tick does, in order: gathers, hears what came back, tidies once a day, builds and approves; or only
    writes down what is due. Alarms are looked for last.
    """
    from digest.cli.worker import defer
    from digest.pipeline.errands import run_errands
    from digest.pipeline.telling import tell_editors
    from digest.pipeline.tidying import tidy_daily
    from digest.tasks import PREPARING, gather_due, hear_mailboxes, run_due, watch

    press, clock = app.press, app.clock

    def errands() -> int:
        return run_errands(press, app.transport, clock())

    def alarms() -> int:
        return watch(press, app.seed_mailbox(), clock)

    if app.queue:
        return {"writing down what is due": lambda: defer(app), "looking for alarms": alarms}
    return {
        "asking feeds": lambda: asyncio.run(gather_due(press, app.fetching(), app.chance, clock)),
        "hearing what came back": lambda: hear_mailboxes(press, app.mailboxes(), clock),
        "doing errands": errands,
        "tidying": lambda: tidy_daily(press, clock()),
        "building and approving": lambda: run_due(press, app.transport, clock, PREPARING),
        "telling editors": lambda: tell_editors(press, clock()) and errands(),
        "looking for alarms": lambda: alarms() and errands(),
    }


def listen(
    host: str, port: int, refused: type[DigestError] = ConfigError, remedy: str = "set web.port"
) -> socket.socket:
    """Takes the port. Raises `refused` with the remedy when it is taken."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise refused(f"{host}:{port}", f"cannot be listened on: {error.strerror}", remedy) from error
    return listener


def serve(context: Context, server: FastAPI, listener: socket.socket, announcement: str) -> None:
    """Serves until SIGINT or SIGTERM."""
    import uvicorn

    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    context.out.print(announcement.format(url=url), markup=False, soft_wrap=True)
    config = uvicorn.Config(
        server,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        proxy_headers=False,
    )
    runner = uvicorn.Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops gracefully at these, and then raises them once more for whoever listened before it; one that
        # comes before uvicorn listens must stop it too.
        signal.signal(number, lambda *_: setattr(runner, "should_exit", True))
    server.state.is_closing = lambda: runner.should_exit
    runner.run(sockets=[listener])


def _reloaded(context: Context) -> App:
    """The App with the configuration as it is now."""
    from digest.app import build
    from digest.config.load import load

    return build(load(context.loaded.path, context.overrides, os.environ), context.clock)
