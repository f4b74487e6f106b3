"""Takes messages; lets only those to allowed addresses through to another transport, and withholds the others.

For rehearsals: a send then finishes as it would, with everybody else skipped and the reason written beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from digest.deliver import headers
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome, OutcomeKind
from digest.ports.outside import Transport

WITHHELD = "not among [smtp] only_to"


class StagingTransport:
    """Wraps the transport that sends."""

    def __init__(self, inner: Transport, only_to: Collection[str]) -> None:
        """`only_to`: domains, without what is below them, and addresses. Raises HeaderError for what is neither."""
        self._inner = inner
        self._allowed = frozenset(_allowed(entry) for entry in only_to)

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        """One outcome for each message: what the other transport says, or WITHHELD. Raises what the other raises."""
        withheld: list[Outcome] = []
        try:
            for outcome in self._inner.send(self._let_through(messages, withheld), now):
                yield from _emptied(withheld)
                yield outcome
        except OutsideError:
            yield from _emptied(withheld)
            raise
        yield from _emptied(withheld)

    def _let_through(self, messages: Iterable[Message], withheld: list[Outcome]) -> Iterator[Message]:
        for message in messages:
            to = message.recipient.lower()
            if to in self._allowed or to.rpartition("@")[2] in self._allowed:
                yield message
            else:
                withheld.append(Outcome(message.key, OutcomeKind.WITHHELD, WITHHELD))


def _allowed(entry: str) -> str:
    """An address or a domain as it stands in messages, in small letters."""
    name, at, domain = entry.rpartition("@")
    return headers.address(f"{name or 'x'}@{domain}").text.lower().removeprefix("" if at else "x@")


def _emptied(outcomes: list[Outcome]) -> list[Outcome]:
    taken = outcomes.copy()
    outcomes.clear()
    return taken
