"""`digest doctor`: looks whether everything is in place, and says what to do where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.errors import DigestError, ExitStatus
from digest.model.checks import Check, Standing, good, problem

_SHOWN = {Standing.OK: "ok", Standing.ADVICE: "advice", Standing.PROBLEM: "PROBLEM"}


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("doctor", rich_help_panel=panel, epilog="Example: digest doctor --json")(doctor)


def doctor(
    ctx: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Ask neither the DNS nor web servers.")] = False,
    resolver: Annotated[
        str, typer.Option("--resolver", metavar="ADDRESS", help="DNS server to ask; doctor.resolver without.")
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Check whether all is in place, and say what to do. Problems give exit status 1.

    Looks at settings, database, queue, keys, disk, templates, feeds, clock, mail server, the way to leave, and the DNS:
    SPF, DKIM, DMARC, reverse names, MX and MTA-STS.
    """
    context = context_of(ctx)
    if resolver:
        context = Context(context.config, {**context.overrides, "doctor.resolver": resolver}, context.clock)
    checks = list(_checks(context, offline))
    is_good = all(check.ok for check in checks)
    if as_json:
        told = [{"name": c.name, "ok": c.ok, "standing": c.standing, "detail": c.detail, "remedy": c.remedy}
                for c in checks]  # fmt: skip
        emit_json({"ok": is_good, "checks": told})
    else:
        rows = [(_SHOWN[c.standing], c.name, c.detail, c.remedy) for c in checks]
        show_table(context.out, ("", "Check", "Found", "What to do"), rows)
    if not is_good:
        raise typer.Exit(ExitStatus.FINDINGS)


def _checks(context: Context, offline: bool) -> Iterator[Check]:
    from digest.checkup import checkup

    settings = context.loaded.settings
    counts = (
        f"{len(settings.newsletters)} newsletters, {len(settings.categories)} categories, {len(settings.feeds)} feeds"
    )
    yield good("configuration", f"{context.loaded.path}: {counts}")
    try:
        app = context.app
    except DigestError as error:
        yield problem("database", f"{error.place}: {error.problem}", error.remedy)
        return
    yield from checkup(app, not offline)
