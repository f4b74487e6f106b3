"""Articles to stories: takes articles in any order, gives which belong together and who speaks. Ranks nothing.

An article joins the story whose founder it is most like: by title (near-duplicates), or by the words of title and
lead within 72 hours. It is held against the founder, never against whoever joined last, so that no chain of small
steps ties unrelated articles together. Stories that exist already keep their articles and their id.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import nsmallest
from itertools import chain

from digest.curate.likeness import cosine, terms, vectors
from digest.curate.titles import LONG_TITLE, TitleForm, jaccard, same_title, title_form
from digest.model.feeds import Article
from digest.model.ids import StoryId
from digest.model.stories import Story

_SAME_NEWS = timedelta(hours=72)
_SAME_TITLE = timedelta(days=7)
_SAME_WORDS = 0.2
"""Cosine from which two texts of the same days tell the same. More is asked where a date is missing, of titles alone,
and of two articles of one outlet, which share its series names and set phrases."""
_SAME_WORDS_UNDATED = 0.24
_SAME_FEW_WORDS = 0.42
_SAME_OUTLET = 0.5
_FEW_TERMS = 15
_TELLING_TITLE = 3
"""Words that carry meaning from which a title is no namesake by chance."""
_SAME_SUBJECT = 0.2
_NOT_UNLIKE = 0.35
"""Trigram likeness to the founder's title that a near-duplicate of any other member needs."""
_TELLING_TERMS = 20
"""The terms that weigh most in a text: only through them is a story found."""
_WORTH_A_LOOK = 0.08
"""Cosine over the telling terms alone."""
_TOO_COMMON = 0.05
_COMPLETE_WORDS = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """What grouping wants to know of an article."""

    id: str
    title: str
    lead: str = ""
    """Its summary, or how its text begins."""
    at: datetime | None = None
    """When it was news; None fits any time."""
    outlet: str = ""
    url: str = ""
    """Canonical; pieces of one URL are one article."""
    story: StoryId | None = None
    """Where it belongs already."""


@dataclass(slots=True)
class _Forming:
    """A story as it forms."""

    id: StoryId
    at: datetime | None
    vector: dict[str, float]
    outlet: str = ""
    titles: list[TitleForm] = field(default_factory=list)


def group(pieces: Iterable[Piece]) -> dict[str, StoryId]:
    """The story of each piece, by piece id. The order of the pieces makes no difference.

    A new story takes the id of its founder: the earliest of its pieces (without a date first), then by id.
    """
    ordered = sorted(pieces, key=lambda p: (p.story is None, p.at.timestamp() if p.at else 0.0, p.id))
    weights = vectors([terms(piece.title, piece.lead) for piece in ordered])
    grouping = _Grouping(weights)
    return {piece.id: grouping.place(piece, vector) for piece, vector in zip(ordered, weights, strict=True)}


