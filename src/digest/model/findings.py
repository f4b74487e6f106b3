"""What the checks before sending say of an issue."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """Readers would be harmed, or the mail refused: stops a send unless overridden by name."""
    WARNING = "warning"
    """Some readers would notice."""
    INFO = "info"
    """Worth knowing; nothing to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found; the rules are in docs/reference/preflight.md."""

    id: str
    """Stable name of the rule, for example "size-clip" or "client-outlook-windows-css-display-flex"."""
    severity: Severity
    block: str
    """Key of the fragment, for example "teaser:3f2a:privacy"; "edition" or "message" when it concerns the whole."""
    place: str
    """Where in the block: an element with its first words, a URL, a header, a reader's edition."""
    message: str
    remedy: str


def errors_in(findings: Iterable[Finding], overridden: Collection[str] = ()) -> tuple[Finding, ...]:
    """The errors whose rules are not overridden."""
    return tuple(f for f in findings if f.severity is Severity.ERROR and f.id not in overridden)
