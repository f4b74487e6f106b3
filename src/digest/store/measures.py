"""[I/O] MeasureStore on SQL: counts for machines that watch. Only reads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, case, func, select

from digest.model.delivery import DeliveryState
from digest.model.issue import IssueState
from digest.model.measures import Census, Queues
from digest.store.claiming import visible
from digest.store.database import Database
from digest.store.page_schema import errands
from digest.store.schema import deliveries, issues, subscribers, suppressions

_WAITING = (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)


class SqlMeasureStore:
    """By the indexes that claims go by: what is finished is not looked at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_ready(self) -> bool:
        """True where the tables answer."""
        with self._database.read() as connection:
            connection.execute(select(issues.c.id).limit(1)).first()
        return True

    def queues(self, now: datetime) -> Queues:
        """What waits at that time."""
        counts, due_since = {"due": 0, "later": 0, "claimed": 0}, None
        with self._database.read() as connection:
            on_their_way = select(issues.c.id).where(issues.c.state.in_([IssueState.LOCKED, IssueState.SENDING]))
            for issue in connection.scalars(on_their_way).all():
                for name, count, since in _waiting(connection, issue, now):
                    counts[name] += count
                    if name == "due":
                        due_since = min(due_since or since, since)
            asked, asked_at = connection.execute(select(func.count(), func.min(errands.c.asked_at))).one()
        return Queues(**counts, due_since=due_since, errands=asked, errand_since=asked_at)

    def census(self) -> Census:
        """How many there are of what."""
        with self._database.read() as connection:
            by_state = select(issues.c.state, func.count()).group_by(issues.c.state)
            readers = select(subscribers.c.state, func.count()).group_by(subscribers.c.state)
            suppressed = connection.scalar(select(func.count()).select_from(suppressions).where(
                suppressions.c.newsletter == ""
            ))  # fmt: skip
            return Census(
                {str(state): count for state, count in connection.execute(by_state)},
                {str(state): count for state, count in connection.execute(readers)},
                suppressed or 0,
            )


def _waiting(connection: Connection, issue: str, now: datetime) -> list[tuple[str, int, datetime]]:
    """How many deliveries of an issue wait in which way, and since when the oldest has been due."""
    since = case((deliveries.c.due_at > deliveries.c.at, deliveries.c.due_at), else_=deliveries.c.at)
    kind = case(
        (deliveries.c.state == DeliveryState.CLAIMED, "claimed"),
        (deliveries.c.due_at <= now, "due"),
        else_="later",
    )
    counted = select(kind, func.count(), func.min(since, type_=deliveries.c.at.type)).where(
        deliveries.c.issue == issue,
        deliveries.c.due_at.is_not(None),
        deliveries.c.state.in_([*_WAITING, DeliveryState.CLAIMED]),
        visible(issue),  # type: ignore[arg-type]  # the id of a row that is there
    )
    return [(name, count, at) for name, count, at in connection.execute(counted.group_by(kind))]
