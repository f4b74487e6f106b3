"""What an issue weighs and covers, for the desk: bytes by block, stories by category and by source. Changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from digest.model.ids import StoryId
from digest.model.issue import Issue, IssueContent
from digest.pipeline.press import Press
from digest.pipeline.viewing import View
from digest.preflight.size import CLIP, MOST_CSS

_STYLES = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_NAMES = {
    "head": "Head and styles", "tail": "End", "edition": "The whole mail", "message": "The message",
    "stay-informed": "Stay Informed", "view-all": "View All Latest", "explore-more": "Explore More",
    "intro": "Introduction",
}  # fmt: skip
_OF_STORY = {"lead": "Lead: ", "teaser": ""}


@dataclass(frozen=True, slots=True)
class BlockSize:
    """A block of one reader's mail and its bytes."""

    key: str
    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Meters:
    """What mail programs count."""

    html: int
    """Bytes of decoded HTML."""
    budget: int
    """Most that the newsletter allows."""
    css: int
    """Characters within style elements."""
    text: int
    mail: int
    """Bytes on the wire."""
    blocks: tuple[BlockSize, ...]
    clip: int = CLIP
    most_css: int = MOST_CSS


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many stories there are of each; most first."""

    categories: tuple[tuple[str, int], ...]
    outlets: tuple[tuple[str, int], ...]


def meters(press: Press, issue: Issue, view: View) -> Meters:
    """Of one reader's mail."""
    names = block_names(press, issue)
    sizes = tuple(BlockSize(key, name_of(key, names), len(html.encode())) for key, html in view.pieces)
    css = sum(len(style) for style in _STYLES.findall(view.html))
    budget = press.newsletter_of(issue).max_bytes
    total = sum(size.bytes for size in sizes)
    return Meters(total, budget, css, len(view.text.encode()), view.message.size, sizes)


def block_names(press: Press, issue: Issue) -> dict[str, str]:
    """What the changing parts of block keys are called: stories by title, categories, sponsors, events."""
    content = issue.content
    return {
        **{category.slug: category.name for category in press.settings.categories},
        **{item.story: item.title for item in content.stories},
        **{sponsor.key: sponsor.title for sponsor in content.sponsors},
        **{event.key: event.title for event in content.events},
    }


def name_of(key: str, names: Mapping[str, str]) -> str:
    """A block's name for people."""
    kind, _, rest = key.partition(":")
    what = rest.partition(":")[0]
    if kind in _OF_STORY and rest:
        return _OF_STORY[kind] + names.get(what, what)
    kind_name = _NAMES.get(kind, kind.replace("-", " ").capitalize())
    return f"{kind_name}: {names.get(what, what)}" if what else kind_name


def coverage(press: Press, content: IssueContent) -> Coverage:
    """Of the whole issue; a story counts in each category that tells it."""
    names = {category.slug: category.name for category in press.settings.categories}
    by_category = Counter({names.get(s.category, s.category): len(s.stories) for s in content.sections if s.stories})
    told: set[StoryId] = {story for section in content.sections for story in section.stories}
    by_outlet = Counter(item.outlet for item in content.stories if item.story in told)
    return Coverage(_most_first(by_category), _most_first(by_outlet))


def _most_first(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
