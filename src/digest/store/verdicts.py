"""[I/O] Rows of verdicts: why each article is in an issue or not. Used by the stores of issues and articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Subquery, func, insert, select

from digest.model.ids import ArticleId, CategorySlug, IssueId, StoryId
from digest.model.stories import Reason, Verdict
from digest.store.schema import issues, verdicts
from digest.store.statements import batches


def insert_verdicts(connection: Connection, issue: IssueId, found: Iterable[Verdict]) -> None:
    """Writes the verdicts of a new issue."""
    for batch in batches(found):
        connection.execute(insert(verdicts), [_columns(issue, verdict) for verdict in batch])


def verdict_on(connection: Connection, issue: IssueId, article: ArticleId) -> Verdict | None:
    """What was decided about the article for the issue."""
    wanted = select(verdicts).where(verdicts.c.issue == issue, verdicts.c.article == article)
    row = connection.execute(wanted).one_or_none()
    return verdict_of(row._asdict()) if row else None


def latest_verdicts() -> Subquery:
    """The verdict of the newest issue that looked at the article: where `newest` is 1."""
    newest = func.row_number().over(partition_by=verdicts.c.article, order_by=(issues.c.slot.desc(), issues.c.id))
    return select(verdicts, newest.label("newest")).join(issues).subquery("latest")


def verdict_of(values: Mapping[str, Any]) -> Verdict:
    """The verdict in the columns of these names."""
    return Verdict(
        ArticleId(values["article"]),
        StoryId(values["story"]),
        values["included"],
        tuple(Reason(rule, detail) for rule, detail in values["reasons"]),
        tuple(map(CategorySlug, values["categories"])),
    )


def _columns(issue: IssueId, verdict: Verdict) -> dict[str, object]:
    return {
        "issue": issue,
        "article": verdict.article,
        "story": verdict.story,
        "included": verdict.included,
        "categories": list(verdict.categories),
        "reasons": [(reason.rule, reason.detail) for reason in verdict.reasons],
    }
