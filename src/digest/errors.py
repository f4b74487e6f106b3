"""The errors a person may meet, each naming the place and the next step; expected results are values, not errors."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a command tells the shell."""

    GOOD = 0
    FINDINGS = 1
    USAGE = 2
    CONFIGURATION = 3
    OUTSIDE = 4


class DigestError(Exception):
    """An error for a person: `place` (file, key, URL, row or address), what is wrong, and the `remedy`."""

    exit_status = ExitStatus.FINDINGS

    def __init__(self, place: str, problem: str, remedy: str = "") -> None:
        self.place = place
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{place}: {problem}" + (f"; {remedy}" if remedy else ""))


class UsageError(DigestError):
    """The command was called with something that does not exist or does not fit."""

    exit_status = ExitStatus.USAGE


class ConfigError(DigestError):
    """The configuration cannot be used; `place` is "FILE: [section] key"."""

    exit_status = ExitStatus.CONFIGURATION


class OutsideError(DigestError):
    """Something outside this process failed: a network, a server, a disk."""

    exit_status = ExitStatus.OUTSIDE


class FeedError(DigestError):
    """Bytes that should be a feed are none; `place` is the file or URL."""


class TemplateError(DigestError):
    """A template cannot be rendered; `place` is "FILE:LINE"."""


class StateError(DigestError):
    """The issue or reader is not in a state that allows this."""


class HeaderError(DigestError):
    """A value that must not reach a mail header (control characters or `=?`, CVE-2024-6923)."""
