"""Progress of long work: a bar with count, rate and time left on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from digest.cli.output import terminal
from digest.model.delivery import FINAL_STATES, DeliveryState, Outcome, OutcomeKind

_WORDS = {OutcomeKind.ACCEPTED: "sent"}
"""What people call outcomes, where it is not their own word."""
_UNTOUCHED = frozenset({DeliveryState.PENDING, DeliveryState.CLAIMED})


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


@contextmanager
def watching(counts: Callable[[], Mapping[DeliveryState, int]]) -> Iterator[Callable[[], None]]:
    """A bar that follows the ledger, for mail that other processes send: call what it gives now and then."""
    with progress(_Rate(), TextColumn("{task.fields[counts]}")) as bars:
        task = bars.add_task("Sending", total=None, counts="")

        def look() -> None:
            now = counts()
            done = sum(number for state, number in now.items() if state in FINAL_STATES)
            shown = Counter({str(s): n for s, n in now.items() if s not in _UNTOUCHED})
            bars.update(task, total=sum(now.values()), completed=done, counts=told(shown))

        look()
        yield look
        look()


def told(counted: Counter[str]) -> str:
    """The counts in words, most first: "120 sent, 3 deferred"."""
    return ", ".join(f"{number} {word}" for word, number in counted.most_common())
