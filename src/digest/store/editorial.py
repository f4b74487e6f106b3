"""[I/O] EditorialStore on SQL: where editors put articles, and what was decided about each."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, or_, select

from digest.model.ids import ArticleId, CategorySlug, IssueId
from digest.model.stories import Correction
from digest.ports.content import Decided, Pool
from digest.store.articles import article_of
from digest.store.database import Database
from digest.store.schema import articles, corrections, pins, verdicts
from digest.store.statements import AnyRow, insert_into
from digest.store.verdicts import latest_verdicts, verdict_of

_CORRECTIONS = select(articles, corrections.c.categories, corrections.c.at, corrections.c.by).join_from(
    corrections, articles
)
_NO_CATEGORY = "[]"


class SqlEditorialStore:
    """Corrections, and the listing of articles with what was decided."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def correct(self, article: ArticleId, categories: Collection[CategorySlug], by: str, now: datetime) -> None:
        """Remembers where an editor put a saved article."""
        said = {"categories": list(categories), "at": now, "by": by}
        with self._database.write() as connection:
            insert = insert_into(connection, corrections).values(article=article, **said)
            connection.execute(insert.on_conflict_do_update(index_elements=[corrections.c.article], set_=said))

    def corrections(self, limit: int = 5000) -> tuple[Correction, ...]:
        """What editors said last, newest first."""
        newest = _CORRECTIONS.order_by(corrections.c.at.desc(), corrections.c.article).limit(limit)
        with self._database.read() as connection:
            return tuple(map(_correction, connection.execute(newest)))

    def pin(self, article: ArticleId, by: str, now: datetime) -> None:
        """Remembers that a saved article's story is to be told first."""
        with self._database.write() as connection:
            insert = insert_into(connection, pins).values(article=article, at=now, by=by)
            connection.execute(insert.on_conflict_do_nothing())

    def unpin(self, article: ArticleId) -> bool:
        """Takes a pin away."""
        with self._database.write() as connection:
            return connection.execute(delete(pins).where(pins.c.article == article)).rowcount > 0

    def pins(self) -> frozenset[ArticleId]:
        """The pinned articles."""
        with self._database.read() as connection:
            return frozenset(map(ArticleId, connection.scalars(select(pins.c.article))))

    def decided(self, search: str = "", abstained: bool = False, limit: int = 50) -> tuple[Decided, ...]:
        """The articles gathered last, newest first, with what was decided."""
        latest = latest_verdicts()
        told = [column.label(f"verdict_{column.name}") for column in latest.c]
        wanted = (
            select(articles, corrections.c.categories.label("corrected"), *told)
            .outerjoin(latest, and_(latest.c.article == articles.c.id, latest.c.newest == 1))
            .outerjoin(corrections, corrections.c.article == articles.c.id)
            .order_by(articles.c.gathered_at.desc(), articles.c.id)
            .limit(limit)
        )
        if search:
            text = search.lower()
            wanted = wanted.where(
                or_(*(func.lower(c).contains(text, autoescape=True) for c in (articles.c.title, articles.c.outlet)))
            )
        if abstained:
            silent = cast(latest.c.categories, Text) == _NO_CATEGORY
            wanted = wanted.where(silent, corrections.c.article.is_(None))
        with self._database.read() as connection:
            return tuple(map(_decided, connection.execute(wanted)))

    def pool(self, wanted: Pool) -> tuple[Decided, ...]:
        """What might be brought into the issue, the newest first, with what was decided about it for this issue."""
        mine = and_(verdicts.c.article == articles.c.id, verdicts.c.issue == wanted.issue)
        told = [column.label(f"verdict_{column.name}") for column in verdicts.c]
        story = func.coalesce(verdicts.c.story, articles.c.story, articles.c.id)
        found = (
            select(articles, corrections.c.categories.label("corrected"), *told)
            .outerjoin(verdicts, mine)
            .outerjoin(corrections, corrections.c.article == articles.c.id)
            .where(articles.c.gathered_at >= wanted.since, story.not_in(wanted.told), articles.c.id.not_in(wanted.told))
            .where(*_asked(wanted))
            .order_by(articles.c.gathered_at.desc(), articles.c.published_at.desc(), articles.c.id)
            .limit(wanted.limit)
            .offset(wanted.skip)
        )
        with self._database.read() as connection:
            return tuple(map(_decided, connection.execute(found)))

    def outlets(self, since: datetime) -> tuple[str, ...]:
        """Whose articles were gathered then or later, by name."""
        named = select(articles.c.outlet).where(articles.c.gathered_at >= since).distinct()
        with self._database.read() as connection:
            return tuple(sorted(connection.scalars(named), key=str.casefold))


def _asked(wanted: Pool) -> Iterator[ColumnElement[bool]]:
    """What was asked for besides the time."""
    if wanted.search:
        text = wanted.search.lower()
        places = (articles.c.title, articles.c.outlet, articles.c.description)
        yield or_(*(func.lower(place).contains(text, autoescape=True) for place in places))
    if wanted.outlet:
        yield articles.c.outlet == wanted.outlet
    if wanted.category:
        quoted = json.dumps(wanted.category)
        said = cast(func.coalesce(corrections.c.categories, verdicts.c.categories), Text)
        hinted = and_(verdicts.c.article.is_(None), cast(articles.c.hints, Text).contains(quoted, autoescape=True))
        yield or_(said.contains(quoted, autoescape=True), hinted)


def _correction(row: AnyRow) -> Correction:
    return Correction(article_of(row._asdict()), tuple(map(CategorySlug, row.categories)), row.at, row.by)


def _decided(row: AnyRow) -> Decided:
    values = row._asdict()
    verdict = {name.removeprefix("verdict_"): value for name, value in values.items() if name.startswith("verdict_")}
    corrected = None if values["corrected"] is None else tuple(map(CategorySlug, values["corrected"]))
    if verdict["issue"] is None:
        return Decided(article_of(values), corrected=corrected)
    return Decided(article_of(values), IssueId(verdict["issue"]), verdict_of(verdict), corrected)
