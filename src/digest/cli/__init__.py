"""The command line: the table of commands, the global options, and errors as one line with an exit status.

Each noun has its file with `register(root, panel)`. These files import what is heavy inside their functions, so
that `digest --help` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from digest.cli import (
    article,
    backup,
    bench,
    bounce,
    config,
    database,
    demo,
    doctor,
    feed,
    filters,
    gather,
    init,
    issue,
    schedule,
    send,
    sender,
    serve,
    subscribers,
    template,
    tidy,
    token,
    user,
    why,
    worker,
)
from digest.cli.context import Context, moved_clock, overrides
from digest.cli.root import DigestGroup

COMMANDS = (
    ("Write", (issue, article, why, filters)),
    ("Readers", (subscribers, bounce)),
    ("Run", (gather, feed, schedule, send, sender, serve, worker)),
    ("Look after", (init, config, template, user, token, doctor, database, backup, tidy, demo, bench)),
)
"""The panels of `digest --help` and the files that fill them."""

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="DIGEST_CONFIG",
        metavar="PATH",
        show_envvar=False,
        help="Configuration; ./config.toml without.",
    ),
]
NowOption = Annotated[str | None, typer.Option("--now", metavar="TIME", help="Move the clock: 2026-11-24T07:00:00Z.")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting: smtp.port=2525.")
]


def main() -> None:
    """The command `digest`. Typer's own call would put its trace in place of ours."""
    from typer.main import get_command

    from digest.cli.redaction import show_trace

    sys.excepthook = show_trace
    get_command(build())(prog_name="digest")


def build() -> typer.Typer:
    """The whole command tree."""
    root = typer.Typer(
        cls=DigestGroup,
        help="Gathers news by category, writes teasers, and mails each reader a digest.",
        epilog="Example: digest --config news/config.toml issue list",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_global_options)
    for panel, modules in COMMANDS:
        for module in modules:
            module.register(root, panel)
    return root


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"digest {version('digest-press')}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, metavar="", help="Show the version.")
]


def _global_options(
    ctx: typer.Context,
    config_path: ConfigOption = None,
    now: NowOption = None,
    settings: SetOption = None,
    version: VersionOption = False,
) -> None:
    ctx.obj = Context(config_path, overrides(settings or ()), moved_clock(now))
    ctx.call_on_close(ctx.obj.close)
