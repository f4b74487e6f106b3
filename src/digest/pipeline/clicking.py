"""Counted links: where one leads, what is counted of it, and pages in which nothing is counted.

By issue and block, never by reader: a link is the same in everybody's mail.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from digest.model.clicks import ClickTarget
from digest.model.ids import CategorySlug, IssueId, StoryId
from digest.model.issue import Issue, IssueState
from digest.pipeline.press import Press
from digest.render.counting import click_targets


def clicks_url(press: Press, issue: Issue) -> str:
    """What counted links begin with; empty where the newsletter counts none."""
    return f"{press.links.base}/c/{issue.id}" if press.newsletter_of(issue).track_clicks else ""


def targets_of(press: Press, issue: Issue) -> tuple[ClickTarget, ...]:
    """The counted links of the issue as it stands."""
    return click_targets(issue, press.newsletter_of(issue), press.categories_in(issue))


def target_of(press: Press, issue: IssueId, code: str) -> ClickTarget | None:
    """Where a link leads: any that was ever approved, or one of a draft as it stands, for those who look at it."""
    if found := press.store.clicks.target(issue, code):
        return found
    draft = press.store.issues.get(issue)
    if draft is None or draft.state is not IssueState.DRAFT or press.settings.newsletter(draft.newsletter) is None:
        return None
    return next((target for target in targets_of(press, draft) if target.code == code), None)


def count(press: Press, clicks: Mapping[IssueId, Mapping[str, int]]) -> None:
    """Adds clicks to the links of issues that were really sent: before that only those who made it press them."""
    for issue_id, codes in clicks.items():
        issue = press.store.issues.get(issue_id)
        if issue and issue.frozen_at:
            press.store.clicks.count(issue_id, codes)


def links_behind(press: Press, issue: Issue) -> dict[str, str]:
    """From each counted link, whole, to the address where it leads."""
    base = f"{press.links.base}/c/{issue.id}"
    known = (*targets_of(press, issue), *(target for target, _ in press.store.clicks.of(issue.id)))
    return {f"{base}/{target.code}": target.url for target in known}


def uncounted(press: Press, issue: Issue, text: str, escape: Callable[[str], str] = html.escape) -> str:
    """A page or text of the issue with every address in place of the counted link to it: for the web, where nothing
    is counted. `escape`: as the addresses must be written there.
    """
    base = f"{press.links.base}/c/{issue.id}/"
    if base not in text:
        return text
    behind = links_behind(press, issue)
    return re.sub(re.escape(base) + "[0-9a-f]{16}", lambda found: escape(behind.get(found[0], found[0])), text)


def clicks_by_story(clicked: Iterable[tuple[ClickTarget, int]]) -> Counter[StoryId]:
    """Over all the blocks that tell it, with links to other outlets."""
    counted = Counter[StoryId]()
    for target, number in clicked:
        if target.story:
            counted[target.story] += number
    return counted


def clicks_by_category(clicked: Iterable[tuple[ClickTarget, int]]) -> Counter[CategorySlug]:
    """Under which the stories were told."""
    counted = Counter[CategorySlug]()
    for target, number in clicked:
        if target.category:
            counted[target.category] += number
    return counted
