"""Progress of long work: a bar with count, rate and time left on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from digest.cli.output import terminal
from digest.model.delivery import Outcome, OutcomeKind

_WORDS = {OutcomeKind.ACCEPTED: "sent"}
"""What people call outcomes, where it is not their own word."""


class _Rate(ProgressColumn):
    """Steps in a second."""

    def render(self, task: Task) -> Text:
        """Rich asks."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


def progress(*more: ProgressColumn) -> Progress:
    """Bars on stderr, so that results can be piped; hidden when stderr is no terminal."""
    console = terminal(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *more, TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


@contextmanager
def sending(readers: int) -> Iterator[Callable[[Outcome], None]]:
    """A bar that each outcome moves on, with how many there were of each kind."""
    counted: Counter[str] = Counter()
    with progress(_Rate(), TextColumn("{task.fields[counts]}")) as bars:
        task = bars.add_task("Sending", total=readers, counts="")

        def on_outcome(outcome: Outcome) -> None:
            counted[_WORDS.get(outcome.kind, str(outcome.kind))] += 1
            bars.update(task, advance=1, counts=told(counted))

        yield on_outcome


def told(counted: Counter[str]) -> str:
    """The counts in words, most first: "120 sent, 3 deferred"."""
    return ", ".join(f"{number} {word}" for word, number in counted.most_common())
