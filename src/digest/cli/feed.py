"""`digest feed`: the feeds, how each does, and what a feed document says."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, clean, emit_json, show_table, write_json
from digest.errors import DigestError, ExitStatus, FeedError

if TYPE_CHECKING:
    from digest.model.feeds import Entry, Feed, FeedState, ParsedFeed
    from digest.pipeline.feeds import KnownFeed

UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="Address of the feed, or a folder of Markdown files.")]
_TITLES_SHOWN = 3

app = typer.Typer(help="List, add and try out feeds.", no_args_is_help=True)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="feed", rich_help_panel=panel)


@app.command("list", epilog="Example: digest feed list --json")
def list_(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List the feeds: how each does, when it is asked next, and how many articles it gave."""
    from digest.pipeline.feeds import known_feeds

    context = context_of(ctx)
    feeds = known_feeds(context.app.press, context.clock())
    if as_json:
        emit_json({"feeds": [_facts(known) for known in feeds]})
        return
    columns = ("Feed", "URL", "Health", "Next check", "Articles", "Error")
    show_table(context.out, columns, [_row(known) for known in feeds])
    if not feeds:
        context.out.print("No feed yet. Add one: digest feed add URL", markup=False)


@app.command(epilog="Example: digest feed add https://example.org/feed.xml --category privacy")
def add(
    ctx: typer.Context,
    url: UrlArgument,
    title: Annotated[str, typer.Option(metavar="NAME", help="Name for readers; the feed's own without.")] = "",
    category: Annotated[list[str] | None, typer.Option(metavar="SLUG", help="Everything in it belongs there.")] = None,
    weight: Annotated[float, typer.Option(min=0.01, max=100, metavar="NUMBER", help="In the ranking.")] = 1.0,
    language: Annotated[str, typer.Option(metavar="TAG", help="When the feed does not say.")] = "",
    check: Annotated[bool, typer.Option("--check/--no-check", help="Look first whether it is there.")] = True,
    as_json: JsonFlag = False,
) -> None:
    """Add a feed beside the configured ones, and say what is in it. One that cannot be read is not added."""
    from digest.cli.article import known_categories
    from digest.model.feeds import FeedSource
    from digest.pipeline.feeds import add_feeds, feed_url, known_feeds, try_feed

    context = context_of(ctx)
    press, now = context.app.press, context.clock()
    address = feed_url(url)
    categories = known_categories(category or (), press.settings)
    found = asyncio.run(try_feed(address, context.app.fetching(), press.settings.gather, now)) if check else None
    named = clean(title or (found.title if found else ""))
    added = add_feeds(press, [FeedSource(address, named, categories, weight, language)], now)
    feed = next(known for known in known_feeds(press, now) if known.feed.source.url == address)
    if as_json:
        emit_json({"feed": _facts(feed), "new": bool(added.new), "found": _found(found) if found else None})
        return
    _say_added(context, feed.feed, bool(added.new), found)


@app.command(epilog="Example: digest feed resume https://example.org/feed.xml")
def resume(ctx: typer.Context, url: UrlArgument, as_json: JsonFlag = False) -> None:
    """Ask a feed again that was paused after repeated failure. It is asked at the next gathering."""
    from digest.pipeline.feeds import resume_feed

    context = context_of(ctx)
    feed = resume_feed(context.app.press, url, context.clock())
    if as_json:
        emit_json({"feed": {"url": feed.source.url, "health": feed.state.health}})
        return
    context.out.print(f"{feed.source.url} is asked again at the next: digest gather", markup=False, soft_wrap=True)


@app.command("import", epilog="Example: digest feed import subscriptions.opml")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="OPML, as other feed readers write it.")],
    as_json: JsonFlag = False,
) -> None:
    """Add the feeds of an OPML file. Folders named like a category put their feeds into it."""
    from digest.gather.opml import parse_opml
    from digest.pipeline.feeds import add_feeds

    context = context_of(ctx)
    press = context.app.press
    try:
        sources = parse_opml(file.read_bytes(), [category.key for category in press.settings.categories])
    except FeedError as error:
        raise FeedError(str(file), error.problem, error.remedy) from error
    added = add_feeds(press, sources, context.clock())
    if as_json:
        emit_json({"file": file, "new": [s.url for s in added.new], "known": [s.url for s in added.known]})
        return
    context.out.print(clean(f"{file}: {len(added.new)} new, {len(added.known)} known"), markup=False, soft_wrap=True)


