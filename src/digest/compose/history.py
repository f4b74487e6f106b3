"""Takes the log of an issue's edits; decides what undoing and doing again means, and says each edit in words.

Editors take back their own last edit, not somebody else's. One that others have built upon stays: undoing it fails
with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from digest.model.editing import (
    Arrange,
    Bring,
    Drop,
    Edit,
    Entry,
    Pin,
    Place,
    Promote,
    Repicture,
    Replace,
    Retitle,
    Say,
    Tease,
    Unpin,
)
from digest.model.ids import IssueId, StoryId
from digest.model.issue import IssueContent

_LONGEST = 60


def added(entries: Sequence[Entry], issue: IssueId, edit: Edit, by: str, at: datetime) -> tuple[Entry, ...]:
    """The log with one edit more; what the same editor had undone can no longer be made again."""
    kept = tuple(entry for entry in entries if not (entry.is_undone and entry.by == by))
    number = max((entry.number for entry in entries), default=0) + 1
    return (*kept, Entry(issue, number, edit, by, at))


def to_undo(entries: Sequence[Entry], by: str) -> Entry | None:
    """The editor's last edit that stands."""
    return next((e for e in reversed(entries) if e.by == by and not e.is_undone), None)


def to_redo(entries: Sequence[Entry], by: str) -> Entry | None:
    """The edit that the editor undid last."""
    last = to_undo(entries, by)
    after = last.number if last else 0
    return next((e for e in entries if e.by == by and e.is_undone and e.number > after), None)


def turned(entries: Sequence[Entry], entry: Entry) -> tuple[Entry, ...]:
    """The log with this entry undone, or made again."""
    return tuple(replace(e, is_undone=not e.is_undone) if e.number == entry.number else e for e in entries)


@dataclass(frozen=True, slots=True)
class Names:
    """What edits call stories and categories in words."""

    titles: Mapping[StoryId, str]
    categories: Mapping[str, str]

    def story(self, story: StoryId) -> str:
        """Its title in quotation marks, shortened."""
        title = self.titles.get(story, story)
        return f"“{title if len(title) <= _LONGEST else title[:_LONGEST].rstrip() + '…'}”"

    def category(self, slug: str) -> str:
        """Its name."""
        return self.categories.get(slug, slug)


def titles_in(base: IssueContent, entries: Sequence[Entry]) -> dict[StoryId, str]:
    """Titles of all stories that edits may speak of."""
    brought = {e.edit.item.story: e.edit.item.title for e in entries if isinstance(e.edit, Bring)}
    replaced = [item for e in entries if isinstance(e.edit, Replace) for item in e.edit.content.stories]
    return {item.story: item.title for item in (*replaced, *base.stories)} | brought


def in_words(edit: Edit, names: Names) -> str:
    """The edit as a phrase in the past tense: moved “Title” to Privacy."""
    return _WORDS[type(edit)](edit, names)


def _placed(edit: Place, names: Names) -> str:
    where = "within" if edit.under == edit.to else "to"
    return f"moved {names.story(edit.story)} {where} {names.category(edit.to)}"


_WORDS: dict[type, Callable[[Any, Names], str]] = {
    Place: _placed,
    Drop: lambda edit, names: f"dropped {names.story(edit.story)}",
    Pin: lambda edit, names: f"pinned {names.story(edit.story)}",
    Unpin: lambda edit, names: f"unpinned {names.story(edit.story)}",
    Bring: lambda edit, names: f"brought {names.story(edit.item.story)} into {names.category(edit.to)}",
    Retitle: lambda edit, names: f"rewrote the title of {names.story(edit.story)}",
    Tease: lambda edit, names: f"rewrote the teaser of {names.story(edit.story)}",
    Repicture: lambda edit, names: (
        f"{'changed' if edit.picture else 'took away'} the picture of " + names.story(edit.story)
    ),
    Say: lambda edit, _: f"{'wrote' if edit.headline else 'took back'} the {edit.line}",
    Promote: lambda edit, _: f"placed {edit.promotion.title}" if edit.promotion else f"took out {edit.key}",
    Arrange: lambda edit, names: f"moved {names.category(edit.category)}",
    Replace: lambda _, __: "imported the issue",
}
