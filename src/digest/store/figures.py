"""[I/O] FigureStore on SQL: counts over deliveries, bounces and the log of consent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, distinct, func, select

from digest.model.delivery import DeliveryState
from digest.model.feedback import FeedbackKind
from digest.model.figures import EditionFate, Fate
from digest.model.ids import EditionId, IssueId, NewsletterSlug
from digest.model.people import ConsentKind
from digest.store.claiming import visible
from digest.store.database import Database
from digest.store.schema import bounce_events, consents, deliveries

_WORDS = {DeliveryState.SENT: "sent", DeliveryState.FAILED: "failed", DeliveryState.SKIPPED: "skipped"}
_RETURNED = (FeedbackKind.HARD, FeedbackKind.SOFT)


class SqlFigureStore:
    """Only reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reasons(self, issue: IssueId) -> dict[tuple[DeliveryState, str], int]:
        """Those that failed or were skipped, by state and reason."""
        reason = case((deliveries.c.reason != "", deliveries.c.reason), else_=deliveries.c.reply)
        counted = select(deliveries.c.state, reason, func.count()).where(
            deliveries.c.issue == issue,
            deliveries.c.state.in_([DeliveryState.FAILED, DeliveryState.SKIPPED]),
            visible(issue),
        )
        with self._database.read() as connection:
            rows = connection.execute(counted.group_by(deliveries.c.state, reason)).all()
            return {(state, why): count for state, why, count in rows}

    def fates(self, issue: IssueId, newsletter: NewsletterSlug, left_until: datetime) -> tuple[EditionFate, ...]:
        """What became of each edition's readers."""
        found: defaultdict[EditionId, Fate] = defaultdict(Fate)
        with self._database.read() as connection:
            for edition, state, count in connection.execute(_by_state(issue)).all():
                found[edition] += Fate(**{_WORDS.get(state, "waiting"): count})
            for edition, count in _counts(connection, _came_back(issue, _RETURNED)):
                found[edition] += Fate(bounced=count)
            for edition, count in _counts(connection, _came_back(issue, (FeedbackKind.COMPLAINT,))):
                found[edition] += Fate(complained=count)
            for edition, count in _counts(connection, _left(issue, newsletter, left_until)):
                found[edition] += Fate(left=count)
        return tuple(EditionFate(edition, found[edition]) for edition in sorted(found))


def _counts(connection: Connection, counted: Select[Any]) -> Iterable[tuple[EditionId, int]]:
    return [(edition, count) for edition, count in connection.execute(counted)]


def _by_state(issue: IssueId) -> Select[Any]:
    counted = select(deliveries.c.edition, deliveries.c.state, func.count())
    return counted.where(deliveries.c.issue == issue, visible(issue)).group_by(deliveries.c.edition, deliveries.c.state)


def _came_back(issue: IssueId, kinds: Iterable[FeedbackKind]) -> Select[Any]:
    """Readers of each edition about whose mail something of these kinds was heard."""
    counted = select(deliveries.c.edition, func.count(distinct(deliveries.c.subscriber)))
    of_delivery = (bounce_events.c.subscriber == deliveries.c.subscriber) & (
        bounce_events.c.issue == deliveries.c.issue
    )
    return (
        counted.join(bounce_events, of_delivery)
        .where(deliveries.c.issue == issue, deliveries.c.state == DeliveryState.SENT, bounce_events.c.kind.in_(kinds))
        .group_by(deliveries.c.edition)
    )


def _left(issue: IssueId, newsletter: NewsletterSlug, until: datetime) -> Select[Any]:
    """Readers of each edition who left the newsletter between their mail and `until`."""
    counted = select(deliveries.c.edition, func.count(distinct(deliveries.c.subscriber)))
    return (
        counted.join(consents, consents.c.subscriber == deliveries.c.subscriber)
        .where(deliveries.c.issue == issue, deliveries.c.state == DeliveryState.SENT)
        .where(consents.c.kind == ConsentKind.LEFT, consents.c.newsletter == newsletter)
        .where(consents.c.at >= deliveries.c.at, consents.c.at < until)
        .group_by(deliveries.c.edition)
    )
