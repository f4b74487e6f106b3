"""A story's words for somebody who rewrites them: where they come from, what else could stand there, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.compose.editing import EditError, headline_of, told
from digest.model.editing import Line, Repicture, Retitle, Say, Tease
from digest.model.feeds import Article, Picture
from digest.model.ids import StoryId
from digest.model.issue import Headline, Issue, IssueContent, StoryItem
from digest.model.stories import Reason, Teaser, TeaserSource
from digest.pipeline.drafting import with_pictures
from digest.pipeline.press import Press
from digest.summarise.sentences import split
from digest.summarise.support import sources, unsupported
from digest.summarise.teaser import alternatives
from digest.summarise.words import content

_SURROUNDING = 40
"""Sentences of the article that are shown beside a teaser."""
_SHARED = 2
"""Words that a line and a title have in common when the line speaks of the story."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the article, and whether the teaser comes from it."""

    text: str
    is_source: bool
    begins: bool
    """Whether a paragraph begins with it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One story on the desk."""

    item: StoryItem
    article: Article | None
    """None: it is not kept any more."""
    sentences: tuple[Sentence, ...]
    alternatives: tuple[Teaser, ...]
    base: StoryItem | None
    """As the rules had it; None: an editor brought it in."""
    doubts: tuple[Reason, ...]
    """What the words say that the article does not."""


def desk_of(press: Press, issue: Issue, story: StoryId) -> Desk:
    """The story with all that is needed to rewrite it. Raises EditError when the issue does not tell it."""
    item = told(issue.content, story)
    article = press.store.articles.get(item.article)
    base = next((i for i in press.store.edits.log(issue.id).base.stories if i.story == story), None)
    if article is None:
        return Desk(item, None, (), (), base, ())
    others = (t for t in alternatives(article, press.settings.summarise, 4) if t.text != item.teaser.text)
    found = doubts(article, item.teaser.text) + doubts(article, item.title)
    return Desk(item, article, tuple(_sentences(article, item.teaser)), tuple(others)[:3], base, found)


def doubts(article: Article, words: str) -> tuple[Reason, ...]:
    """What the words say that the article does not; none when all is there."""
    return unsupported(words, f"{article.title}.\n{article.description}\n{article.text}")


def _sentences(article: Article, teaser: Teaser) -> Iterator[Sentence]:
    lines = [line for line in f"{article.description}\n{article.text}".split("\n") if line.strip()]
    from_article = teaser.sentences or sources(teaser.text, "\n".join(lines))
    count = 0
    for line in dict.fromkeys(lines):
        for number, text in enumerate(split(line.strip())):
            is_source = any(text in source or source in text for source in from_article)  # one may be without dateline
            yield Sentence(text, is_source, number == 0)
            count += 1
        if count >= _SURROUNDING:
            return


@dataclass(frozen=True, slots=True)
class Words:
    """What an editor typed for a story, beside what they saw when they began."""

    title: str
    was_title: str
    teaser: str
    was_teaser: str


def rewritten(press: Press, issue: Issue, story: StoryId, words: Words) -> tuple[Retitle | Tease, ...]:
    """The edits that the words come to; none where nothing changed. Raises EditError for words that say nothing."""
    item = told(issue.content, story)
    title, teaser = one_line(words.title), one_line(words.teaser)
    if not title or not teaser:
        raise EditError(item.title, "needs a title and a teaser", "write both, or drop the story")
    edits: list[Retitle | Tease] = []
    if title != words.was_title:
        edits.append(Retitle(story, words.was_title, title))
    if teaser != words.was_teaser:
        edits.append(Tease(story, words.was_teaser, teaser_of(press, issue, item, teaser)))
    return tuple(edits)


def teaser_of(press: Press, issue: Issue, item: StoryItem, text: str) -> Teaser:
    """The teaser of these words: the rules' own where they had just these, else the editor's with its sources."""
    article = press.store.articles.get(item.article)
    base = next((i.teaser for i in press.store.edits.log(issue.id).base.stories if i.story == item.story), None)
    offered = alternatives(article, press.settings.summarise, 4) if article else ()
    for teaser in (base, *offered):
        if teaser and teaser.text == text:
            return teaser
    if article is None:
        return Teaser(text, TeaserSource.EDITOR)
    whole = f"{article.description}\n{article.text}"
    return Teaser(text, TeaserSource.EDITOR, sources(text, whole), doubts(article, text))


def one_line(text: str) -> str:
    """The words on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def repictured(
    press: Press, issue: Issue, story: StoryId, was: str, choice: str, alt: str, now: datetime
) -> Repicture | None:
    """The edit that a choice of picture comes to; None when nothing changes. Raises EditError.

    `choice`: "keep", "none", "article" for the one that the article has, or the address of another.
    """
    item = told(issue.content, story)
    if choice == "none":
        return Repicture(story, was, None) if item.picture else None
    picture = item.picture
    if choice != "keep":
        url = _picture_address(press, item) if choice == "article" else choice
        alone = IssueContent(stories=(replace(item, picture=Picture(url, item.title)),))
        picture = with_pictures(press, alone, now).stories[0].picture
        if picture is None:
            raise EditError(item.title, f"the picture at {url} cannot be used", "take another, or none")
    if picture is None or (picture := replace(picture, alt=one_line(alt) or picture.alt)) == item.picture:
        return None
    return Repicture(story, was, picture)


def _picture_address(press: Press, item: StoryItem) -> str:
    article = press.store.articles.get(item.article)
    if article is None or article.picture is None:
        raise EditError(item.title, "its article has no picture", "give the address of another, or none")
    return article.picture.url


def said(issue: Issue, line: Line, was: str, text: str, stories: Sequence[StoryId]) -> Say | None:
    """The edit that a line comes to: an empty one is left to the rules again; None when nothing changes."""
    text = "\n\n".join(filter(None, map(one_line, text.split("\n\n")))) if line is Line.INTRO else one_line(text)
    own = headline_of(issue.content, line)
    headline = Headline(text, tuple(stories)) if text else None
    return Say(line, was, headline) if headline != own else None


def named_in(issue: Issue, text: str) -> tuple[StoryId, ...]:
    """The stories that a subject seems to speak of: whose titles share two words of weight with it."""
    words = content(text)
    return tuple(item.story for item in issue.content.stories if len(words & content(item.title)) >= _SHARED)
