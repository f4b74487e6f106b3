"""What an editor may bring into an issue: articles that it does not tell, each with why not, and as a story of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.compose.content import story_item
from digest.errors import UsageError
from digest.model.editing import Bring
from digest.model.feeds import Article
from digest.model.ids import ArticleId, CategorySlug, StoryId
from digest.model.issue import Issue, IssueContent, StoryItem, Window
from digest.model.stories import Story
from digest.pipeline.drafting import teasers, with_pictures
from digest.pipeline.press import Press
from digest.pipeline.slots import REMEMBERED
from digest.ports.content import Decided, Pool

PAGE = 40
_BEFORE = timedelta(days=7)
"""An article that came so long before the issue's window may still be brought in."""
_NOT_YET = "gathered after the issue was built"
_TAKEN_OUT = "an editor dropped it"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an editor looks for in the pool."""

    search: str = ""
    outlet: str = ""
    category: str = ""
    days: int = 0
    """Gathered in so many last days; 0: all that may be brought in."""
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that the issue does not tell."""

    article: Article
    categories: tuple[CategorySlug, ...]
    """Of the newsletter's, the best first; it may be brought into any other."""
    why: str
    """What decided that it was not chosen."""
    besides: tuple[str, ...] = ()
    """What else the rules found."""


def candidates(press: Press, issue: Issue, wanted: Wanted, now: datetime) -> tuple[tuple[Candidate, ...], bool]:
    """A page of the pool, the newest first, and whether there are more."""
    category = CategorySlug(wanted.category) if wanted.category else None
    told = frozenset(item.story for item in issue.content.stories)
    since = max(pool_since(issue), now - timedelta(days=wanted.days)) if wanted.days else pool_since(issue)
    pool = Pool(issue.id, since, told, wanted.search, wanted.outlet, category, PAGE + 1, wanted.skip)
    found = press.store.editorial.pool(pool)
    own = {c.key for c in press.categories_of(press.newsletter_of(issue))}
    return tuple(_candidate(one, own) for one in found[:PAGE]), len(found) > PAGE


def pool_since(issue: Issue) -> datetime:
    """How far back the pool reaches."""
    return issue.window.start - _BEFORE


def bring(press: Press, issue: Issue, article: ArticleId, to: CategorySlug, before: StoryId | None,
          now: datetime) -> Bring:  # fmt: skip
    """The edit that tells the article's story. Raises UsageError when there is no such article."""
    found = press.store.articles.get(article)
    if found is None:
        raise UsageError(f"article {article}", "is not known", "look at the pool again")
    return Bring(as_story(press, issue, found, now), to, before)


def as_story(press: Press, issue: Issue, article: Article, now: datetime) -> StoryItem:
    """The article as the issue would tell it: with its teaser, its picture and the others of its story.

    Of a story that an earlier issue told it is an update, and news to whoever was told: a story of its own.
    """
    verdict = press.store.issues.verdict(issue.id, article.id)
    identity = (verdict.story if verdict else article.story) or StoryId(article.id)
    earlier = (one for one in press.store.issues.telling(now - REMEMBERED) if one.id != issue.id)
    if any(item.story == identity for one in earlier for item in one.content.ever_told):
        identity = StoryId(article.id)
    around = press.store.articles.gathered_in(Window(pool_since(issue), now + timedelta(seconds=1)))
    others = tuple(one for one in around if one.story == identity and one.id != article.id)
    story = Story(identity, article, others, verdict.categories if verdict else article.hints)
    teaser, minutes = teasers(press, (story,))[identity]
    alone = IssueContent(stories=(story_item(story, teaser, minutes),))
    return with_pictures(press, alone, now).stories[0]


def _candidate(one: Decided, own: set[CategorySlug]) -> Candidate:
    verdict = one.verdict
    said = one.corrected if one.corrected is not None else verdict.categories if verdict else one.article.hints
    categories = tuple(slug for slug in said if slug in own)
    if verdict is None:
        return Candidate(one.article, categories, _NOT_YET)
    if verdict.included:
        return Candidate(one.article, categories, _TAKEN_OUT)
    why, *besides = [reason.detail or reason.rule for reason in verdict.reasons] or ["the rules do not say why"]
    return Candidate(one.article, categories, why, tuple(besides))
