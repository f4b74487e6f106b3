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

    @property
    def story(self) -> str:
        """The story that the block tells; empty for any other block."""
        kind, _, rest = self.block.partition(":")
        return rest.partition(":")[0] if kind in {"lead", "teaser"} else ""


def told_once(findings: Iterable[Finding], shown: Collection[str] = ()) -> list[Finding]:
    """Without what is said of a story again where it leads and under each of its categories; `shown` blocks first."""
    found: dict[object, Finding] = {}
    for one in findings:
        what = (one.id, one.story or one.block, one.place, one.message)
        if what not in found or (one.block in shown and found[what].block not in shown):
            found[what] = one
    return list(found.values())


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The errors, overridden or not."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)
