"""What `digest doctor` finds: one thing looked at, how it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How something stands."""

    OK = "ok"
    ADVICE = "advice"
    """It works, and could be better."""
    PROBLEM = "problem"
    """Mail is refused for it, or lost, or will be."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    standing: Standing
    detail: str
    remedy: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing has to be done."""
        return self.standing is not Standing.PROBLEM


def good(name: str, detail: str) -> Check:
    """All is well."""
    return Check(name, Standing.OK, detail)


def advice(name: str, detail: str, remedy: str) -> Check:
    """It could be better."""
    return Check(name, Standing.ADVICE, detail, remedy)


def problem(name: str, detail: str, remedy: str) -> Check:
    """It has to be put right."""
    return Check(name, Standing.PROBLEM, detail, remedy)
