"""[I/O] ArticleStore on SQL: articles, unique by canonical URL (their id) and by (feed, guid)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, and_, bindparam, func, or_, select, tuple_, update

from digest.model.feeds import Article, Picture
from digest.model.ids import ArticleId, CategorySlug, FeedId, StoryId
from digest.model.issue import Window
from digest.ports.content import SaveCount
from digest.store.database import Database
from digest.store.schema import articles as table
from digest.store.statements import AnyRow, batches, insert_into

_NAMES = tuple(field.name for field in fields(Article))
_ARTICLES = select(*(table.c[name] for name in _NAMES))
_REVISABLE = ("title", "text", "description", "picture")
_REVISE = update(table).where(table.c.id == bindparam("known")).values({n: bindparam(n) for n in _REVISABLE})
_ASSIGN = update(table).where(table.c.id == bindparam("known")).values(story=bindparam("belongs"))

_Identity: TypeAlias = ArticleId | tuple[FeedId, str]


class SqlArticleStore:
    """Articles. A batch is read, compared and written in the same transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, ids: Collection[ArticleId]) -> frozenset[ArticleId]:
        """Which of these are saved already."""
        with self._database.read() as connection:
            return frozenset(
                ArticleId(found)
                for batch in batches(ids)
                for found in connection.scalars(select(table.c.id).where(table.c.id.in_(batch)))
            )

    def save(self, articles: Iterable[Article]) -> SaveCount:
        """Inserts new ones; known ones take the title, text, description and picture."""
        new = changed = same = 0
        with self._database.write() as connection:
            for batch in batches(articles):
                kept, revised, unchanged = _sorted_out(batch, _known_of(connection, batch))
                _write(connection, kept, revised)
                new, changed, same = new + len(kept), changed + len(revised), same + unchanged
        return SaveCount(new, changed, same)

    def get(self, article: ArticleId) -> Article | None:
        """One article."""
        with self._database.read() as connection:
            row = connection.execute(_ARTICLES.where(table.c.id == article)).one_or_none()
            return _article(row) if row else None

    def with_url(self, url: str) -> Article | None:
        """The article under that canonical URL."""
        with self._database.read() as connection:
            row = connection.execute(_ARTICLES.where(table.c.url == url).order_by(table.c.id).limit(1)).one_or_none()
            return _article(row) if row else None

    def gathered_in(self, window: Window) -> tuple[Article, ...]:
        """Articles whose `gathered_at` is in the window, by (gathered_at, id)."""
        within = _ARTICLES.where(table.c.gathered_at >= window.start, table.c.gathered_at < window.end)
        with self._database.read() as connection:
            rows = connection.execute(within.order_by(table.c.gathered_at, table.c.id)).all()
            return tuple(map(_article, rows))

    def page(self, after: tuple[datetime, ArticleId] | None = None, limit: int = 100) -> tuple[Article, ...]:
        """A page, those gathered last first."""
        page = _ARTICLES.order_by(table.c.gathered_at.desc(), table.c.id).limit(limit)
        if after:
            same = and_(table.c.gathered_at == after[0], table.c.id > after[1])
            page = page.where(or_(table.c.gathered_at < after[0], same))
        with self._database.read() as connection:
            return tuple(map(_article, connection.execute(page).all()))

    def count(self) -> int:
        """How many there are."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0

    def count_by_feed(self) -> Mapping[FeedId, int]:
        """How many each feed gave."""
        with self._database.read() as connection:
            rows = connection.execute(select(table.c.feed, func.count()).group_by(table.c.feed))
            return {FeedId(feed): number for feed, number in rows}

    def assign(self, stories: Iterable[tuple[ArticleId, StoryId]]) -> None:
        """Remembers which story each article belongs to."""
        rows = [{"known": identity, "belongs": story} for identity, story in stories]
        if rows:
            with self._database.write() as connection:
                connection.execute(_ASSIGN, rows)


def _known_of(connection: Connection, batch: Sequence[Article]) -> dict[_Identity, Article]:
    """Saved articles that any of the batch may be, by id and by (feed, guid)."""
    guids = [(a.feed, a.guid) for a in batch if a.guid]
    same = or_(
        table.c.id.in_([a.id for a in batch]),
        tuple_(table.c.feed, table.c.guid).in_(guids) & (table.c.guid != ""),
    )
    return _by_identity(map(_article, connection.execute(_ARTICLES.where(same)).all()))


def _by_identity(articles: Iterable[Article]) -> dict[_Identity, Article]:
    known: dict[_Identity, Article] = {}
    for saved in articles:
        known |= dict.fromkeys(_identities(saved), saved)
    return known


def _identities(article: Article) -> tuple[_Identity, ...]:
    return (article.id, (article.feed, article.guid)) if article.guid else (article.id,)


def _sorted_out(
    batch: Sequence[Article], known: Mapping[_Identity, Article]
) -> tuple[list[Article], dict[ArticleId, Article], int]:
    """New articles, changed ones by the id that they are saved under, and how many are the same."""
    seen = dict(known)
    new: dict[ArticleId, Article] = {}
    changed: dict[ArticleId, Article] = {}
    same = 0
    for found in batch:
        saved = next((seen[identity] for identity in _identities(found) if identity in seen), None)
        if saved is None:
            new[found.id] = found
            seen |= _by_identity([found])
        elif saved.id in new or _revisable(changed.get(saved.id, saved)) == _revisable(found):
            same += 1
        else:
            changed[saved.id] = found
    return list(new.values()), changed, same


def _revisable(article: Article) -> tuple[object, ...]:
    return tuple(getattr(article, name) for name in _REVISABLE)


def _write(connection: Connection, new: Sequence[Article], changed: Mapping[ArticleId, Article]) -> None:
    if new:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), [_columns(a) for a in new])
    if changed:
        connection.execute(_REVISE, [_revision(a) | {"known": identity} for identity, a in changed.items()])


def _revision(article: Article) -> dict[str, object]:
    columns = _columns(article)
    return {name: columns[name] for name in _REVISABLE}


def _columns(article: Article) -> dict[str, object]:
    return asdict(article)


def _article(row: AnyRow) -> Article:
    return article_of(row._asdict())


def article_of(row: Mapping[str, Any]) -> Article:
    """The article in the columns of these names; others are left alone."""
    values = {name: row[name] for name in _NAMES}
    values["tags"] = tuple(values["tags"])
    values["hints"] = tuple(map(CategorySlug, values["hints"]))
    values["picture"] = Picture(**values["picture"]) if values["picture"] else None
    return Article(**values)
