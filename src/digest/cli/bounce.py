"""`digest bounce`: what mails that came back say, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import show_table, write_json
from digest.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from digest.pipeline.hearing import Heard

app = typer.Typer(help="Read bounces and complaints.", no_args_is_help=True)
JsonLines = Annotated[bool, typer.Option("--jsonl", help="Print a JSON line for each mail.")]


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="bounce", rich_help_panel=panel)


@dataclass(frozen=True, slots=True)
class Classified:
    """What `bounce classify` says of one file."""

    file: str
    kind: str = "none"
    addresses: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands in the place of a file that cannot be read."""

    file: str
    error: str


@dataclass(frozen=True, slots=True)
class Read:
    """What `bounce read` says of one file."""

    file: str
    kind: str
    delivery: str | None
    consequence: str


@app.command(epilog="Example: digest bounce classify var/bounces/*.eml --jsonl")
def classify(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Mails that came back, one a file.")],
    jsonl: JsonLines = False,
) -> None:
    """Say what mails that came back say: hard, soft, complaint, policy, auto-reply or none. Changes nothing."""
    answers = map(_classified, files)
    failed = False
    rows: list[tuple[object, ...]] = []
    for answer in answers:
        failed = failed or isinstance(answer, Unreadable)
        if jsonl:
            write_json(answer)
        elif isinstance(answer, Unreadable):
            rows.append((answer.file, "", "", "", answer.error))
        else:
            rows.append((answer.file, answer.kind, " ".join(answer.addresses), answer.status, answer.diagnostic))
    if not jsonl:
        show_table(context_of(ctx).out, ("File", "Kind", "Addresses", "Status", "Diagnostic"), rows)
    if failed:
        raise typer.Exit(ExitStatus.FINDINGS)


def _classified(file: Path) -> Classified | Unreadable:
    from digest.feedback.classify import classify as classified

    try:
        raw = file.read_bytes()
    except OSError as error:
        return Unreadable(str(file), f"cannot be read: {error.strerror}")
    found = classified(raw)
    return Classified(str(file), found.kind, found.addresses, found.status, found.diagnostic)


@app.command(epilog="Example: digest bounce read ~/Maildir")
def read(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A Maildir, or a folder of mails, one a file.")],
    jsonl: JsonLines = False,
) -> None:
    """Act on mails that came back: suppress, count, tell. Reading a folder again changes nothing more."""
    from digest.pipeline.hearing import hear_or_pass

    context = context_of(ctx)
    press = context.app.press
    rows = []
    for file in _mails(folder):
        answer = _answer(file, hear_or_pass(press, file.read_bytes(), context.clock()))
        if jsonl:
            write_json(answer)
        rows.append((answer.file, answer.kind, answer.delivery, answer.consequence))
    if not jsonl:
        show_table(context.out, ("File", "Kind", "Delivery", "Consequence"), rows)


def _mails(folder: Path) -> Iterator[Path]:
    """The files of a Maildir's new and cur, or of the folder itself, by name; none that is hidden."""
    if not folder.is_dir():
        raise UsageError(str(folder), "is no folder", "name a Maildir or a folder of mails")
    boxes = [folder / name for name in ("new", "cur") if (folder / name).is_dir()] or [folder]
    for box in boxes:
        yield from sorted(file for file in box.iterdir() if file.is_file() and not file.name.startswith("."))


def _answer(file: Path, heard: Heard | None) -> Read:
    if heard is None:
        return Read(str(file), "none", None, "unheard")
    delivery = str(heard.delivery) if heard.delivery else None
    return Read(str(file), heard.feedback.kind, delivery, heard.consequence)
