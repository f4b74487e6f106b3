"""What became of an issue's deliveries, one line for each. Sends nothing; settles only what time has settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from digest.deliver.headers import address, domain_of
from digest.deliver.message_id import message_id
from digest.model.delivery import DeliveryState
from digest.model.ids import SubscriberId
from digest.model.issue import Issue
from digest.pipeline.press import Press


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery, as it is listed."""

    delivery: str
    subscriber: SubscriberId
    state: DeliveryState
    attempts: int
    message_id: str
    """As it stands in the mail: every attempt has the same."""
    reply: str
    """What the mail server said last, and why the delivery was skipped or given up."""
    at: datetime | None
    """When the state was last written."""


def delivery_lines(press: Press, issue: Issue, state: DeliveryState | None, now: datetime) -> Iterator[DeliveryLine]:
    """The issue's deliveries by subscriber: all, or those in one state.

    Asked for the uncertain ones it gives all that ever were, because a resend may have been a second copy.
    """
    ledger = press.store.ledger
    ledger.expire(issue.id, now)
    domain = domain_of(address(press.newsletter_of(issue).sender.address))
    doubted = state is DeliveryState.UNCERTAIN
    after = None
    while page := ledger.deliveries(issue.id, None if doubted else state, after, doubted=doubted):
        for one in page:
            said = "; ".join(filter(None, (one.reason, one.reply)))
            identifier = message_id(one.key, domain, press.secret)
            yield DeliveryLine(
                str(one.key), one.key.subscriber, one.state, one.attempts, identifier, said, one.at
            )  # fmt: skip
        after = page[-1].key.subscriber
