"""The canary: a mailbox of our own among the readers tells whether what the server took really arrived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from digest.config.alarms import CanarySettings
from digest.deliver.headers import address, domain_of
from digest.deliver.message_id import message_id
from digest.errors import OutsideError
from digest.model.delivery import Delivery, DeliveryState
from digest.pipeline.press import Press
from digest.ports.alarms import SeedMailbox

_LOOKED_FOR = timedelta(days=1)
"""So long after it was sent; then the trouble is history."""


def missing_canaries(press: Press, seed: SeedMailbox, now: datetime) -> Iterator[tuple[str, str]]:
    """Issues whose canary did not arrive in time, or arrived among the spam."""
    settings = press.settings.alarms.canary
    if settings is None:
        return
    try:
        for delivery in _sent_lately(press, settings, now):
            yield from _trouble(press, settings, seed, delivery, now)
    except OutsideError as error:
        yield "canary", f"the canary's mailbox cannot be read: {error.place}: {error.problem}"


def _sent_lately(press: Press, settings: CanarySettings, now: datetime) -> list[Delivery]:
    reader = press.store.readers.by_email(settings.address)
    theirs = press.store.ledger.of_reader(reader.id) if reader else ()
    return [one for one in theirs if one.state is DeliveryState.SENT and one.at and now - one.at <= _LOOKED_FOR]


def _trouble(
    press: Press, settings: CanarySettings, seed: SeedMailbox, delivery: Delivery, now: datetime
) -> Iterator[tuple[str, str]]:
    issue = delivery.key.issue
    folder = press.store.alarms.arrived(issue)
    if folder is None:
        newsletter = press.newsletter_of(press.issue(issue))
        domain = domain_of(address(newsletter.sender.address))
        folder = seed.find(message_id(delivery.key, domain, press.mail_secret))
        if folder is not None:
            press.store.alarms.note_arrival(issue, folder, now)
    waited = now - delivery.at if delivery.at else timedelta()
    if folder is None and waited >= timedelta(minutes=settings.within_minutes):
        yield f"canary:{issue}", f"{issue} was taken by the mail server and has not arrived in the canary's mailbox"
    if folder is not None and folder == settings.junk:
        yield f"junk:{issue}", f"{issue} arrived among the spam, in {folder}, of the canary's mailbox"
