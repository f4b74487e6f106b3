"""Erasure, now and after a restored backup: a reader goes from all tables; the address stays suppressed by its key."""

from __future__ import annotations

import logging
from datetime import datetime

from digest.deliver.transactional import MailKind
from digest.links import LinkClaim, Purpose
from digest.model.delivery import Message
from digest.model.ids import SubscriberId
from digest.model.people import ConsentKind, Origin
from digest.pipeline.press import Press
from digest.pipeline.subscribing import event, member, single_mail
from digest.ports.readers import ErasureJournal

log = logging.getLogger(__name__)


def ask_to_erase(press: Press, claim: LinkClaim, now: datetime) -> Message:
    """The mail with the link that erases: a mail that was passed on must not be enough for it."""
    mine = member(press, claim)
    link = press.links.url(LinkClaim(Purpose.ERASE, mine.subscriber.id, now.date(), mine.newsletter.slug))
    return single_mail(press, mine.subscriber, mine.newsletter, "erase", link, now, kind=MailKind.ERASE)


def erase(press: Press, reader: SubscriberId, origin: Origin, now: datetime) -> bool:
    """Erases a reader for good; False when there is nobody to erase.

    The journal is written first: an erasure that breaks off after it is done when the program starts again.
    """
    erasure = press.store.readers.erasure(reader, now)
    if erasure is None:
        return False
    if press.erasures:
        press.erasures.append(erasure)
    return press.store.readers.erase(reader, event(press, ConsentKind.ERASED, origin, now))


def recall_erasures(press: Press) -> int:
    """After a start: if the tables are older than the latest erasure, all are done again. Gives how many readers."""
    last = press.erasures.last() if press.erasures else None
    if press.erasures is None or last is None or press.store.readers.has_erased(last):
        return 0
    return replay_erasures(press, press.erasures)


def replay_erasures(press: Press, journal: ErasureJournal) -> int:
    """Erases again whoever came back with a backup. Gives how many readers that were."""
    erased = press.store.readers.replay(journal.erasures(), "erasure replayed")
    if erased:
        log.warning("the database was older than the journal of erasures: %d readers were erased again", erased)
    return erased
