"""`digest demo`: the whole product, once, on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, emit_json, show_table

if TYPE_CHECKING:
    from digest.app import App
    from digest.demo.show import Stage, Summary

ServeOption = Annotated[
    bool | None, typer.Option("--serve/--no-serve", help="Leave the pages running; so on a terminal.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--dir", metavar="DIR", help="Where to play; a new temporary folder without.")
]


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("demo", rich_help_panel=panel, epilog="Example: digest demo --serve")(demo)


def demo(
    ctx: typer.Context,
    serve: ServeOption = None,
    folder: FolderOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the whole product: gather sample feeds over HTTP, build an issue, mail it to 25 made-up readers."""
    import tempfile

    from digest.demo.mailroom import free_port
    from digest.demo.show import open_app, stage, write_config

    context = context_of(ctx)
    place = folder or Path(tempfile.mkdtemp(prefix="digest-demo-"))
    place.mkdir(parents=True, exist_ok=True)
    with stage(place, context.clock()) as on:
        app = open_app(write_config(on, free_port()), context.clock)
        summary = _performed(app, on)
        if as_json:
            emit_json({"summary": summary, "folder": place})
        else:
            _say(context, summary)
        if sys.stdout.isatty() if serve is None else serve:
            _serve(context, app, summary)


def _performed(app: App, on: Stage) -> Summary:
    """Performs with a bar for each part."""
    from digest.cli.progress import progress
    from digest.demo.show import perform

    with progress() as bars:
        tasks: dict[str, object] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]  # rich's own id type

        return perform(app, on, show)


def _say(context: Context, summary: Summary) -> None:
    rows = [
        ("Feeds gathered", summary.feeds), ("Articles", summary.articles), ("Stories in the issue", summary.stories),
        ("Editions", summary.editions), ("Messages sent", summary.messages), ("Bytes", f"{summary.bytes:,}"),
        ("Seconds", f"{summary.seconds:.1f}"),
    ]  # fmt: skip
    show_table(context.out, (f"{summary.issue}", "Number"), rows)
    context.out.print(f"\nThe messages are in {summary.mail}", markup=False, soft_wrap=True)


def _serve(context: Context, app: App, summary: Summary) -> None:
    from digest.cli.serve import listen, serve
    from digest.demo.show import choices_url
    from digest.web.server import Offer, create_server

    port = app.settings.web.port
    base = app.settings.web.public_url
    context.out.print(f"\nEditor's preview  {base}/editor/issues/{summary.issue}", markup=False, soft_wrap=True)
    context.out.print(f"Reader's pages    {base}/", markup=False, soft_wrap=True)
    context.out.print(f"A reader's choice {choices_url(app)}", markup=False, soft_wrap=True)
    context.out.print(f"Archive           {base}/archive/weekly\n", markup=False, soft_wrap=True)
    server = create_server(app, Offer(editor=True, login=False))
    serve(context, server, listen("127.0.0.1", port), "Serving; Ctrl+C ends it")
