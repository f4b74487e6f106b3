"""Holds the code to the limits of CONTRIBUTING.md and prints the ten longest functions and modules.

Functions: at most 40 code lines (docstring not counted), median at most 8, 90th percentile at most 25.
Modules: under 300 lines.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from statistics import median, quantiles

SOURCE = Path(__file__).resolve().parent.parent / "src" / "digest"
MOST_FUNCTION, MOST_MODULE, MOST_MEDIAN, MOST_P90 = 40, 299, 8, 25


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the end."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def measure() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(code lines, place) of every function, (lines, file) of every module."""
    functions, modules = [], []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(SOURCE.parent).as_posix()
        modules.append((text.count("\n"), name))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions.append((code_lines(node), f"{name}:{node.lineno} {node.name}"))
    return functions, modules


def main() -> int:
    """Prints the worst and gives 1 when a limit is broken."""
    functions, modules = measure()
    sizes = [size for size, _ in functions]
    middle, p90 = median(sizes), quantiles(sizes, n=10)[-1]
    print(f"{len(functions)} functions: median {middle:g}, 90th percentile {p90:g} code lines. The longest:")
    for size, place in sorted(functions, reverse=True)[:10]:
        print(f"  {size:3} {place}")
    print(f"{len(modules)} modules. The longest:")
    for size, place in sorted(modules, reverse=True)[:10]:
        print(f"  {size:3} {place}")
    broken = [p for s, p in functions if s > MOST_FUNCTION] + [p for s, p in modules if s > MOST_MODULE]
    for place in broken:
        print(f"Too long: {place}", file=sys.stderr)
    if middle > MOST_MEDIAN or p90 > MOST_P90:
        print("Functions are too long on the whole", file=sys.stderr)
    return int(bool(broken) or middle > MOST_MEDIAN or p90 > MOST_P90)


if __name__ == "__main__":
    sys.exit(main())