@app.command(epilog="Example: digest feed export > feeds.opml")
def export(ctx: typer.Context) -> None:
    """Write all feeds as OPML to standard output, for other feed readers. Folders of Markdown are left out."""
    from digest.gather.opml import write_opml
    from digest.pipeline.feeds import known_feeds

    context = context_of(ctx)
    feeds = known_feeds(context.app.press, context.clock())
    sys.stdout.buffer.write(write_opml((known.feed.source for known in feeds), context.app.settings.site.name))


@dataclass(frozen=True, slots=True)
class EntryAnswer:
    """An entry as `feed parse --jsonl` prints it: as the feed gave it, nothing trusted."""

    id: str
    url: str
    title: str
    published: datetime | None
    author: str
    summary: str
    categories: tuple[str, ...]
    image: str


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What `feed parse` says of one file."""

    file: str
    format: str = ""
    title: str = ""
    entries: tuple[EntryAnswer, ...] = ()
    error: str | None = None


@app.command(epilog="Example: digest feed parse news.xml --jsonl")
def parse(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Feed documents: RSS, Atom or JSON Feed.")],
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print a JSON line for each file, with its entries.")] = False,
) -> None:
    """Say what is in feed documents. A file that is no feed is answered too, with its error; exit status 1."""
    failed = _print_lines(map(_parsed, files)) if jsonl else _print_table(context_of(ctx).out, map(_parsed, files))
    if failed:
        raise typer.Exit(ExitStatus.FINDINGS)


def _print_lines(answers: Iterable[FileAnswer]) -> bool:
    """Prints each as it comes; whether one failed."""
    failed = False
    for answer in answers:
        write_json(answer)
        failed = failed or answer.error is not None
    return failed


def _print_table(out: Console, answers: Iterable[FileAnswer]) -> bool:
    held = list(answers)
    rows = ((a.file, a.format, a.title, len(a.entries), a.error) for a in held)
    show_table(out, ("File", "Format", "Title", "Entries", "Error"), rows)
    return any(answer.error is not None for answer in held)


def _parsed(file: Path) -> FileAnswer:
    """What the file says; whatever goes wrong with one file is told in its answer, so that the others are read."""
    from digest.gather.parse import parse_feed

    try:
        feed = parse_feed(file.read_bytes(), "", file.absolute().as_uri())
    except OSError as error:
        return FileAnswer(str(file), error=f"cannot be read: {error.strerror}")
    except DigestError as error:
        return FileAnswer(str(file), error=error.problem)
    except Exception as error:
        return FileAnswer(str(file), error=f"cannot be parsed: {type(error).__name__}: {error}")
    return FileAnswer(str(file), feed.format, feed.title, tuple(map(_entry, feed.entries)))


def _entry(entry: Entry) -> EntryAnswer:
    return EntryAnswer(
        entry.guid, entry.url, entry.title, entry.published_at, entry.author, entry.summary, entry.tags, entry.image_url
    )


def _say_added(context: Context, feed: Feed, new: bool, found: ParsedFeed | None) -> None:
    name = f"{feed.source.title} " if feed.source.title else ""
    lines = [f"{name}<{feed.source.url}> {'is added' if new else 'was there already'}"]
    if found:
        lines.append(f"{found.format}, {len(found.entries)} entries")
        lines += [f"  {entry.title}" for entry in found.entries[:_TITLES_SHOWN]]
    for line in lines:
        context.out.print(clean(" ".join(line.split("\n"))), markup=False, soft_wrap=True)


def _found(found: ParsedFeed) -> dict[str, object]:
    titles = [entry.title for entry in found.entries[:_TITLES_SHOWN]]
    return {"format": found.format, "title": found.title, "entries": len(found.entries), "titles": titles}


def _facts(known: KnownFeed) -> dict[str, object]:
    source, state = known.feed.source, known.feed.state
    return {
        "id": known.feed.id, "url": source.url, "title": source.title, "categories": source.categories,
        "weight": source.weight, "language": source.language, "pushed": source.pushed, "health": state.health,
        "checked_at": state.checked_at, "next_at": state.next_at, "failing_since": state.failing_since,
        "failures": state.failures, "paused_at": state.paused_at, "error": state.error, "moved_to": state.moved_to,
        "articles": known.articles,
    }  # fmt: skip


def _row(known: KnownFeed) -> tuple[object, ...]:
    source, state = known.feed.source, known.feed.state
    waiting = "pushed" if source.pushed else "never" if state.paused_at else state.next_at or "at once"
    return source.title or "?", source.url, _health(state), waiting, known.articles, state.error


def _health(state: FeedState) -> str:
    since = state.paused_at or state.failing_since
    return f"{state.health} since {since:%Y-%m-%d %H:%M}Z" if since else str(state.health)
