"""What a command needs, each made when first asked for: the configuration, the clock, the terminal, the app."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from digest.app import App
    from digest.config.load import Loaded

Clock = Callable[[], datetime]
_USUAL = Path("config.toml")


@dataclass(frozen=True)
class Context:
    """The global options, and what follows from them. A command takes it by `context_of(ctx)`."""

    config: Path | None
    """The file that was named; None: config.toml in the current folder."""
    overrides: Mapping[str, str]
    clock: Clock
    """The time, aware UTC, moved by --now."""

    @cached_property
    def loaded(self) -> Loaded:
        """The configuration. Raises ConfigError."""
        from digest.config.load import load

        return load(self.config or _USUAL, self.overrides, os.environ)

    @cached_property
    def loaded_or_default(self) -> Loaded:
        """The same, but the defaults where no file was named and none is there: for commands that need no site."""
        from digest.config.load import load

        return self.loaded if self.config or _USUAL.exists() else load(None, self.overrides, os.environ)

    @cached_property
    def loaded_before_restore(self) -> Loaded:
        """The configuration of a site whose files of secrets may still be in a backup. Raises ConfigError."""
        from digest.config.load import load

        return load(self.config or _USUAL, self.overrides, os.environ, before_restore=True)

    @cached_property
    def out(self) -> Console:
        """Where results for people go."""
        from digest.cli.output import terminal

        return terminal()

    @cached_property
    def err(self) -> Console:
        """Where remarks for people go that are no result."""
        from digest.cli.output import terminal

        return terminal(stderr=True)

    @cached_property
    def app(self) -> App:
        """All parts put together: store, mail server, templates."""
        from digest.app import build

        return build(self.loaded, self.clock)

    def close(self) -> None:
        """The command is done: closes the database, if it was opened."""
        if made := self.__dict__.get("app"):
            made.press.store.close()


def context_of(ctx: typer.Context) -> Context:
    """The one that the global options made."""
    found = ctx.find_object(Context)
    if found is None:
        raise LookupError("no global options were read")
    return found


def moved_clock(text: str | None) -> Clock:
    """The system's clock, moved so that it now shows that time (RFC 3339); the difference is kept."""
    if text is None:
        return lambda: datetime.now(UTC)
    moved = instant(text) - datetime.now(UTC)
    return lambda: datetime.now(UTC) + moved


def instant(text: str) -> datetime:
    """An RFC 3339 time as aware UTC. Raises BadParameter."""
    try:
        at = datetime.fromisoformat(text)
        aware = at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        aware = None
    if aware is None or not 1970 <= aware.year < 9000:
        raise typer.BadParameter(f"{text!r} is no RFC 3339 time with an offset, like 2026-11-24T07:00:00Z")
    return aware


def overrides(pairs: Iterable[str]) -> dict[str, str]:
    """What --set said: "smtp.port=2525" -> {"smtp.port": "2525"}. Raises BadParameter."""
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise typer.BadParameter(f"{pair!r} is no KEY=VALUE, like smtp.port=2525", param_hint="--set")
        found[key.strip()] = value
    return found
