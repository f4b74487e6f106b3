"""Articles: those that are kept, page by page; and one or a list to keep as those of the token's feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Discriminator, Field, Tag
from pydantic.config import JsonDict

from digest.gather.text import plain_line
from digest.model.api import Scope
from digest.model.feeds import Article, Entry
from digest.model.ids import ArticleId, CategorySlug
from digest.model.urls import absolute_url, canonical_url
from digest.pipeline.pushing import push_articles, pushed
from digest.web.api.access import caller, needs
from digest.web.api.paging import Cursor, Limit, PageShape, Shape, cut, link_next, read_cursor
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


_EXAMPLE: JsonDict = {
    "url": "https://example.org/news/1",
    "title": "Robots fold towels",
    "text": "The robot folded forty towels in an hour. ...",
    "categories": ["robotics"],
    "published_at": "2026-11-24T09:00:00Z",
}
Short = Annotated[str, Field(max_length=1_000)]
Long = Annotated[str, Field(max_length=_LONGEST_TEXT)]


class ArticleIn(Shape):
    """An article to keep. Its address is what it is known by: sent again, it is changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

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


class Receipt(Shape):
    """What became of them."""

    ids: list[ArticleId]
    """In the order in which they were sent."""
    new: int
    changed: int
    """There already; they took the new words."""
    same: int


class ArticleLine(Shape):
    """An article in a list."""

    id: ArticleId
    url: str
    title: str
    outlet: str
    author: str
    description: str
    language: str
    published_at: datetime
    gathered_at: datetime
    tags: list[str]
    """As the publisher wrote them."""
    hints: list[CategorySlug]
    """Categories of its feed, or that it was sent with."""
    story: str | None
    """The story that it belongs to, once it was looked at."""
    picture: str | None
    """URL."""


class ArticleOut(ArticleLine):
    """An article with its text."""

    text: str
    """Paragraphs separated by blank lines."""


class ArticlePage(PageShape):
    """Articles, those gathered last first."""

    items: list[ArticleLine]


_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"model": Receipt, "description": "Nothing was new"}}


def article_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["articles"])
    reading, writing = [needs(Scope.ARTICLES_READ)], [needs(Scope.ARTICLES_WRITE)]

    @routes.get("/articles", dependencies=reading)
    def list_articles(request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None) -> ArticlePage:
        """List the articles, those gathered last first, without their text."""
        key = read_cursor(site, "articles", cursor)
        after = (datetime.fromisoformat(str(key[0])), ArticleId(str(key[1]))) if key else None
        rows = site.app.press.store.articles.page(after, limit + 1)
        page, following = cut(site, "articles", rows, limit, lambda one: (one.gathered_at.isoformat(), one.id))
        link_next(request, response, following)
        return ArticlePage(items=[ArticleLine(**_line(one)) for one in page], next=following)

    @routes.get("/articles/{article}", dependencies=reading)
    def get_article(article: Annotated[str, Path(pattern="^[0-9a-f]{16}$")]) -> ArticleOut:
        """Get an article with its text."""
        found = site.app.press.store.articles.get(ArticleId(article))
        if found is None:
            raise HTTPException(404, f"article {article}: there is none of that id")
        return ArticleOut(**_line(found), text=found.text)

    @routes.post("/articles", status_code=201, responses=_ANSWERS, dependencies=writing)
    def send_articles(body: Body, request: Request, response: Response) -> Receipt:
        """Keep one article, or a list of at most 1,000: all, or none when one is wrong. 201 when one was new."""
        sent = body if isinstance(body, list) else [body]
        _check_categories(body, [category.slug for category in site.app.settings.categories])
        given = [
            pushed(one.entry(), one.html, one.outlet, tuple(map(CategorySlug, dict.fromkeys(one.categories))))
            for one in sent
        ]
        kept = push_articles(site.app.press, caller(request).name, given, site.app.clock())
        response.status_code = 201 if kept.saved.new else 200
        ids = [article.id for article in kept.articles]
        return Receipt(ids=ids, new=kept.saved.new, changed=kept.saved.changed, same=kept.saved.same)

    return routes


def _line(article: Article) -> dict[str, Any]:
    names = (name for name in ArticleLine.model_fields if name != "picture")
    return {name: getattr(article, name) for name in names} | {
        "picture": article.picture.url if article.picture else None
    }


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
