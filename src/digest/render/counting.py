"""Has the links of an issue counted: each address of a story, sponsor or event becomes one of ours, block by block.

What stands in the mail is `CLICKS_URL/CODE`, the same for every reader; where a code leads is kept beside the issue.
Links that are personal already, those of the introduction, to the archive and to the site stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import cast

from digest.config.publication import CategorySettings, NewsletterSettings
from digest.model.clicks import ClickTarget, click_code
from digest.model.ids import IssueId
from digest.model.issue import Event, Issue, Sponsor, StoryItem
from digest.render.blocks import Block, superset
from digest.render.prepare import prepare
from digest.words import words

Note = Callable[[str], str]
"""From an address to what stands in its place."""


def click_targets(
    issue: Issue, newsletter: NewsletterSettings, categories: Sequence[CategorySettings]
) -> tuple[ClickTarget, ...]:
    """Where the counted links of the issue as it stands lead; none where its newsletter counts none."""
    if not newsletter.track_clicks:
        return ()
    content = prepare(issue.content, newsletter.language, words(newsletter.language))
    return counted(superset(content, categories, newsletter.language), issue.id, "")[1]


def counted(
    blocks: Iterable[Block], issue: IssueId, clicks_url: str
) -> tuple[tuple[Block, ...], tuple[ClickTarget, ...]]:
    """The blocks with counted links, and where each link leads, once."""
    targets: dict[str, ClickTarget] = {}
    return tuple(_counted(block, issue, clicks_url, targets) for block in blocks), tuple(targets.values())


def _counted(block: Block, issue: IssueId, clicks_url: str, targets: dict[str, ClickTarget]) -> Block:
    def note(url: str) -> str:
        if not url.startswith(("http://", "https://")):
            return url
        target = ClickTarget(click_code(issue, block.key, url), block.key, url)
        targets[target.code] = target
        return f"{clicks_url}/{target.code}"

    changed: dict[str, object] = {}
    if "story" in block.variables:
        changed["story"] = _story(cast(StoryItem, block.variables["story"]), note)
    for name in ("sponsor", "event"):
        if name in block.variables:
            promotion = cast(Sponsor | Event, block.variables[name])
            changed[name] = replace(promotion, url=note(promotion.url))
    return replace(block, variables={**block.variables, **changed}) if changed else block


def _story(story: StoryItem, note: Note) -> StoryItem:
    also = tuple(replace(other, url=note(other.url)) for other in story.also)
    return replace(story, url=note(story.url), also=also)
