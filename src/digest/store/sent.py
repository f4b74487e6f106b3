"""[I/O] What readers were sent before, in ranges of readers: what the freeze of a later issue has to know.

An edition that was promised counts (pending, claimed, deferred), one that was sent or may have been too; one that
failed, was skipped or cancelled does not. Nothing is kept for it: it is read from deliveries and editions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, String, bindparam, or_, select, type_coerce

from digest.model.delivery import DeliveryState
from digest.model.ids import CategorySlug, EditionId, IssueId, StoryId, SubscriberId
from digest.ports.ledger import NOTHING_NEW
from digest.store.claiming import visible
from digest.store.schema import deliveries, editions

_RELEASED = (DeliveryState.FAILED, DeliveryState.SKIPPED)
_PROMISED = select(deliveries.c.subscriber, type_coerce(deliveries.c.edition, String)).where(
    deliveries.c.issue == bindparam("of_issue"),
    deliveries.c.subscriber >= bindparam("first"),
    deliveries.c.subscriber <= bindparam("last"),
    or_(deliveries.c.state.not_in(_RELEASED), deliveries.c.reason == NOTHING_NEW),
    visible(bindparam("of_issue")),
)


def promised(
    connection: Connection, issue: IssueId, first: SubscriberId, last: SubscriberId
) -> Sequence[tuple[SubscriberId, EditionId]]:
    """Readers in that range with the edition of the issue that they were sent, or will be."""
    found = connection.execute(_PROMISED, {"of_issue": issue, "first": first, "last": last})
    return [(subscriber, edition) for subscriber, edition in found]


def contents(
    connection: Connection, issue: IssueId
) -> Iterator[tuple[EditionId, Sequence[StoryId], Sequence[CategorySlug]]]:
    """What each edition of an issue told, and of which categories."""
    for identity, content in connection.execute(
        select(editions.c.id, editions.c.content).where(editions.c.issue == issue)
    ):
        said = json.loads(content)
        yield identity, said["stories"], said["categories"]
