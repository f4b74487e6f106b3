"""Takes an issue's content and what editors did to it; gives the content that comes of it. Saves nothing.

An edit says what it is about and what its editor saw, never a position: so those of several editors go together as
long as they are about different things, and one that does not is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from digest.errors import DigestError
from digest.model.editing import (
    Arrange,
    Bring,
    Drop,
    Edit,
    Entry,
    Line,
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
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Event, Headline, IssueContent, Section, Sponsor, StoryItem
from digest.model.stories import Reason

PINNED = Reason("pin", "an editor pinned it")
"""What marks a story that is told first."""
_BY_EDITOR = Reason("editor", "an editor brought it in")


class EditError(DigestError):
    """An edit does not fit the issue as it is now; `place` names the story, `remedy` the next step."""


def edited(base: IssueContent, log: Iterable[Entry], order: Sequence[CategorySlug]) -> IssueContent:
    """The content after every edit that is not undone. Raises EditError naming the first that does not fit.

    `order`: the newsletter's categories, for those that get their first story.
    """
    content = base
    for entry in log:
        if not entry.is_undone:
            content = apply(content, entry.edit, order)
    return content


def apply(content: IssueContent, edit: Edit, order: Sequence[CategorySlug] = ()) -> IssueContent:
    """The content after one edit. Raises EditError."""
    doing: Callable[[IssueContent, Any, Sequence[CategorySlug]], IssueContent] = _DOING[type(edit)]
    return doing(content, edit, order)


def headline_of(content: IssueContent, line: Line) -> Headline | None:
    """The editor's own subject, preheader or introduction."""
    return {Line.SUBJECT: content.subject, Line.PREHEADER: content.preheader, Line.INTRO: content.intro}[line]


def is_pinned(item: StoryItem) -> bool:
    """Whether the story is told first because an editor said so."""
    return any(reason.rule == PINNED.rule for reason in item.reasons)


def told(content: IssueContent, story: StoryId) -> StoryItem:
    """The story of that id. Raises EditError when the issue does not tell it (any more)."""
    for item in content.stories:
        if item.story == story:
            return item
    raise EditError(f"story {story}", "is not in the issue any more", "look at the board again")


def _place(content: IssueContent, edit: Place, order: Sequence[CategorySlug]) -> IssueContent:
    item = told(content, edit.story)
    section = _section(content, edit.under)
    if section is None or edit.story not in section.stories:
        raise EditError(item.title, f"does not stand under {edit.under} any more", "look at the board again")
    without = _with_section(content, replace(section, stories=_out_of(section.stories, edit.story)))
    if edit.to == edit.under:
        return _put(without, edit.story, edit.to, edit.before, order)
    moved = dict.fromkeys(edit.to if slug == edit.under else slug for slug in (*item.categories, edit.under))
    without = _with_item(without, replace(item, categories=tuple(moved)))
    return _grown(_put(without, edit.story, edit.to, edit.before, order), edit.to)


def _drop(content: IssueContent, edit: Drop, _: Sequence[CategorySlug]) -> IssueContent:
    item = told(content, edit.story)
    sections = tuple(replace(s, stories=_out_of(s.stories, edit.story)) for s in content.sections)
    return replace(content, stories=tuple(i for i in content.stories if i != item), sections=sections)


def _pin(content: IssueContent, edit: Pin, _: Sequence[CategorySlug]) -> IssueContent:
    item = told(content, edit.story)
    pinned = item if is_pinned(item) else replace(item, reasons=(*item.reasons, PINNED))
    rest = tuple(i for i in content.stories if i.story != item.story)
    sections = (
        replace(s, stories=(item.story, *_out_of(s.stories, item.story))) if item.story in s.stories else s
        for s in content.sections
    )
    return replace(content, stories=(pinned, *rest), sections=tuple(sections))


def _unpin(content: IssueContent, edit: Unpin, _: Sequence[CategorySlug]) -> IssueContent:
    item = told(content, edit.story)
    plain = replace(item, reasons=tuple(r for r in item.reasons if r.rule != PINNED.rule))
    rest = [i for i in content.stories if i.story != item.story]
    above = sum(1 for other in rest if is_pinned(other) or other.score > item.score)
    return replace(content, stories=(*rest[:above], plain, *rest[above:]))


def _bring(content: IssueContent, edit: Bring, order: Sequence[CategorySlug]) -> IssueContent:
    item = edit.item
    if any(other.story == item.story for other in content.stories):
        raise EditError(item.title, "is in the issue already", "look at the board again")
    categories = dict.fromkeys((edit.to, *item.categories))
    brought = replace(item, categories=tuple(categories), reasons=(*item.reasons, _BY_EDITOR), gathered_at=None)
    above = sum(1 for other in content.stories if is_pinned(other) or other.score >= item.score)
    stories = (*content.stories[:above], brought, *content.stories[above:])
    return _grown(_put(replace(content, stories=stories), item.story, edit.to, edit.before, order), edit.to)


