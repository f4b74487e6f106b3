"""`digest bench`: runs the benchmarks of bench/ and holds them to their bars."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.errors import ExitStatus, UsageError


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    # hidden: of use in a source checkout only
    root.command("bench", hidden=True, rich_help_panel=panel, epilog="Example: digest bench teaser --json")(bench)


def bench(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Benchmark; those there are without.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Run a benchmark of a source checkout against its bars. A missed bar gives exit status 1."""
    context = context_of(ctx)
    there = benchmarks()
    if not name:
        show_table(context.out, ("Benchmark", "Measures"), [(n, _first_line(path)) for n, path in there.items()])
        return
    if name not in there:
        raise UsageError(f"benchmark {name}", "there is none of that name", f"there are: {', '.join(there)}")
    result = _run(there[name])
    if as_json:
        emit_json(result)
    else:
        show_table(context.out, ("Bar", "Measured", "To reach", ""), _rows(result["bars"]))
        context.out.print()
        figures = {**result["figures"], **result["peers"], **result["ratios"]}
        show_table(context.out, ("Figure", "Measured"), [(name, _written(value)) for name, value in figures.items()])
    if result["ok"] is False:
        raise typer.Exit(ExitStatus.FINDINGS)


def _rows(bars: Any) -> list[tuple[object, ...]]:
    words = {True: "reached", False: "MISSED", None: "not measured"}
    return [(name, bar["value"], bar["bar"], words[bar["ok"]]) for name, bar in bars.items()]


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def benchmarks() -> dict[str, Path]:
    """The benchmarks of the checkout, by name. Raises UsageError where there is no checkout."""
    from digest.config.shipped import checkout

    root = checkout()
    if root is None or not (root / "bench").is_dir():
        raise UsageError("bench", "needs a source checkout", "clone the repository and run: make setup")
    found = {path.stem: path for path in sorted((root / "bench").glob("*.py"))}
    return {name: path for name, path in found.items() if "\ndef run(" in path.read_text(encoding="utf-8")}


def _first_line(path: Path) -> str:
    return path.read_text(encoding="utf-8").lstrip('"').partition("\n")[0].strip('"')


def _run(path: Path) -> dict[str, Any]:
    return load(path).run()  # type: ignore[no-any-return]  # every benchmark's run() gives this shape


def load(path: Path) -> ModuleType:
    """The benchmark's module, under a name that shadows none of the libraries that it measures."""
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location(f"digest_bench_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError(str(path), "cannot be loaded", "see the docstring of its neighbours")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
