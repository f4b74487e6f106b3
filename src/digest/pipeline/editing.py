"""What an editor does to a draft, saved with who did it: edit, undo, do again, start over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.compose.editing import EditError, apply, edited
from digest.compose.history import Names, added, in_words, titles_in, to_redo, to_undo, turned
from digest.errors import StateError
from digest.model.access import Actor
from digest.model.editing import Edit, Entry
from digest.model.ids import CategorySlug, IssueId
from digest.model.issue import Issue, IssueContent
from digest.pipeline.entering import note
from digest.pipeline.press import Press
from digest.ports.editing import EditLog

_TRIES = 5
"""Editors who save at the same instant wait for each other so many times."""
_Change = Callable[[Issue, EditLog], tuple[Sequence[Entry], IssueContent, str]]
"""Gives the entries, what they come to, and what was done in words."""


@dataclass(frozen=True, slots=True)
class History:
    """The log of an issue for somebody who looks at it."""

    lines: tuple[tuple[Entry, str], ...]
    """Newest first, in words; without what is undone."""
    undo: str
    """What this editor would take back; empty: nothing."""
    redo: str


def edit_issue(press: Press, issue: IssueId, edit: Edit, actor: Actor, now: datetime) -> Issue:
    """Makes the edit on the issue as it is now. Raises EditError when it does not fit, StateError beyond draft."""

    def change(found: Issue, log: EditLog) -> tuple[Sequence[Entry], IssueContent, str]:
        entries = added(log.entries, issue, edit, actor.name, now)
        content = apply(found.content, edit, _order(press, found))
        return entries, content, in_words(edit, names_of(press, log.base, entries))

    return _saved(press, issue, change, actor, now)


def undo(press: Press, issue: IssueId, actor: Actor, now: datetime) -> Issue:
    """Takes back the editor's own last edit. Raises EditError when a later one builds upon it, or there is none."""
    return _turn(press, issue, actor, now, to_undo, "undid")


def redo(press: Press, issue: IssueId, actor: Actor, now: datetime) -> Issue:
    """Makes the edit again that the editor undid last. Raises EditError."""
    return _turn(press, issue, actor, now, to_redo, "did again")


def start_over(press: Press, issue: IssueId, actor: Actor, now: datetime) -> Issue:
    """Takes back the edits of everybody: the issue is as the rules built it. Each can still be made again."""

    def change(_: Issue, log: EditLog) -> tuple[Sequence[Entry], IssueContent, str]:
        return [replace(entry, is_undone=True) for entry in log.entries], log.base, "took back every edit"

    return _saved(press, issue, change, actor, now)


def history(press: Press, issue: Issue, actor: Actor) -> History:
    """What was done to the issue."""
    log = press.store.edits.log(issue.id)
    names = names_of(press, log.base, log.entries)
    last, again = to_undo(log.entries, actor.name), to_redo(log.entries, actor.name)
    lines = tuple((entry, in_words(entry.edit, names)) for entry in reversed(log.entries) if not entry.is_undone)
    return History(lines, in_words(last.edit, names) if last else "", in_words(again.edit, names) if again else "")


def names_of(press: Press, base: IssueContent, entries: Sequence[Entry]) -> Names:
    """What edits of the issue call things."""
    return Names(titles_in(base, entries), {category.slug: category.name for category in press.settings.categories})


def _turn(
    press: Press, issue: IssueId, actor: Actor, now: datetime,
    chosen: Callable[[Sequence[Entry], str], Entry | None], did: str,
) -> Issue:  # fmt: skip
    def change(found: Issue, log: EditLog) -> tuple[Sequence[Entry], IssueContent, str]:
        entry = chosen(log.entries, actor.name)
        if entry is None:
            raise EditError(f"issue {issue}", "there is nothing to undo or do again", "")
        words = in_words(entry.edit, names_of(press, log.base, log.entries))
        entries = turned(log.entries, entry)
        try:
            return entries, edited(log.base, entries, _order(press, found)), f"{did}: {words}"
        except EditError as error:
            problem = f"a later edit builds upon it: {error.place} {error.problem}"
            raise EditError(words, problem, "undo the later one first") from error

    return _saved(press, issue, change, actor, now)


def _saved(press: Press, issue: IssueId, change: _Change, actor: Actor, now: datetime) -> Issue:
    """Saves what `change` makes of the issue; made again when somebody else saved in between."""
    for left in reversed(range(_TRIES)):
        found = press.issue(issue)
        entries, content, words = change(found, press.store.edits.log(issue))
        try:
            saved = press.store.edits.record(issue, entries, content, found.version, now)
        except StateError:
            if not left or press.issue(issue).version == found.version:
                raise
            continue
        note(press, actor, "edited", issue, now, words)
        return saved
    raise AssertionError("unreachable")  # pragma: no cover


def _order(press: Press, issue: Issue) -> tuple[CategorySlug, ...]:
    return tuple(category.key for category in press.categories_of(press.newsletter_of(issue)))
