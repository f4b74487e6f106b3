"""[I/O] What readers were sent before, in ranges of readers: what the freeze of a later issue has to know.

An edition that was promised counts (pending, claimed, deferred), one that was sent or may have been too; one that
failed, was skipped or cancelled does not. Nothing is kept for it: it is read from deliveries and editions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, String, bindparam, or_, select, type_coerce

from digest.model.delivery import DeliveryState, SentMail
from digest.model.ids import CategorySlug, EditionId, IssueId, NewsletterSlug, StoryId, SubscriberId
from digest.ports.ledger import NOTHING_NEW
from digest.store.claiming import visible
from digest.store.codec import edition_of
from digest.store.schema import deliveries, editions, issues

_RELEASED = (DeliveryState.FAILED, DeliveryState.SKIPPED)
_PROMISED = select(deliveries.c.subscriber, type_coerce(deliveries.c.edition, String)).where(
    deliveries.c.issue == bindparam("of_issue"),
    deliveries.c.subscriber >= bindparam("first"),
    deliveries.c.subscriber <= bindparam("last"),
    or_(deliveries.c.state.not_in(_RELEASED), deliveries.c.reason == NOTHING_NEW),
    visible(bindparam("of_issue")),
)

_SENT = (
    select(issues.c.id, issues.c.slot, editions.c.content)
    .join_from(issues, deliveries, deliveries.c.issue == issues.c.id)
    .join(editions, (editions.c.issue == issues.c.id) & (editions.c.id == deliveries.c.edition))
    .where(issues.c.newsletter == bindparam("of"), deliveries.c.subscriber == bindparam("reader"))
    .where(deliveries.c.state == DeliveryState.SENT)
    .order_by(issues.c.slot.desc())
    .limit(bindparam("most"))
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


def sent_mails(
    connection: Connection, reader: SubscriberId, newsletter: NewsletterSlug, limit: int
) -> tuple[SentMail, ...]:
    """The latest that a reader was sent of one newsletter."""
    rows = connection.execute(_SENT, {"reader": reader, "of": newsletter, "most": limit})
    return tuple(SentMail(issue, slot, edition_of(content).subject) for issue, slot, content in rows)
