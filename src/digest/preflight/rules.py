"""The rules by id, from data/rules.toml; makes findings of them, and the page of docs/reference."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from digest.model.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in words."""

    id: str
    severity: Severity
    what: str
    why: str
    source: str
    remedy: str


@cache
def rules() -> Mapping[str, Rule]:
    """All rules in the order of the file."""
    text = files("digest.preflight").joinpath("data/rules.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text).items()
    return {key: Rule(key, **(table | {"severity": Severity(table["severity"])})) for key, table in tables}


def found(rule: str, block: str, place: str, message: str) -> Finding:
    """A finding of that rule."""
    known = rules()[rule]
    return Finding(rule, known.severity, block, place, message, known.remedy)


def reference() -> str:
    """docs/reference/preflight.md, as Markdown."""
    return _OPENING + "".join(_entry(rule) for rule in rules().values())


def _entry(rule: Rule) -> str:
    return (
        f"\n## {rule.id}\n\n**{rule.severity.capitalize()}.** {rule.what}\n\n{rule.why} "
        f"Source: {rule.source.removesuffix('.')}.\n\n*Remedy:* {rule.remedy}\n"
    )


_OPENING = """\
# Preflight: the rules

`digest issue preflight ID` looks at an issue as readers would get it: at each block that any edition could have, and
at the edition of everything, the largest edition of a reader, and that of each persona. `--for ADDRESS` or
`--persona NAME` looks at one edition only. `--links` also asks every page and picture whether it is there; `--spam`
asks SpamAssassin or rspamd, if one is installed, without a network. `--all` shows what is only worth knowing.

A finding has the id of its rule, a severity, the block (the fragment that it is in; "edition" or "message" for the
whole), the place, a message and a remedy. What repeats in blocks of one kind is reported once. The exit status is 1
when there are errors, with `--strict` also when there are warnings.

**Errors stop a send.** `digest send ID --override RULE` sends all the same, and says so in the log. An issue with
errors whose hour has come is not sent by `digest run` either: it becomes a draft again, its note says why, and an
editor must approve it once more.

This page is made of the rules themselves: `python -m digest.preflight.rules > docs/reference/preflight.md`.
"""

if __name__ == "__main__":
    print(reference(), end="")
