"""Erasure: a reader goes from all tables; their address stays suppressed by its key."""

from __future__ import annotations

from datetime import datetime

from digest.deliver.transactional import MailKind
from digest.links import LinkClaim, Purpose
from digest.model.delivery import Message
from digest.model.ids import SubscriberId
from digest.model.people import ConsentKind, Origin
from digest.pipeline.press import Press
from digest.pipeline.subscribing import event, member, single_mail


def ask_to_erase(press: Press, claim: LinkClaim, now: datetime) -> Message:
    """The mail with the link that erases: a mail that was passed on must not be enough for it."""
    mine = member(press, claim)
    link = press.links.url(LinkClaim(Purpose.ERASE, mine.subscriber.id, now.date(), mine.newsletter.slug))
    return single_mail(press, mine.subscriber, mine.newsletter, "erase", link, now, kind=MailKind.ERASE)


def erase(press: Press, reader: SubscriberId, origin: Origin, now: datetime) -> bool:
    """Erases a reader for good; False when there is nobody to erase."""
    return press.store.readers.erase(reader, event(press, ConsentKind.ERASED, origin, now))
