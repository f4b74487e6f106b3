"""From a delivery to the address that it was mailed to: the reader may have moved to another since. Only reads.

Whoever moves often does so because the old address dies; what comes back of it says nothing against the new one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from digest.deliver.transactional import MailKind, transactional_key
from digest.model.delivery import SINGLE, DeliveryKey
from digest.model.ids import IssueId
from digest.model.people import ConsentKind, Subscriber
from digest.pipeline.press import Press

_QUESTION = f"{SINGLE}{MailKind.CHANGE}-"
"""So begin the names of mails that ask a new address whether it may take the old one's place."""
_STAMP = "%Y%m%dt%H%M%S"
"""Ends the names of single mails: see transactional_key."""


def mailed_to(press: Press, key: DeliveryKey, reader: Subscriber) -> str:
    """The address that the delivery was mailed to; "" where it is not known any more, because the reader has moved."""
    if is_question(key.issue):
        change = press.store.readers.address_change(reader.id)
        asked = change and transactional_key(MailKind.CHANGE, reader.id, change.asked_at)
        return change.email if change and asked == key else ""
    return reader.email if to_present_address(press, reader, {key.issue}) else ""


def is_question(issue: IssueId) -> bool:
    """Whether it is a mail to an address that the reader does not have yet."""
    return issue.startswith(_QUESTION)


def to_present_address(press: Press, reader: Subscriber, issues: Collection[IssueId]) -> frozenset[IssueId]:
    """Those of the mails to the reader that surely went to the address that they have now."""
    theirs = frozenset(issue for issue in issues if not is_question(issue))
    log = press.store.readers.events(reader.id)
    moved_at = max((event.at for event in log if event.kind is ConsentKind.ADDRESS), default=None)
    if moved_at is None:
        return theirs
    # The address is read when a delivery is claimed, its time is written when the mail server has answered.
    sure = moved_at + timedelta(seconds=press.settings.deliver.lease_seconds)
    tried = {delivery.key.issue: delivery.tried_at for delivery in press.store.ledger.of_reader(reader.id)}
    singles = {issue: _written_at(issue) for issue in theirs if issue.startswith(SINGLE)}
    return frozenset(
        issue
        for issue in theirs
        if ((at := tried.get(issue)) and at > sure) or ((at := singles.get(issue)) and at > moved_at)
    )


def _written_at(issue: IssueId) -> datetime | None:
    """When a single mail was written, to the address of that moment."""
    try:
        return datetime.strptime(issue.rpartition("-")[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
