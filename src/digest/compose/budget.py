"""Keeps an edition within its bytes budget by leaving stories out fairly over the categories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from digest.compose.selection import Selection
from digest.model.edition import Fragment, Slot

_ROOM = 160
"""Bytes kept for the value of a slot: a sentence, or a reader's own link."""


def with_room(fragment: Fragment) -> int:
    """Bytes of the fragment's decoded HTML once its slots are filled: about, and rather too many than too few."""
    worded = [s for s in fragment.html if isinstance(s, Slot) and not s.name.startswith("count:")]
    return fragment.html_size + _ROOM * len(worded)


def trim(selection: Selection, size: Callable[[Selection], int], most: int) -> Selection:
    """The selection, shortened until `size` of it is at most `most` bytes, or nothing is left to leave out.

    Each step takes the last story of the longest section (the later one of two equals), so that sections shrink
    evenly and no category disappears while another still has two stories. Categories that the reader wants more of
    shrink when no other has two stories left.
    """
    while size(selection) > most and selection.sections:
        selection = without_one(selection)
    return selection


def without_one(selection: Selection) -> Selection:
    """The selection without the last story of its longest section."""
    sections = list(selection.sections)

    def expendable(at: int) -> tuple[bool, bool, int, int]:
        category, stories = sections[at]
        return len(stories) > 1, category not in selection.more, len(stories), at

    longest = max(range(len(sections)), key=expendable)
    category, stories = sections[longest]
    sections[longest] = (category, stories[:-1])
    kept = tuple(section for section in sections if section[1])
    return replace(selection, sections=kept, left_out=selection.left_out + 1)
