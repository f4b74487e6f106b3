"""Takes a folder like examples/ and gives the outlets that it describes, with their dated pages.

Articles carry their age in hours, not a date, so that they are news whenever somebody looks. Prints nothing
(`press` does that) and serves nothing (`publishers` does).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import frontmatter
from babel.dates import format_date
from markdown_it import MarkdownIt
from pydantic import Field

from digest.config.model import Model, Slug
from digest.errors import DigestError

Gives = Literal["full", "summary", "text", "cut", "stub"]
"""What a feed tells of an article: HTML and summary, summary alone, plain text, a cut beginning, or next to nothing."""

FEED_FILES = {"rss20": ".xml", "rss10": ".xml", "atom10": ".xml", "json11": ".json"}
_MARKDOWN = MarkdownIt("commonmark")
_CUT = 150
_WEEKDAY = re.compile(r"\{day(?P<days>[+-]\d)?(?::(?P<language>[a-z]{2}))?\}")


class Reprint(Model):
    """An entry that a feed lists besides its outlet's own articles: a cross-post, or an article under a new GUID."""

    page: str
    """OUTLET/SLUG of the article."""
    query: str = ""
    """What the link carries, for example utm_source=northgate."""
    guid: str = ""
    age_hours: float | None = None
    """When it was listed; the article's own age when absent."""


class Words(Model):
    """The furniture of a page in one language."""

    by: str
    related: str
    newsletter: str
    newsletter_text: str
    address: str
    subscribe: str
    cookies: str
    accept: str
    refuse: str
    share: str
    more: str
    photo: str
    rights: str
    skip: str


class Outlet(Model):
    """A made-up publication."""

    slug: Slug
    name: str
    tagline: str
    format: Literal["rss20", "rss10", "atom10", "json11", "markdown", "none"]
    gives: Gives = "summary"
    language: str = "en"
    layout: Literal["semantic", "boxes"] = "semantic"
    """semantic: article, time and figure elements. boxes: div elements with classes, as older systems write them."""
    face: Literal["serif", "sans"] = "serif"
    accent: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#333333"
    sections: tuple[str, ...] = ()
    """What its menu says."""
    reprints: tuple[Reprint, ...] = ()

    @property
    def path(self) -> str:
        """Its front page."""
        return f"/pages/{self.slug}/"

    @property
    def feed_path(self) -> str:
        """Its feed; empty for an outlet that has none over HTTP."""
        ending = FEED_FILES.get(self.format)
        return f"/feeds/{self.slug}{ending}" if ending else ""


class Page(Model):
    """An article as its outlet publishes it."""

    outlet: Slug
    slug: Slug
    title: str
    age_hours: Annotated[float, Field(ge=0)]
    body: str
    """Markdown."""
    author: str = ""
    tags: tuple[str, ...] = ()
    """The outlet's own categories."""
    description: str = ""
    feed_title: str = ""
    """The title as the feed has it, where that differs from the page's."""
    gives: Gives | None = None
    """Where it differs from what the outlet usually gives."""
    picture: str = ""
    """File in pictures/."""
    alt: str = ""
    caption: str = ""
    published_at: datetime

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/pages/{self.outlet}/{self.slug}.html"

    @property
    def html(self) -> str:
        """The body as HTML."""
        return str(_MARKDOWN.render(self.body))

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs as HTML, so that a page can put boxes between them."""
        return tuple(_MARKDOWN.render(part) for part in self.body.split("\n\n"))

    @property
    def beginning(self) -> str:
        """The first words of the body, cut where a careless system would cut them."""
        return self.body[:_CUT].rsplit(" ", 1)[0]


class Newsstand(Model):
    """All outlets and what they publish at one moment."""

    outlets: tuple[Outlet, ...]
    pages: tuple[Page, ...]
    """Newest first."""
    words: Mapping[str, Words]

    def of(self, outlet: Outlet) -> tuple[Page, ...]:
        """The outlet's own pages, newest first."""
        return tuple(page for page in self.pages if page.outlet == outlet.slug)

    def page(self, name: str) -> Page:
        """The page called OUTLET/SLUG."""
        return next(page for page in self.pages if f"{page.outlet}/{page.slug}" == name)


def read_newsstand(root: Path, now: datetime) -> Newsstand:
    """Everything in the folder, dated by `now`. Raises DigestError with the file that cannot be used."""
    with (root / "outlets.toml").open("rb") as file:
        shelf = tomllib.load(file)
    outlets = [{"slug": slug, **fields} for slug, fields in shelf["outlets"].items()]
    pages = [_read_page(path, now) for path in sorted([*root.glob("articles/*/*.md"), *root.glob("notes/*.md")])]
    pages.sort(key=lambda page: page.published_at, reverse=True)
    return Newsstand.model_validate({"outlets": outlets, "pages": pages, "words": shelf["words"]})


def _read_page(path: Path, now: datetime) -> Page:
    document = frontmatter.load(str(path))
    named = {"outlet": path.parent.name, "slug": path.stem, "body": document.content, "published_at": now}
    try:
        page = Page.model_validate({**document.metadata, **named})
    except ValueError as error:
        raise DigestError(str(path), f"no usable front matter: {error}", "see examples/README.md") from error
    published_at = now - timedelta(hours=page.age_hours)
    return page.model_copy(update={"published_at": published_at, "body": _with_weekdays(page.body, published_at)})


def _with_weekdays(text: str, published_at: datetime) -> str:
    """`{day}` becomes the weekday of publication, `{day-2}` that of two days before, `{day:fr}` in French."""

    def weekday(match: re.Match[str]) -> str:
        at = published_at + timedelta(days=int(match["days"] or 0))
        return str(format_date(at, "EEEE", locale=match["language"] or "en"))

    return _WEEKDAY.sub(weekday, text)
