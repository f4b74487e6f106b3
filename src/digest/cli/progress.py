"""Progress of long work: a bar with count, rate and time left on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from digest.cli.output import terminal
from digest.model.delivery import Outcome


def progress() -> Progress:
    """Bars on stderr, so that results can be piped; hidden when stderr is no terminal."""
    console = terminal(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


@contextmanager
def sending(readers: int) -> Iterator[Callable[[Outcome], None]]:
    """A bar that each outcome moves on."""
    with progress() as bars:
        task = bars.add_task("Sending", total=readers)

        def on_outcome(outcome: Outcome) -> None:
            bars.advance(task)

        yield on_outcome
