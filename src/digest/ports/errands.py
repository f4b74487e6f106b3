"""ErrandStore and LimitStore: what was asked for on pages, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from digest.model.errands import Errand, ErrandKind


class ErrandStore(Protocol):
    """Errands that are not done yet."""

    def add(self, kind: ErrandKind, fields: Mapping[str, str], now: datetime) -> None:
        """Keeps one, due at once."""
        ...

    def add_once(self, once: str, kind: ErrandKind, fields: Mapping[str, str], now: datetime) -> bool:
        """The same, but only the first time that it is asked for under that name, which is remembered for good.
        False, keeping nothing, every other time. `once` must hold no personal data.
        """
        ...

    def take(self, now: datetime, until: datetime) -> tuple[Errand, ...]:
        """Those due, oldest first, a hundred at most; nobody else is given them before `until`. Each counts as tried
        once more.
        """
        ...

    def finish(self, errand: int) -> None:
        """Forgets it."""
        ...

    def purge(self, before: datetime) -> int:
        """Forgets those asked for before that time. Gives how many."""
        ...


class LimitStore(Protocol):
    """How often something was done in a period, shared by all processes."""

    def take(self, what: str, period: str, most: int) -> bool:
        """Counts one more; False when there were `most` already. `what` must hold no personal data."""
        ...

    def purge(self, before: str) -> int:
        """Forgets the periods that sort before that one. Gives how many rows."""
        ...
