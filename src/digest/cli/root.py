"""The root command: its panels in order; errors as one line on stderr and an exit status. Bugs keep their trace."""

from __future__ import annotations

import errno
import re
from typing import Any

import typer
from typer.core import TyperGroup

from digest.errors import DigestError, ExitStatus

PANELS = ("Write", "Readers", "Run", "Look after")
"""The day's work, as `digest --help` groups it."""
_ONE_LINE = re.compile(r"(?<!\n)\n(?!\n)")
"""Where the source breaks a paragraph: a terminal breaks it where it is full."""
_STEPS = {
    errno.ENOENT: "check its name and folder",
    errno.EACCES: "check its rights and whose it is",
    errno.EPERM: "check its rights and whose it is",
    errno.EISDIR: "name a file, not a folder",
    errno.ENOTDIR: "name a folder, not a file",
    errno.ENOSPC: "make room on the disk",
}
"""What to do about a file that the system refuses, by the reason that it gives."""


class DigestGroup(TyperGroup):
    """The root command: lists its commands panel by panel, and knows our errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for command in self.commands.values():
            command.help = _ONE_LINE.sub(" ", command.help or "")
            command.short_help = re.split(r"[.:;](?:\s|$)", command.help)[0]

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # Typer's own subclass
        """Panel by panel, nouns before verbs."""
        return sorted(self.commands, key=self._place)

    def _place(self, name: str) -> tuple[int, bool]:
        command = self.commands[name]
        panel = getattr(command, "rich_help_panel", None)
        return PANELS.index(panel) if panel in PANELS else len(PANELS), not isinstance(command, TyperGroup)

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # Typer's own subclass
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except DigestError as error:
            _tell(str(error))
            raise typer.Exit(error.exit_status) from error
        except OSError as error:
            if not error.filename or isinstance(error, BrokenPipeError):
                raise
            _tell(f"{error.filename}: {error.strerror}; {_STEPS.get(error.errno or 0, 'check its path')}")
            raise typer.Exit(ExitStatus.OUTSIDE) from error


def _tell(message: str) -> None:
    from digest.cli.output import clean, terminal

    err = terminal(stderr=True)
    err.print("[bold red]Error:[/] ", end="")
    err.print(clean(message), markup=False, soft_wrap=True)
