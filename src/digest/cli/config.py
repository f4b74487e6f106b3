"""`digest config`: which settings are in force, whether they are good, and all that there are."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, emit_json, plain, show_table, write_json
from digest.errors import ConfigError, ExitStatus, UsageError

if TYPE_CHECKING:
    from digest.config.load import Loaded

app = typer.Typer(help="Show and check the configuration.", no_args_is_help=True)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="config", rich_help_panel=panel)


@app.command(epilog="Example: digest config show smtp --origins")
def show(
    ctx: typer.Context,
    prefix: Annotated[str, typer.Argument(metavar="[KEY]", help="Only this section or key.")] = "",
    origins: Annotated[bool, typer.Option("--origins", help="Say where each value comes from.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the settings in force. Secrets are not shown."""
    from digest.config.showing import shown

    context = context_of(ctx)
    values = dict(shown(context.loaded, prefix))
    if not values:
        raise UsageError(f"config show {prefix}", "no such section or key", "`digest config show` lists them all")
    if as_json:
        came = {"origins": {key: context.loaded.origins[key] for key in values}} if origins else {}
        emit_json({"file": context.loaded.path, "settings": values, **came})
        return
    rows = [(key, _written(value), context.loaded.origins[key])[: 3 if origins else 2] for key, value in values.items()]
    show_table(context.out, ("Key", "Value", "Origin")[: 3 if origins else 2], rows)


@app.command(epilog="Example: digest --config news/config.toml config check")
def check(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Read the configuration and look for what it names. A file or folder that is missing gives exit status 1."""
    from digest.render.templates import Templates

    context = context_of(ctx)
    loaded = context.loaded
    settings = loaded.settings
    for refused in absent_themes(loaded, Templates(settings.templates).themes()):
        raise refused
    missing = [f"{key}: {path}: not found" for key, path in _named_paths(context) if not path.exists()]
    counted = {"categories": settings.categories, "feeds": settings.feeds, "newsletters": settings.newsletters}
    counts = {name: len(items) for name, items in counted.items()}
    if as_json:
        emit_json({"file": loaded.path, **counts, "missing": missing})
    else:
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        for line in (*missing, f"{loaded.path}: {told}"):
            context.out.print(line, markup=False, soft_wrap=True)
    if missing:
        raise typer.Exit(ExitStatus.FINDINGS)


def absent_themes(loaded: Loaded, themes: Collection[str]) -> list[ConfigError]:
    """What is wrong with each newsletter whose theme is none of these."""
    from digest.config.problems import described

    found = []
    for number, newsletter in enumerate(loaded.settings.newsletters):
        if newsletter.theme not in themes:
            origin = loaded.origins[f"newsletters.{number}.theme"]
            close = get_close_matches(newsletter.theme, themes, 1)
            remedy = f"did you mean {close[0]}?" if close else f"there are: {', '.join(sorted(set(themes)))}"
            place = f"{origin}: {described(('newsletters', number, 'theme'))}"
            found.append(ConfigError(place, f"there is no theme {newsletter.theme!r}", remedy))
    return found


@app.command(epilog="Example: digest config schema > config.schema.json")
def schema() -> None:
    """Print the JSON Schema of the configuration file, for editors that complete and check."""
    from digest.config.load import schema as json_schema

    write_json(json_schema(), indent=2)


def _written(value: object) -> str:
    return str(value) if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def _named_paths(context: Context) -> Iterator[tuple[str, Path]]:
    settings = context.loaded.settings
    for key, path in (("templates", settings.templates), ("personas", settings.personas)):
        if path:
            yield key, path
    for position, feed in enumerate(settings.feeds):
        if "://" not in feed.url:
            yield f"feeds.{position}.url", Path(feed.url)
