"""What a spam filter's report means for the sender. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from digest.model.findings import Finding
from digest.ports.outside import SpamReport
from digest.preflight.proof import MESSAGE
from digest.preflight.rules import found

BEARABLE = 0.1
"""Points of one rule that are not worth a word."""


def check_report(report: SpamReport, reader: str) -> Iterator[Finding]:
    """Rules that cost points, and the sum when it is too high."""
    for rule in report.rules:
        if rule.points > BEARABLE:
            told = found("spam-RULE", MESSAGE, reader, f"{rule.points:g} points by {report.filter}: {rule.description}")
            yield replace(told, id=f"spam-{rule.name.lower().replace('_', '-')}")
    if report.points >= report.limit:
        message = f"{report.points:g} points by {report.filter}; the limit is {report.limit:g}"
        yield found("spam-score", MESSAGE, reader, message)
