"""From the address of a web page to an article that is kept and, if wanted, told by a draft: fetched like any other.

An article that is known already, under that address or the one that the page gives for itself, is taken as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime

from digest.errors import DigestError, OutsideError, UsageError
from digest.gather.page import Page, read_page
from digest.model.access import Actor
from digest.model.feeds import Article, Entry
from digest.model.ids import CategorySlug, article_id
from digest.model.issue import Issue
from digest.model.urls import absolute_url, canonical_url
from digest.pipeline.editing import edit_issue
from digest.pipeline.pool import bring
from digest.pipeline.press import Press
from digest.pipeline.pushing import Pushed, push_articles
from digest.ports.outside import Fetching, FetchRequest, FetchResult, FetchStatus

FEED = "desk"
"""Articles that editors add are those of the feed "api:desk"."""
_LARGEST_PAGE = 5_000_000
_PAGES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")
_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"


def add_by_url(
    press: Press, issue: Issue, url: str, to: CategorySlug, actor: Actor, fetching: Fetching, now: datetime
) -> Issue:
    """Tells the article of that page in the draft, under that category, with a teaser of its own words.

    For threads without an event loop. Raises what `article_by_url` does; UsageError when the newsletter does not have
    the category; EditError when the issue tells the story already; StateError beyond draft.
    """
    _check_category(press, issue, to)
    article = asyncio.run(article_by_url(press, url, (to,), fetching, now))
    return tell_article(press, issue, article, to, actor, now)


def tell_article(press: Press, issue: Issue, article: Article, to: CategorySlug, actor: Actor, now: datetime) -> Issue:
    """Tells a kept article in the draft. Raises UsageError, EditError and StateError."""
    _check_category(press, issue, to)
    return edit_issue(press, issue.id, bring(press, issue, article.id, to, None, now), actor, now)


async def article_by_url(
    press: Press, url: str, categories: Collection[CategorySlug], fetching: Fetching, now: datetime
) -> Article:
    """The article of that page, kept. Raises UsageError for what is no web address, OutsideError naming it for what
    cannot be fetched, DigestError for a page that is none of an article.
    """
    url = url.strip()
    if not canonical_url(absolute_url(url)):
        raise UsageError(url[:200] or "address", "is no http address", "write one like https://news.example.com/1")
    if known := _known(press, canonical_url(url)):
        return known
    async with fetching as fetcher:
        answer = await fetcher.fetch(FetchRequest(url, accept=_ACCEPT, max_bytes=_LARGEST_PAGE), now)
    return await asyncio.to_thread(_kept, press, answer, tuple(categories), now)


def _kept(press: Press, answer: FetchResult, categories: tuple[CategorySlug, ...], now: datetime) -> Article:
    _check(answer)
    page = read_page(answer.body, answer.url)
    if known := _known(press, page.canonical_url or canonical_url(answer.url)):
        return known
    if not page.title:
        raise DigestError(answer.request.url, "the page has no title", "send it to POST /api/v1/articles with one")
    sent = Pushed(_entry(answer, page), page.site, categories, page=answer.body)
    return push_articles(press, FEED, [sent], now).articles[0]


def _check(answer: FetchResult) -> None:
    """Raises OutsideError unless there is a page."""
    if answer.status is not FetchStatus.OK:
        reason = answer.reason or f"the server said {answer.status}"
        raise OutsideError(
            answer.request.url, f"cannot be fetched: {reason}", "open it in a browser to see what is there"
        )
    kind = answer.content_type.partition(";")[0].strip().lower()
    if kind and kind not in _PAGES:
        raise OutsideError(
            answer.request.url, f"is {kind[:80]}, not a web page", "give the address of the article's page"
        )


def _entry(answer: FetchResult, page: Page) -> Entry:
    return Entry(answer.url, answer.url, page.title, page.published_at, page.author, page.description,
                 image_url=page.image_url, language=page.language)  # fmt: skip


def _check_category(press: Press, issue: Issue, to: CategorySlug) -> None:
    own = [category.key for category in press.categories_in(issue)]
    if to not in own:
        raise UsageError(f"category {to}", "is none of the newsletter's", f"there are: {', '.join(own)}")


def _known(press: Press, url: str) -> Article | None:
    articles = press.store.articles
    return articles.get(article_id(url)) or articles.with_url(url)
