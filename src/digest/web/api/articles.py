"""POST /articles: takes one article or a list, keeps them as those of the token's feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Discriminator, Field, Tag

from digest.gather.text import plain_line
from digest.model.feeds import Entry
from digest.model.ids import ArticleId, CategorySlug
from digest.model.urls import absolute_url, canonical_url
from digest.pipeline.pushing import push_articles, pushed
from digest.web.api.problems import Problem
from digest.web.site import Site

MOST_ARTICLES = 1_000
_LONGEST_TEXT = 1_000_000


def _page_url(url: str) -> str:
    if not canonical_url(url):
        raise ValueError("is no http or https address")
    return url


def _picture_url(url: str) -> str:
    if url and not absolute_url(url):
        raise ValueError("is no http or https address")
    return url


def _readable(title: str) -> str:
    if not plain_line(title):
        raise ValueError("has no words")
    return title


Short = Annotated[str, Field(max_length=1_000)]
Long = Annotated[str, Field(max_length=_LONGEST_TEXT)]


class ArticleIn(BaseModel):
    """An article to keep. Its address is what it is known by: sent again, it is changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    url: Annotated[Short, AfterValidator(_page_url)]
    """Where readers find it."""
    title: Annotated[Short, AfterValidator(_readable)]
    text: Long = ""
    """The article, paragraphs separated by blank lines."""
    html: Long = ""
    """The article, or its whole page, as HTML; read when there is no text."""
    description: Long = ""
    """The publisher's summary."""
    published_at: AwareDatetime | None = None
    """RFC 3339 with an offset; the time it was sent without."""
    author: Short = ""
    outlet: Short = ""
    """Who published it, for readers; its host without."""
    language: Short = ""
    """BCP 47 tag."""
    image: Annotated[Short, AfterValidator(_picture_url)] = ""
    """URL of a picture."""
    categories: tuple[Short, ...] = Field(default=(), max_length=20)
    """Slugs of configured categories that it belongs to."""
    tags: tuple[Short, ...] = Field(default=(), max_length=30)
    """Words of the publisher's own."""

    def entry(self) -> Entry:
        """The same as a feed would give it."""
        return Entry(
            guid=canonical_url(self.url), url=self.url, title=self.title, published_at=self.published_at,
            author=self.author, summary=self.description, content=self.text, tags=self.tags, image_url=self.image,
            language=self.language,
        )  # fmt: skip


def _form(body: object) -> str:
    return "many" if isinstance(body, list) else "one"


Many = Annotated[list[ArticleIn], Field(min_length=1, max_length=MOST_ARTICLES)]
Body = Annotated[Annotated[ArticleIn, Tag("one")] | Annotated[Many, Tag("many")], Discriminator(_form)]


class Receipt(BaseModel):
    """What became of them."""

    ids: list[ArticleId]
    """In the order in which they were sent."""
    new: int
    changed: int
    same: int


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": Receipt, "description": "Nothing was new"},
    401: {"model": Problem, "description": "No good token"},
    413: {"model": Problem, "description": "Too large"},
    422: {"model": Problem, "description": "A field is wrong; nothing was kept"},
}


def article_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.post("/articles", status_code=201, responses=_ANSWERS, tags=["articles"])
    def push(body: Body, request: Request, response: Response) -> Receipt:
        """Keep one article, or a list of at most 1,000: all, or none when one is wrong. 201 when one was new."""
        sent = body if isinstance(body, list) else [body]
        _check_categories(body, [category.slug for category in site.app.settings.categories])
        given = [
            pushed(one.entry(), one.html, one.outlet, tuple(map(CategorySlug, dict.fromkeys(one.categories))))
            for one in sent
        ]
        kept = push_articles(site.app.press, request.state.pusher, given, site.app.clock())
        response.status_code = 201 if kept.saved.new else 200
        ids = [article.id for article in kept.articles]
        return Receipt(ids=ids, new=kept.saved.new, changed=kept.saved.changed, same=kept.saved.same)

    return routes


def _check_categories(body: Body, known: Sequence[str]) -> None:
    """Raises RequestValidationError, as validation would, for categories that are not configured."""
    if isinstance(body, ArticleIn):
        wrong = list(_unknown_categories(body, ("body",), known))
    else:
        wrong = [error for at, one in enumerate(body) for error in _unknown_categories(one, ("body", at), known)]
    if wrong:
        raise RequestValidationError(wrong)


def _unknown_categories(
    article: ArticleIn, place: tuple[str | int, ...], known: Sequence[str]
) -> Iterator[dict[str, object]]:
    for number, slug in enumerate(article.categories):
        if slug not in known:
            close = get_close_matches(slug, known, 1)
            remedy = f"; did you mean {close[0]}?" if close else ""
            told = f"{slug!r} is no configured category{remedy}"
            yield {"type": "category", "loc": (*place, "categories", number), "msg": told}
