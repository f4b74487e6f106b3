"""Takes an issue's content before and after; says what differs: stories in, out, moved, rewritten. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TypeVar

from digest.compose.editing import is_pinned
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Headline, IssueContent, StoryItem

_LONGEST = 100
_Key = TypeVar("_Key", StoryId, CategorySlug)
_FACTS = ("picture", "url", "outlet", "also", "minutes", "published_at", "language")
"""What readers see of a story besides its words."""


class DifferenceKind(StrEnum):
    """What became of it."""

    IN = "in"
    OUT = "out"
    MOVED = "moved"
    REWRITTEN = "rewritten"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    UNTOLD = "told nowhere"
    """The story is there, and no section names it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: a story by its title, or a part of the issue by its name."""

    kind: DifferenceKind
    what: str
    detail: str = ""


def differences(before: IssueContent, after: IssueContent) -> tuple[Difference, ...]:
    """Stories first, then headlines, sections and promotions; nothing when both are equal."""
    if before == after:
        return ()
    was = {item.story: item for item in before.stories}
    now = {item.story: item for item in after.stories}
    fresh = [item for story, item in now.items() if story not in was]
    found = [
        *(Difference(DifferenceKind.IN, item.title, ", ".join(_where(after, item.story))) for item in fresh),
        *(Difference(DifferenceKind.OUT, item.title) for story, item in was.items() if story not in now),
        *_moved(before, after),
        *(one for story, item in now.items() if story in was for one in _rewritten(was[story], item)),
        *_untold(after),
        *_headlines(before, after),
        *_sections(before, after),
        *_promotions(before, after),
    ]  # fmt: skip
    return tuple(found) or (Difference(DifferenceKind.REWRITTEN, "issue", "what readers do not see"),)


def _where(content: IssueContent, story: StoryId) -> list[CategorySlug]:
    return [section.category for section in content.sections if story in section.stories]


def _moved(before: IssueContent, after: IssueContent) -> Iterator[Difference]:
    """Stories that stand in other sections, then those at another place in theirs."""
    kept = {item.story: item.title for item in after.stories}
    said: set[StoryId] = set()
    for story in (item.story for item in before.stories if item.story in kept):
        old, new = _where(before, story), _where(after, story)
        if sorted(old) != sorted(new):
            origin, goal = ", ".join(old) or "nowhere", ", ".join(new) or "nowhere"
            yield Difference(DifferenceKind.MOVED, kept[story], f"from {origin} to {goal}")
            said.add(story)
    was = {section.category: section.stories for section in before.sections}
    for section in after.sections:
        for story in _displaced(was.get(section.category, ()), section.stories):
            yield Difference(DifferenceKind.MOVED, kept[story], f"within {section.category}")
            said.add(story)
    for story in _displaced([item.story for item in before.stories], list(kept)):
        if story not in said:
            yield Difference(DifferenceKind.MOVED, kept[story], "in rank")


def _displaced(was: Sequence[_Key], now: Sequence[_Key]) -> list[_Key]:
    """Those of both that would have to move for the same order: as few as can be."""
    old, new = [one for one in was if one in now], [one for one in now if one in was]
    same = {old[at] for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
            for at in range(block.a, block.a + block.size)}  # fmt: skip
    return [one for one in new if one not in same]


def _rewritten(was: StoryItem, now: StoryItem) -> Iterator[Difference]:
    if was.title != now.title:
        yield Difference(DifferenceKind.REWRITTEN, was.title, f"title: {_short(now.title)}")
    if was.teaser.text != now.teaser.text:
        yield Difference(DifferenceKind.REWRITTEN, now.title, f"teaser: {_short(now.teaser.text)}")
    elif was.teaser != now.teaser:
        yield Difference(DifferenceKind.REWRITTEN, now.title, "where its teaser comes from")
    others = [name for name in _FACTS if getattr(was, name) != getattr(now, name)]
    if others:
        yield Difference(DifferenceKind.REWRITTEN, now.title, ", ".join(name.replace("_", " ") for name in others))
    if is_pinned(was) != is_pinned(now):
        yield Difference(DifferenceKind.PINNED if is_pinned(now) else DifferenceKind.UNPINNED, now.title)


def _untold(after: IssueContent) -> Iterator[Difference]:
    told = {story for section in after.sections for story in section.stories}
    for item in after.stories:
        if item.story not in told:
            yield Difference(DifferenceKind.UNTOLD, item.title, "no section of issue.toml names it")


def _headlines(before: IssueContent, after: IssueContent) -> Iterator[Difference]:
    for name in ("subject", "preheader", "intro"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield _changed(name, was is None, now is None, _said(now))


def _said(now: Headline | None) -> str:
    return _short(now.text) if now else ""


def _sections(before: IssueContent, after: IssueContent) -> Iterator[Difference]:
    was = {section.category: section for section in before.sections}
    now = {section.category: section for section in after.sections}
    for slug in (*now, *(slug for slug in was if slug not in now)):
        if slug not in was or slug not in now:
            yield _changed(f"section {slug}", slug not in was, slug not in now)
        elif (was[slug].left_out, was[slug].most) != (now[slug].left_out, now[slug].most):
            yield Difference(DifferenceKind.REWRITTEN, f"section {slug}", "how many stories it counts or shows")
    for slug in _displaced(list(was), list(now)):
        yield Difference(DifferenceKind.MOVED, f"section {slug}")


def _promotions(before: IssueContent, after: IssueContent) -> Iterator[Difference]:
    for kind, olds, news in (("sponsor", before.sponsors, after.sponsors), ("event", before.events, after.events)):
        was, now = {one.key: one for one in olds}, {one.key: one for one in news}
        for key in dict.fromkeys((*was, *now)):
            if was.get(key) != now.get(key):
                yield _changed(f"{kind} {key}", key not in was, key not in now)


def _changed(what: str, is_new: bool, is_gone: bool, detail: str = "") -> Difference:
    kind = DifferenceKind.IN if is_new else DifferenceKind.OUT if is_gone else DifferenceKind.REWRITTEN
    return Difference(kind, what, detail)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
