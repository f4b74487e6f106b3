"""Why an article is in an issue, or a reader's edition of it, or not: takes what was decided, gives the reasons.

Decides nothing anew: it reads the verdict that was kept, the issue as it stands, and the edition as it was composed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from digest.compose.drawing import Draw
from digest.model.edition import Edition
from digest.model.feeds import Article
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Issue, IssueContent, IssueState
from digest.model.stories import Reason, Verdict

_UNSENT = frozenset({IssueState.SKIPPED, IssueState.MISSED, IssueState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether it is in, and why; the reason that decided comes first."""

    included: bool
    reasons: tuple[Reason, ...]


def explain_issue(issue: Issue, article: Article, verdict: Verdict | None, deeds: Sequence[Reason] = ()) -> Explanation:
    """Of the issue as it stands, which an editor may have changed since the rules spoke: the `deeds` say how."""
    story = story_of(issue, article, verdict)
    included = any(item.story == story for item in issue.content.stories)
    edited = tuple(deeds)
    if not deeds and included != (verdict is not None and verdict.included):
        edited = (Reason("edited", "an editor put its story in" if included else "an editor took its story out"),)
    unsent = (Reason("issue", f"the issue is {issue.state}: {issue.note}"),) if issue.state in _UNSENT else ()
    why = verdict.reasons if verdict else (_not_looked_at(issue, article),)
    return Explanation(included, (*edited, *why, *unsent))


def story_of(issue: Issue, article: Article, verdict: Verdict | None) -> StoryId | None:
    """The article's story as this issue tells it: an update that an editor brought in is one of its own."""
    own = StoryId(article.id)
    if any(item.story == own for item in issue.content.stories):
        return own
    return verdict.story if verdict else article.story


def _not_looked_at(issue: Issue, article: Article) -> Reason:
    window, at = issue.window, f"gathered {article.gathered_at:%Y-%m-%d %H:%M} UTC"
    if article.gathered_at < window.start:
        return Reason("not-new", f"{at}, before the issue's window began at {window.start:%Y-%m-%d %H:%M} UTC")
    if article.gathered_at >= window.end:
        return Reason("too-late", f"{at}, after the issue's window ended at {window.end:%Y-%m-%d %H:%M} UTC")
    return Reason("unknown", f"{at}; the issue was built without looking at it")


def explain_edition(
    content: IssueContent,
    story: StoryId | None,
    edition: Edition | None,
    chosen: Collection[CategorySlug],
    for_everyone: Collection[CategorySlug],
    max_bytes: int,
    draw: Draw | None = None,
) -> Explanation:
    """Of the edition of a reader of these categories; None is the edition of a reader who gets no mail.

    `draw`: what is due to the reader of an edition that is not frozen yet.
    """
    if edition and (place := _place(edition, story)):  # also of a story that was pulled when this mail had gone
        return Explanation(True, (_told(*place, chosen),))
    told_in = [section.category for section in content.sections if story in section.stories]
    if not told_in:
        return Explanation(False, (Reason("not-in-issue", "the issue does not tell its story"),))
    mine = ", ".join(sorted(chosen)) or "nothing"
    if not any(category in chosen for category in told_in) and not (edition and set(told_in) & set(for_everyone)):
        reasons = [Reason("not-chosen", f"told under {', '.join(told_in)}; the reader chose {mine}")]
        reasons += [] if edition else [Reason("no-mail", "the issue has no story of the reader's categories")]
        return Explanation(False, tuple(reasons))
    if draw and (undrawn := _not_drawn(content, story, told_in, {*draw.categories, *for_everyone}, draw)):
        return Explanation(False, (undrawn,))
    return Explanation(False, (Reason("budget", f"left out to keep the mail within {max_bytes:,} bytes"),))


def _not_drawn(
    content: IssueContent,
    story: StoryId | None,
    told_in: Sequence[CategorySlug],
    due: Collection[CategorySlug],
    draw: Draw,
) -> Reason | None:
    """Why it is not among what the reader draws."""
    if story in draw.shown:
        return Reason("shown-before", "an earlier mail told its story to the reader")
    if not any(category in due for category in told_in):
        return Reason("not-due", f"{', '.join(told_in)}: not due to the reader in this slot")
    gathered = next((item.gathered_at for item in content.stories if item.story == story), None)
    starts = [dict(draw.since).get(category, draw.begins) for category in told_in]
    if gathered and all(start and gathered < start for start in starts):
        return Reason("not-new", "gathered before the reader's window begins: their last mail ended there")
    return None


def _place(edition: Edition, story: StoryId | None) -> tuple[str, CategorySlug] | None:
    """The kind of block that tells the story, and the category under which it does."""
    for key in edition.keys:
        kind, _, name = key.partition(":")
        named, _, category = name.partition(":")
        if kind in {"lead", "teaser"} and named == story:
            return kind, CategorySlug(category)
    return None


def _told(kind: str, category: CategorySlug, chosen: Collection[CategorySlug]) -> Reason:
    lead = " as the lead" if kind == "lead" else ""
    if category in chosen:
        return Reason("chosen", f"told under {category}{lead}, which the reader chose")
    return Reason("everyone", f"told under {category}, which goes to everyone")
