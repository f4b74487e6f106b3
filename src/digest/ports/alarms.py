"""AlarmStore, Hook and SeedMailbox: troubles that the operator was told of, and the ways to tell and to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from digest.model.ids import IssueId


class AlarmStore(Protocol):
    """Troubles that are not over yet, and canaries that arrived."""

    def begun(self) -> Mapping[str, str]:
        """Every trouble that was told and is not over, with its words, by key."""
        ...

    def begin(self, key: str, text: str, errands: Sequence[Mapping[str, str]], now: datetime) -> bool:
        """Remembers a trouble and keeps an alarm errand for each of these, in one transaction. False, keeping
        nothing, when it has begun already.
        """
        ...

    def end(self, key: str, errands: Sequence[Mapping[str, str]], now: datetime) -> bool:
        """The same for its end. False when it had not begun."""
        ...

    def arrived(self, issue: IssueId) -> str | None:
        """The folder in which the canary of the issue was found; None: not yet."""
        ...

    def note_arrival(self, issue: IssueId, folder: str, now: datetime) -> None:
        """Remembers that it was found there; a second time changes nothing."""
        ...


class Hook(Protocol):
    """Tells a program elsewhere."""

    def tell(self, facts: Mapping[str, object]) -> None:
        """Raises OutsideError when it was not taken."""
        ...


class SeedMailbox(Protocol):
    """The mailbox of the canary."""

    def find(self, message_id: str) -> str | None:
        """The folder that holds the mail of that Message-ID. Raises OutsideError when it cannot be read."""
        ...
