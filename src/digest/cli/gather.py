"""`digest gather`: fetch what is due and keep what is new."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.errors import ExitStatus

if TYPE_CHECKING:
    from digest.pipeline.gathering import FeedResult


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("gather", rich_help_panel=panel, epilog="Example: digest gather --all")(gather)


def gather(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Ask every feed, also those not due yet.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Fetch the feeds that are due and keep their new articles. A broken feed does not stop the others."""
    from digest.cli.progress import progress
    from digest.pipeline.gathering import feeds_to_ask, gather_feeds

    context = context_of(ctx)
    app = context.app
    feeds = feeds_to_ask(app.press, context.clock(), every)
    with progress() as bars:
        task = bars.add_task("Gathering", total=len(feeds))
        gathering = gather_feeds(
            app.press, feeds, app.fetching(), app.chance, context.clock, lambda _: bars.advance(task)
        )
        results = asyncio.run(gathering)
    failed = [result for result in results if result.error]
    if as_json:
        emit_json({"feeds": results, "articles": app.press.store.articles.count()})
    else:
        rows = [(r.title or r.url, r.saved.new, r.saved.changed, _said(r)) for r in results]
        show_table(context.out, ("Feed", "New", "Changed", "Result"), rows)
    if not results and not as_json:
        none = "No feed can be asked: there is none, or each is paused; see: digest feed list"
        context.out.print(none if every else "No feed is due; ask all: digest gather --all", markup=False)
    if failed:
        raise typer.Exit(ExitStatus.OUTSIDE if len(failed) == len(results) else ExitStatus.FINDINGS)


def _said(result: FeedResult) -> str:
    if result.error or not result.left_out:
        return result.error or "ok"
    return f"ok, {len(result.left_out)} left out, the first is {result.left_out[0]}"
