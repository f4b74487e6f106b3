"""`digest feed`: the feeds, and what a feed document says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from digest.cli.context import context_of
from digest.cli.output import show_table, write_json
from digest.errors import DigestError, ExitStatus

if TYPE_CHECKING:
    from digest.model.feeds import Entry

app = typer.Typer(help="List, add and try out feeds.", no_args_is_help=True)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="feed", rich_help_panel=panel)


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
