"""TokenStore and AnswerStore: which programs may use the API, and what their requests were answered."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from digest.model.api import Answer, Asked, Question, Token


class TokenStore(Protocol):
    """Tokens, one of a name."""

    def add(self, token: Token) -> bool:
        """Keeps it, in place of one of that name that is good no longer at `created_at`; False, changing nothing,
        while that one is good.
        """
        ...

    def with_key(self, key: str) -> Token | None:
        """The token of that key, good or not."""
        ...

    def all(self) -> tuple[Token, ...]:
        """By name; revoked and expired ones too."""
        ...

    def see(self, name: str, now: datetime) -> None:
        """Notes that it was used."""
        ...

    def revoke(self, name: str, now: datetime) -> bool:
        """From now on it lets nobody in. False when there is none of that name that was not revoked before."""
        ...


class AnswerStore(Protocol):
    """Questions by token and key, and their answers."""

    def begin(self, question: Question, now: datetime, kept: datetime, stale: datetime) -> Asked | None:
        """None: it is new and waits for its answer from now on. So is one asked before `kept`, and one that has waited
        for its answer since before `stale`: whoever was to give it is gone. Otherwise what is known of it; of several
        who ask at once one gets None.
        """
        ...

    def finish(self, question: Question, answer: Answer) -> None:
        """Keeps the answer."""
        ...

    def drop(self, question: Question) -> None:
        """Forgets a question that has no answer worth keeping: it may be asked again."""
        ...

    def purge(self, before: datetime) -> int:
        """Forgets those asked before that time. Gives how many."""
        ...