def _retitle(content: IssueContent, edit: Retitle, _: Sequence[CategorySlug]) -> IssueContent:
    item = told(content, edit.story)
    _require_same(item.title, "title", edit.was, item.title)
    return _with_item(content, replace(item, title=edit.title))


def _tease(content: IssueContent, edit: Tease, _: Sequence[CategorySlug]) -> IssueContent:
    item = told(content, edit.story)
    _require_same(item.title, "teaser", edit.was, item.teaser.text)
    return _with_item(content, replace(item, teaser=edit.teaser))


def _repicture(content: IssueContent, edit: Repicture, _: Sequence[CategorySlug]) -> IssueContent:
    item = told(content, edit.story)
    _require_same(item.title, "picture", edit.was, item.picture.url if item.picture else "")
    return _with_item(content, replace(item, picture=edit.picture))


def _say(content: IssueContent, edit: Say, _: Sequence[CategorySlug]) -> IssueContent:
    own = headline_of(content, edit.line)
    _require_same("issue", edit.line.value, edit.was, own.text if own else "")
    match edit.line:
        case Line.SUBJECT:
            return replace(content, subject=edit.headline)
        case Line.PREHEADER:
            return replace(content, preheader=edit.headline)
        case Line.INTRO:
            return replace(content, intro=edit.headline)


def _promote(content: IssueContent, edit: Promote, _: Sequence[CategorySlug]) -> IssueContent:
    sponsors = tuple(one for one in content.sponsors if one.key != edit.key)
    events = tuple(one for one in content.events if one.key != edit.key)
    if edit.promotion is None and (sponsors, events) == (content.sponsors, content.events):
        raise EditError(edit.key, "is not in the issue any more", "look at the board again")
    if isinstance(edit.promotion, Sponsor):
        sponsors = (*sponsors, edit.promotion)
    elif isinstance(edit.promotion, Event):
        events = (*events, edit.promotion)
    return replace(content, sponsors=sponsors, events=events)


def _arrange(content: IssueContent, edit: Arrange, _: Sequence[CategorySlug]) -> IssueContent:
    section = _section(content, edit.category)
    if section is None:
        raise EditError(edit.category, "has no stories in the issue", "look at the board again")
    rest = [one for one in content.sections if one.category != edit.category]
    at = next((n for n, one in enumerate(rest) if one.category == edit.before), len(rest))
    return replace(content, sections=(*rest[:at], section, *rest[at:]))


def _replace(_: IssueContent, edit: Replace, __: Sequence[CategorySlug]) -> IssueContent:
    return edit.content


_DOING: dict[type, Callable[[IssueContent, Any, Sequence[CategorySlug]], IssueContent]] = {
    Place: _place,
    Drop: _drop,
    Pin: _pin,
    Unpin: _unpin,
    Bring: _bring,
    Retitle: _retitle,
    Tease: _tease,
    Repicture: _repicture,
    Say: _say,
    Promote: _promote,
    Arrange: _arrange,
    Replace: _replace,
}


def _require_same(place: str, what: str, seen: str, now: str) -> None:
    if seen != now:
        raise EditError(place, f"somebody changed its {what} meanwhile to “{now}”", "look at it again, then repeat")


def _section(content: IssueContent, category: CategorySlug) -> Section | None:
    return next((section for section in content.sections if section.category == category), None)


def _with_section(content: IssueContent, section: Section) -> IssueContent:
    sections = (section if one.category == section.category else one for one in content.sections)
    return replace(content, sections=tuple(sections))


def _with_item(content: IssueContent, item: StoryItem) -> IssueContent:
    return replace(content, stories=tuple(item if one.story == item.story else one for one in content.stories))


def _out_of(stories: Sequence[StoryId], story: StoryId) -> tuple[StoryId, ...]:
    return tuple(one for one in stories if one != story)


def _put(
    content: IssueContent, story: StoryId, to: CategorySlug, before: StoryId | None, order: Sequence[CategorySlug]
) -> IssueContent:
    """The story at its place in a category, which appears where the newsletter has it if it had no stories yet."""
    section = _section(content, to)
    if section is None:
        later = set(order[order.index(to) + 1 :]) if to in order else set()
        at = next((n for n, one in enumerate(content.sections) if one.category in later), len(content.sections))
        section = Section(to, ())
        content = replace(content, sections=(*content.sections[:at], section, *content.sections[at:]))
    stories = _out_of(section.stories, story)
    at = stories.index(before) if before in stories else len(stories)
    return _with_section(content, replace(section, stories=(*stories[:at], story, *stories[at:])))


def _grown(content: IssueContent, category: CategorySlug) -> IssueContent:
    """What an editor adds to a category takes no other story's place."""
    section = _section(content, category)
    return _with_section(content, replace(section, most=section.most + 1)) if section and section.most else content
