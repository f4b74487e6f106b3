"""`digest init`: the files of a new site, from those that come with the package."""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.context import context_of
from digest.errors import UsageError

_TEMPLATES = """\
Put a file here under the same name as a shipped template to replace that one, for example
email/blocks/footer.mjml, and set `templates = "templates"` in config.toml. What is not here is the shipped one.
"""
_IGNORED = "secret.key\nvar/\nsubscribers/*.csv\n!subscribers/example.csv\n"


def register(root: typer.Typer, panel: str) -> None:
    """Adds the command."""
    root.command("init", rich_help_panel=panel, epilog="Example: digest init news")(init)


def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new site; made if it is not there.")],
) -> None:
    """Write the files of a new site. They are a configuration, a secret key, sample readers, a folder for templates."""
    files = _files(context_of(ctx).clock())
    taken = [name for name in files if (folder / name).exists()]
    if taken:
        raise UsageError(str(folder), f"{', '.join(taken)} already there", "name an empty folder; nothing was written")
    for name, content in files.items():
        _write(folder / name, content, private=name == "secret.key")
    out = context_of(ctx).out
    out.print(f"Wrote {len(files)} files to {folder}. Next:", markup=False, soft_wrap=True)
    for step in _next_steps(folder):
        out.print(f"  {step}", markup=False, soft_wrap=True)


def _next_steps(folder: Path) -> tuple[str, ...]:
    return (
        f"cd {folder}",
        "edit config.toml           your newsletters, feeds, sender and mail server",
        "digest config check        is it understood?",
        "digest gather              fetch the feeds",
        "digest preview             look at the first issue",
    )


def _files(now: datetime) -> dict[str, str]:
    """Relative path -> text. The sample notes are dated by `now`, so that they are news."""
    from digest.config.shipped import shipped
    from digest.demo.outlets import read_newsstand
    from digest.demo.publishers import CONFIGURED_ORIGIN, notes_of

    notes = notes_of(read_newsstand(shipped("examples"), now), CONFIGURED_ORIGIN)
    return {
        "config.toml": _with_key_file(shipped("config.toml").read_text(encoding="utf-8")),
        "secret.key": secrets.token_hex(32) + "\n",
        "templates/README.md": _TEMPLATES,
        ".gitignore": _IGNORED,
        "subscribers/example.csv": shipped("subscribers/example.csv").read_text(encoding="utf-8"),
        **{f"examples/notes/{name}": text for name, text in notes.items()},
    }


def _with_key_file(config: str) -> str:
    """The demonstration's line for the key, no longer a comment."""
    return re.sub(r'^# (secret_key_file = "secret\.key")', r"\1", config, count=1, flags=re.MULTILINE)


def _write(path: Path, content: str, private: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666), "w",
                   encoding="utf-8") as file:  # fmt: skip
        file.write(content)
