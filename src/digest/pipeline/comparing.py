"""What is otherwise than in the newsletter's last issue: stories, kinds of blocks, and what templates make of it."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from digest.compose.differences import Difference, DifferenceKind, differences
from digest.model.edition import CompiledIssue, Fragment, Slot
from digest.model.issue import Issue
from digest.model.wire import decode
from digest.pipeline.approving import compile_draft
from digest.pipeline.press import Press
from digest.pipeline.slots import REMEMBERED

_MOST_LINES = 60
_OPENING = re.compile(r"(?<=[>;}])(?=[<a-z.@])")
_COUNTED = ("in rank", "how many stories it counts or shows")
"""Differences of bookkeeping: every issue has them."""


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Blocks of a kind that come out otherwise today than when the last issue was approved, from the same content."""

    kind: str
    blocks: int
    lines: tuple[str, ...]
    """A unified diff of the first one's HTML."""


@dataclass(frozen=True, slots=True)
class Since:
    """An issue beside the one before."""

    last: Issue
    told: tuple[Difference, ...]
    kinds: tuple[tuple[str, int, int], ...]
    """Kinds of blocks that there are more or fewer of: name, then, now."""
    redrawn: tuple[Redrawn, ...]


def since_last(press: Press, issue: Issue, fragments: CompiledIssue) -> Since | None:
    """None: it is the newsletter's first issue."""
    earlier = press.store.issues.telling(issue.send_at - REMEMBERED, issue.newsletter)
    last = next((one for one in reversed(earlier) if one.slot < issue.slot), None)
    if last is None:
        return None
    found = differences(last.content, issue.content)
    told = tuple(one for one in found if one.detail not in _COUNTED and one.kind is not DifferenceKind.UNTOLD)
    then = press.store.issues.compiled(last.id)
    if then is None:
        return Since(last, told, (), ())
    again = compile_draft(press, last)
    return Since(last, told, tuple(_kinds(then, fragments)), tuple(_redrawn(then, again)))


def _kinds(then: CompiledIssue, now: CompiledIssue) -> Iterator[tuple[str, int, int]]:
    before, after = (Counter(key.partition(":")[0] for key in one.fragments) for one in (then, now))
    for kind in dict.fromkeys((*before, *after)):
        if before[kind] != after[kind]:
            yield kind, before[kind], after[kind]


def _redrawn(then: CompiledIssue, again: CompiledIssue) -> Iterator[Redrawn]:
    changed: dict[str, list[str]] = {}
    for key, old in then.fragments.items():
        new = again.fragments.get(key)
        if new is not None and new.html != old.html:
            changed.setdefault(key.partition(":")[0], []).append(key)
    for kind, keys in changed.items():
        lines = difflib.unified_diff(
            _lines(then.fragments[keys[0]]), _lines(again.fragments[keys[0]]), "then", "now", "", "", 1, lineterm=""
        )
        yield Redrawn(kind, len(keys), tuple(lines)[2 : 2 + _MOST_LINES])


def _lines(fragment: Fragment) -> list[str]:
    """Its HTML, a tag or rule to a line."""
    html = "".join(f"{{{s.name}}}" if isinstance(s, Slot) else decode(s) for s in fragment.html)
    return [line for whole in html.splitlines() for line in _OPENING.split(whole) if line.strip()]
