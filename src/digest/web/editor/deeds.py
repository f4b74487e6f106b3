"""What the buttons of the board say, as edits: one line of words each, for example "place STORY UNDER TO BEFORE".

The buttons, the keys and the mouse all send the same lines, so that a board without scripts can do all that one with
them can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from digest.compose.editing import EditError
from digest.errors import UsageError
from digest.model.access import Actor
from digest.model.editing import Arrange, Drop, Edit, Pin, Place, Promote, Promotion, Unpin
from digest.model.ids import ArticleId, CategorySlug, StoryId
from digest.model.issue import Issue, IssueContent
from digest.pipeline.editing import edit_issue, redo, start_over, undo
from digest.pipeline.pool import bring
from digest.pipeline.press import Press

_END = "-"
"""In the place of a story or category: after all others."""
_LAST = 99
"""A promotion after so many sections stands behind all of them."""
_LOG = {"undo": undo, "redo": redo, "start-over": start_over}
_PLAIN: dict[tuple[str, int], Callable[..., Edit]] = {
    ("place", 4): lambda story, under, to, before: Place(
        StoryId(story), CategorySlug(under), CategorySlug(to), _story(before)
    ),
    ("drop", 1): lambda story: Drop(StoryId(story)),
    ("pin", 1): lambda story: Pin(StoryId(story)),
    ("unpin", 1): lambda story: Unpin(StoryId(story)),
    ("arrange", 2): lambda category, before: Arrange(CategorySlug(category), _category(before)),
    ("take-out", 1): lambda key: Promote(key, None),
}


def do(press: Press, issue: Issue, line: str, actor: Actor, now: datetime) -> Issue:
    """Does what the line says. Raises EditError when it no longer fits, UsageError when it says nothing known."""
    verb, *words = line.split(" ")
    if verb in _LOG and not words:
        return _LOG[verb](press, issue.id, actor, now)
    return edit_issue(press, issue.id, _edit(press, issue, verb, words, now), actor, now)


def _edit(press: Press, issue: Issue, verb: str, words: list[str], now: datetime) -> Edit:
    if verb in {"up", "down"} and len(words) == 2:
        return _step(issue.content, StoryId(words[0]), CategorySlug(words[1]), -1 if verb == "up" else 1)
    if verb == "bring" and len(words) == 3:
        known = {category.slug for category in press.categories_in(issue)}
        if words[1] not in known:
            raise UsageError(f"category {words[1]}", "is none of the newsletter's", "choose another")
        return bring(press, issue, ArticleId(words[0]), CategorySlug(words[1]), _story(words[2]), now)
    if verb == "book" and len(words) == 2:
        return _booked(press, issue, *words)
    if (verb, len(words)) not in _PLAIN:
        raise UsageError("deed", f"“{verb}” with {len(words)} words is not known", "open the board anew")
    return _PLAIN[verb, len(words)](*words)


def _step(content: IssueContent, story: StoryId, under: CategorySlug, by: int) -> Place:
    """One place up or down within its category."""
    stories = next((section.stories for section in content.sections if section.category == under), ())
    if story not in stories:
        raise EditError(f"story {story}", f"does not stand under {under} any more", "look at the board again")
    rest = [one for one in stories if one != story]
    at = max(0, stories.index(story) + by)
    return Place(story, under, under, rest[at] if at < len(rest) else None)


def _booked(press: Press, issue: Issue, key: str, after: str) -> Promote:
    """A sponsor or event of the issue, or one that is configured, at its place."""
    there: dict[str, Promotion] = {one.key: one.sponsor() for one in press.settings.sponsors}
    there |= {one.key: one.event() for one in press.settings.events}
    there |= {one.key: one for one in _placed(issue)}
    if key not in there or not after.isdigit():
        raise UsageError(f"promotion {key}", "there is none of that key", "see [[sponsors]] and [[events]]")
    return Promote(key, replace(there[key], after=min(int(after), _LAST)))


def _placed(issue: Issue) -> Iterator[Promotion]:
    yield from issue.content.sponsors
    yield from issue.content.events


def _story(word: str) -> StoryId | None:
    return None if word == _END else StoryId(word)


def _category(word: str) -> CategorySlug | None:
    return None if word == _END else CategorySlug(word)
