"""Articles to stories: takes articles in any order, gives which belong together and who speaks. Ranks nothing.

An article joins the story whose founder it is most like: by title (near-duplicates), or by the words of title and
lead within 72 hours. It is held against the founder, never against whoever joined last, so that no chain of small
steps ties unrelated articles together. Stories that exist already keep their articles and their id.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import nlargest

from digest.curate.likeness import cosine, terms, vectors
from digest.curate.titles import TitleForm, jaccard, same_title, title_form
from digest.model.feeds import Article
from digest.model.ids import StoryId
from digest.model.issue import AlsoIn
from digest.model.stories import Story

_SAME_NEWS = timedelta(hours=72)
_SAME_TITLE = timedelta(days=7)
_SAME_WORDS = 0.32
_NOT_UNLIKE = 0.4
"""Trigram likeness that a near-duplicate of one member must have with all of them on average."""
_TELLING_TERMS = 12
"""The terms that weigh most in a text: only through them is a story found."""
_MOST_CANDIDATES = 20
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
    story: StoryId | None = None
    """Where it belongs already."""


@dataclass(slots=True)
class _Forming:
    """A story as it forms."""

    id: StoryId
    at: datetime | None
    vector: dict[str, float]
    titles: list[TitleForm] = field(default_factory=list)


def group(pieces: Iterable[Piece]) -> dict[str, StoryId]:
    """The story of each piece, by piece id. The order of the pieces makes no difference.

    A new story takes the id of its founder: the earliest of its pieces, by id where the times are equal.
    """
    ordered = sorted(pieces, key=lambda p: (p.story is None, p.at is None, p.at.timestamp() if p.at else 0.0, p.id))
    weights = vectors([terms(piece.title, piece.lead) for piece in ordered])
    grouping = _Grouping(weights)
    return {piece.id: grouping.place(piece, vector) for piece, vector in zip(ordered, weights, strict=True)}


class _Grouping:
    """The stories so far, and the index through which an article finds those that it could belong to."""

    def __init__(self, weights: Sequence[dict[str, float]]) -> None:
        seen = Counter(term for vector in weights for term in vector)
        most = max(20, int(len(weights) * _TOO_COMMON))
        self._common = {term for term, times in seen.items() if times > most}
        self._stories: dict[StoryId, _Forming] = {}
        self._by_term: defaultdict[str, list[tuple[_Forming, float]]] = defaultdict(list)
        self._by_start: defaultdict[tuple[str, ...], list[_Forming]] = defaultdict(list)

    def place(self, piece: Piece, vector: dict[str, float]) -> StoryId:
        """Puts the piece into its story, founding one where there is none."""
        title = title_form(piece.title, piece.outlet)
        story = self._stories.get(piece.story) if piece.story else self._best(piece, title, vector)
        if story is None:
            story = _Forming(piece.story or StoryId(piece.id), piece.at, vector)
            self._stories[story.id] = story
        self._remember(story, title, vector)
        return story.id

    def _best(self, piece: Piece, title: TitleForm, vector: dict[str, float]) -> _Forming | None:
        best, most = None, 0.0
        for story in self._candidates(title, vector):
            likeness = _likeness(piece, title, vector, story)
            if likeness > most:
                best, most = story, likeness
        return best

    def _candidates(self, title: TitleForm, vector: dict[str, float]) -> list[_Forming]:
        shared: defaultdict[StoryId, float] = defaultdict(float)
        for term in self._telling(vector):
            for story, weight in self._by_term[term]:
                shared[story.id] += weight * vector[term]
        most = nlargest(_MOST_CANDIDATES, shared.items(), key=lambda item: (item[1], item[0]))
        found = [self._stories[story] for story, _ in most]
        return found + [story for story in self._by_start[title.words[:3]] if story.id not in shared]

    def _remember(self, story: _Forming, title: TitleForm, vector: dict[str, float]) -> None:
        story.titles.append(title)
        self._by_start[title.words[:3]].append(story)
        for term in self._telling(vector):
            self._by_term[term].append((story, vector[term]))

    def _telling(self, vector: dict[str, float]) -> list[str]:
        rare = [term for term in vector if term not in self._common]
        return sorted(rare, key=lambda term: (-vector[term], term))[:_TELLING_TERMS]


def _likeness(piece: Piece, title: TitleForm, vector: dict[str, float], story: _Forming) -> float:
    """How much the piece belongs to the story: above 1 by title, below by words, 0 not at all."""
    apart = abs(piece.at - story.at) if piece.at and story.at else timedelta()
    alike = cosine(vector, story.vector)
    if apart <= _SAME_TITLE and any(same_title(title, other) for other in story.titles):
        near = sum(jaccard(title.trigrams, other.trigrams) for other in story.titles) / len(story.titles)
        if near >= _NOT_UNLIKE:
            return 1 + near + alike
    return alike if apart <= _SAME_NEWS and alike >= _SAME_WORDS else 0.0


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
    lead = article.description or article.text
    return Piece(article.id, article.title, lead, article.published_at, article.outlet, article.story)


def _story(story: StoryId, members: Sequence[Article]) -> Story:
    lead = max(members, key=_voice)
    return Story(story, lead, tuple(article for article in members if article is not lead))


def _voice(article: Article) -> float:
    """How well it can speak for its story: a trusted source with enough to say; the earliest among equals."""
    return article.weight * (0.5 + min(len(article.text.split()), _COMPLETE_WORDS) / _COMPLETE_WORDS)


def also_in(story: Story) -> tuple[AlsoIn, ...]:
    """The other outlets that tell the story, each once, in the order in which they did."""
    first = {article.outlet: article.url for article in reversed(story.others)}
    outlets = dict.fromkeys(article.outlet for article in story.others if article.outlet != story.lead.outlet)
    return tuple(AlsoIn(outlet, first[outlet]) for outlet in outlets)
