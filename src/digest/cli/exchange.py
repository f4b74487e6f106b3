"""`digest issue export` and `digest issue import`: an issue as a folder of files, for reviews and pull requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.deliveries import IssueArgument
from digest.cli.output import JsonFlag, clean, emit_json, show_table
from digest.cli.person import ByOption, actor_named
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.pipeline.exchanging import Imported

_OURS = ("issue.toml", "intro.md", "stories/*.md", "rendered/*.html", "rendered/*.txt")
"""What an export writes, and what the next one into the same folder replaces."""
_READ = _OURS[:3]


def add_exchange(app: typer.Typer) -> None:
    """Adds the commands of this file to `digest issue`."""
    app.command(epilog="Example: digest issue export weekly-2026-11-24 --out review/")(export)
    app.command("import", epilog="Example: digest issue import review/ --dry-run")(import_)


def export(
    ctx: typer.Context,
    issue: IssueArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files, or a file named .zip.")],
    as_json: JsonFlag = False,
) -> None:
    """Write an issue as TOML, Markdown and rendered mails, to be reviewed, changed and imported again."""
    from digest.compose.packing import pack
    from digest.pipeline.exchanging import export_issue

    context = context_of(ctx)
    press = context.app.press
    found = press.issue(issue)
    files = export_issue(press, found, context.app.personas(), context.clock())
    if out.suffix == ".zip":
        out.write_bytes(pack(files, found.id))
    else:
        write_folder(out, files, found.id)
    if as_json:
        emit_json({"issue": found.id, "out": out, "files": sorted(files)})
        return
    context.out.print(f"{out}: {len(files)} files of {found.id}", markup=False, soft_wrap=True)


def import_(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `export` has written, or its .zip.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    over: Annotated[bool, typer.Option("--over", help="Also over edits made since the export.")] = False,
    by: ByOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Make an issue what the files say, as one edit that can be undone on the desk. Says what differs."""
    from digest.pipeline.exchanging import import_issue

    context = context_of(ctx)
    actor = actor_named(by)
    files = read_source(source)
    imported = import_issue(context.app.press, files, actor, context.clock(), dry_run=dry_run, over=over)
    if as_json:
        emit_json({"issue": imported.issue.id, "state": imported.issue.state, "saved": imported.saved,
                   "differences": imported.differences})  # fmt: skip
        return
    _say(context, imported, dry_run)


def _say(context: Context, imported: Imported, dry_run: bool) -> None:
    if not imported.differences:
        context.out.print(f"{imported.issue.id}: nothing differs", markup=False)
        return
    rows = [(one.kind, one.what, one.detail) for one in imported.differences]
    show_table(context.out, ("What", "Of", "Detail"), rows)
    done = "is changed and a draft" if imported.saved else "would be changed" if dry_run else "is as it was"
    context.out.print(clean(f"{imported.issue.id} {done}"), markup=False)


def write_folder(folder: Path, files: Mapping[str, bytes], issue: str) -> None:
    """Writes the files, in place of those of an earlier export of the same issue.

    Raises UsageError for a folder that holds anything else.
    """
    if folder.exists() and any(folder.iterdir()):
        _check_same(folder, issue)
    for path in _files(folder, _OURS):
        if str(path.relative_to(folder)) not in files:
            path.unlink()
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def read_source(source: Path) -> dict[str, bytes]:
    """The files of an issue in a folder or a .zip. Raises UsageError and FolderError."""
    from digest.compose.packing import LARGEST_ISSUE, check_sizes, unpack

    if source.is_file():
        if source.stat().st_size > LARGEST_ISSUE:
            raise UsageError(str(source), f"has more than {LARGEST_ISSUE:,} bytes", "name the .zip of one issue")
        return unpack(source.read_bytes(), str(source))
    if not source.is_dir():
        raise UsageError(str(source), "is not there", "write one first: digest issue export ID --out DIR")
    found = list(_files(source, _READ))
    check_sizes({str(path.relative_to(source)): path.stat().st_size for path in found}, str(source))
    return {path.relative_to(source).as_posix(): path.read_bytes() for path in found}


def _check_same(folder: Path, issue: str) -> None:
    from digest.compose.unfolding import issue_named

    there = folder / "issue.toml"
    if not there.is_file():
        raise UsageError(str(folder), "is not empty and holds no issue", "name another folder")
    held = issue_named({"issue.toml": there.read_bytes()})
    if held != issue:
        raise UsageError(str(folder), f"holds {held}", "name another folder")


def _files(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    """The files of these names. Raises UsageError for a link, which may lead anywhere."""
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            link = next((one for one in (path, path.parent) if one.is_symlink() and one != folder), None)
            if link:
                raise UsageError(str(link), "is a link to somewhere else", "put the files themselves into the folder")
            if path.is_file():
                yield path
