"""The article's page: takes HTML, gives its text, picture, author, date and language. Fetches nothing.

trafilatura finds the text between the menus; what makes a good teaser of it is for summarise.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import trafilatura
from lxml.html import HtmlElement

from digest.gather.json_feed import parse_date
from digest.gather.normalise import language_tag
from digest.gather.text import lines_as_paragraphs, plain_line, plain_text
from digest.model.feeds import Article, Picture
from digest.model.urls import absolute_url, canonical_url, same_site

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page that holds no article is no error of ours

_STUB = 600
"""An article with less text than this many characters is worth a look at its page."""
_MOST_TAGS = 30_000
"""The largest of 233 real news pages has 10,000; extraction takes up to 20 microseconds for each."""


@dataclass(frozen=True, slots=True)
class Page:
    """What an article's page says; every field is plain text and may be empty."""

    text: str = ""
    """Paragraphs separated by blank lines."""
    title: str = ""
    description: str = ""
    author: str = ""
    published_at: datetime | None = None
    """Pages mostly tell the day only: then midnight UTC."""
    language: str = ""
    canonical_url: str = ""
    """What rel=canonical says, when it is a page of the same site; else ""."""
    image_url: str = ""
    site: str = ""
    """What the site calls itself; "" when it does not say."""


def read_page(html: bytes | str, url: str) -> Page:
    """What can be read from the page at `url`; an empty Page when that is nothing."""
    tags = html.count("<") if isinstance(html, str) else html.count(b"<")
    tree = trafilatura.load_html(html) if tags <= _MOST_TAGS else None
    if tree is None:
        return Page()
    canonical, language = _canonical(tree, url), _first(tree, "/html/@lang")
    found: Any = trafilatura.bare_extraction(
        tree, url=url or None, include_comments=False, include_tables=False, include_images=False, with_metadata=True
    )  # fmt: skip
    if found is None:
        return Page(canonical_url=canonical, language=language_tag(language))
    return Page(
        text=lines_as_paragraphs(found.text or ""), title=plain_line(found.title or ""),
        description=plain_text(found.description or ""), author=plain_line(found.author or "")[:200],
        published_at=parse_date(found.date or ""), language=language_tag(found.language or language),
        canonical_url=canonical, image_url=absolute_url(found.image or "", url), site=_site(tree),
    )  # fmt: skip


def is_stub(article: Article) -> bool:
    """Whether the feed gave so little text that the page is worth fetching."""
    return len(article.text) < _STUB


def with_page(article: Article, page: Page) -> Article:
    """The article with what its feed did not say. Its id stays, so that it is known again by the feed's address."""
    undated = article.published_at == article.gathered_at
    said_at = page.published_at if undated and page.published_at else article.published_at
    return replace(
        article, url=page.canonical_url or article.url,
        text=page.text if len(page.text) > len(article.text) else article.text,
        description=article.description or page.description, author=article.author or page.author,
        language=article.language or page.language,
        published_at=min(said_at, article.gathered_at),
        picture=article.picture or (Picture(page.image_url) if page.image_url else None),
    )  # fmt: skip


def _canonical(tree: HtmlElement, url: str) -> str:
    """The page's own word for its address: believed within the site, and not when it only names the front page."""
    said = canonical_url(absolute_url(_first(tree, "//link[@rel='canonical']/@href"), url))
    front = said.count("/") == 3 and said.endswith("/")
    return said if said and same_site(said, url) and not front else ""


def _site(tree: HtmlElement) -> str:
    return plain_line(_first(tree, "//meta[@property='og:site_name' or @name='application-name']/@content"))[:200]


def _first(tree: HtmlElement, path: str) -> str:
    found = tree.xpath(path)
    return str(found[0]) if isinstance(found, list) and found else ""