class _Grouping:
    """The stories so far, and the indexes through which an article finds those that it could belong to."""

    def __init__(self, weights: Sequence[dict[str, float]]) -> None:
        seen = Counter(term for vector in weights for term in vector)
        most = max(20, int(len(weights) * _TOO_COMMON))
        self._common = {term for term, times in seen.items() if times > most}
        self._stories: dict[StoryId, _Forming] = {}
        self._by_term: defaultdict[str, deque[tuple[_Forming, float]]] = defaultdict(deque)
        self._by_url: dict[str, _Forming] = {}
        self._by_pair: defaultdict[tuple[str, str], set[StoryId]] = defaultdict(set)

    def place(self, piece: Piece, vector: dict[str, float]) -> StoryId:
        """Puts the piece into its story, founding one where there is none."""
        title = title_form(piece.title, piece.outlet)
        telling = self._telling(vector)
        story = self._stories.get(piece.story or StoryId(piece.id))
        if story is None and piece.story is None:
            story = (
                self._by_url.get(piece.url)
                or self._by_title(piece, title, vector)
                or self._by_words(piece, vector, telling)
            )
        if story is None:
            story = _Forming(piece.story or StoryId(piece.id), piece.at, vector, piece.outlet)
            self._stories[story.id] = story
            for term, weight in telling:
                self._by_term[term].append((story, weight))
        story.titles.append(title)
        if piece.url:
            self._by_url[piece.url] = story
        for pair in title.pairs:
            self._by_pair[pair].add(story.id)
        return story.id

    def _telling(self, vector: dict[str, float]) -> list[tuple[str, float]]:
        rare = [(term, weight) for term, weight in vector.items() if term not in self._common]
        return nsmallest(_TELLING_TERMS, rare, key=lambda item: (-item[1], item[0]))

    def _by_title(self, piece: Piece, title: TitleForm, vector: dict[str, float]) -> _Forming | None:
        shared = Counter(chain.from_iterable(self._by_pair[pair] for pair in title.pairs))
        least = 1 if len(title.words) < LONG_TITLE else 2
        near = [
            (likeness, story.id)
            for story in (self._stories[found] for found, pairs in shared.items() if pairs >= least)
            if _apart(piece, story) <= _SAME_TITLE
            and (likeness := _title_likeness(title, story))
            and not _namesake(piece, title, vector, story)
        ]
        return self._stories[max(near)[1]] if near else None

    def _still_news(self, term: str, piece: Piece) -> deque[tuple[_Forming, float]]:
        """The stories with the term. Pieces come in the order of time: what is too old for one is so for the next."""
        postings = self._by_term[term]
        while postings and piece.at and (at := postings[0][0].at) and piece.at - at > _SAME_NEWS:
            postings.popleft()
        return postings

    def _by_words(
        self, piece: Piece, vector: dict[str, float], telling: Sequence[tuple[str, float]]
    ) -> _Forming | None:
        shared: defaultdict[StoryId, float] = defaultdict(float)
        for term, weight in telling:
            for story, its in self._still_news(term, piece):
                shared[story.id] += weight * its
        alike = [
            (likeness, story.id)
            for story in (self._stories[found] for found, partly in shared.items() if partly >= _WORTH_A_LOOK)
            if _apart(piece, story) <= _SAME_NEWS
            and (likeness := cosine(vector, story.vector)) >= _least(piece, vector, story)
        ]
        return self._stories[max(alike)[1]] if alike else None


def _apart(piece: Piece, story: _Forming) -> timedelta:
    return abs(piece.at - story.at) if piece.at and story.at else timedelta()


def _title_likeness(title: TitleForm, story: _Forming) -> float:
    """Likeness to the founder's title if it is a form of that or of another title of the story, else 0."""
    near = jaccard(title.trigrams, story.titles[0].trigrams)
    return near if near >= _NOT_UNLIKE and any(same_title(title, other) for other in story.titles) else 0.0


def _namesake(piece: Piece, title: TitleForm, vector: dict[str, float], story: _Forming) -> bool:
    """A recurring or generic title ("Letters to the editor", "The week") over texts that have nothing in common."""
    recurring = len(title.content) < _TELLING_TITLE or (piece.outlet and piece.outlet == story.outlet)
    readable = min(len(vector), len(story.vector)) >= _FEW_TERMS
    return bool(recurring) and readable and cosine(vector, story.vector) < _SAME_SUBJECT


def _least(piece: Piece, vector: dict[str, float], story: _Forming) -> float:
    if piece.outlet and piece.outlet == story.outlet:
        return _SAME_OUTLET
    if min(len(vector), len(story.vector)) < _FEW_TERMS:
        return _SAME_FEW_WORDS
    return _SAME_WORDS if piece.at and story.at else _SAME_WORDS_UNDATED


def tell(articles: Iterable[Article]) -> tuple[Story, ...]:
    """The articles as stories, by id; each story's lead first, the others as they came out."""
    known = list(articles)
    belongs = group(map(piece, known))
    members: defaultdict[StoryId, list[Article]] = defaultdict(list)
    for article in sorted(known, key=lambda a: (a.published_at, a.id)):
        members[belongs[article.id]].append(replace(article, story=belongs[article.id]))
    return tuple(_story(story, members[story]) for story in sorted(members))


def piece(article: Article) -> Piece:
    """The article as grouping sees it."""
    lead = f"{article.description} {article.text}"
    return Piece(article.id, article.title, lead, article.published_at, article.outlet, article.url, article.story)


def _story(story: StoryId, members: Sequence[Article]) -> Story:
    lead = max(members, key=_voice)
    return Story(story, lead, tuple(article for article in members if article is not lead))


def _voice(article: Article) -> float:
    """How well it can speak for its story: a trusted source with enough to say; the earliest among equals."""
    return article.weight * (0.5 + min(len(article.text.split()), _COMPLETE_WORDS) / _COMPLETE_WORDS)
