"""A change of address: asked for, confirmed at both addresses, then in force. Gives the mails to send."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from digest.deliver.transactional import MailKind
from digest.errors import DigestError
from digest.links import LinkClaim, Purpose
from digest.model.delivery import Message
from digest.model.people import AddressChange, ChangeOutcome, ConsentKind, Origin
from digest.pipeline.press import Press
from digest.pipeline.subscribing import Member, event, member, single_mail
from digest.subscribe.addresses import AddressError, normalise


@dataclass(frozen=True, slots=True)
class Moving:
    """A change of address that waits, and whose it is."""

    member: Member
    change: AddressChange


def ask_to_move(press: Press, claim: LinkClaim, address: str, now: datetime) -> tuple[Message, ...]:
    """Keeps the wish for another address, and gives two mails: to the new one and to the old one.

    If the new one is a reader's already, that reader is told of it instead and nothing is kept: whoever asks sees no
    difference. Raises AddressError for an address that is none, or the same.
    """
    mine, email = member(press, claim), normalise(address)
    known = press.store.readers.by_email(email)
    if known and known.id == mine.subscriber.id:
        raise AddressError(email, "is the address that you have already", "write the new one")
    if known:
        link = press.links.url(LinkClaim(Purpose.PREFERENCES, known.id, now.date(), claim.newsletter))
        return (single_mail(press, known, mine.newsletter, "known", link, now),)
    change = press.store.readers.ask_change(mine.subscriber.id, email, now)
    return tuple(_letter(press, mine, change, purpose, now) for purpose in (Purpose.NEW_ADDRESS, Purpose.OLD_ADDRESS))


def _letter(press: Press, mine: Member, change: AddressChange, purpose: Purpose, now: datetime) -> Message:
    subject = f"{mine.newsletter.slug}.{change.id}"
    link = press.links.url(LinkClaim(purpose, mine.subscriber.id, now.date(), subject))
    if purpose is Purpose.OLD_ADDRESS:
        return single_mail(press, mine.subscriber, mine.newsletter, purpose, link, now, kind=MailKind.NOTICE)
    nameless = replace(mine.subscriber, name="")  # the address may be a stranger's: nothing tells them who asked
    kind = MailKind.CHANGE
    return single_mail(press, nameless, mine.newsletter, purpose, link, now, kind=kind, to=change.email)


def moving(press: Press, claim: LinkClaim) -> Moving:
    """What a link of a change of address is about. Raises DigestError when that change waits no longer."""
    change = press.store.readers.address_change(claim.subscriber)
    if change is None or str(change.id) != claim.part:
        raise DigestError("link", "this change of address waits no longer", "see your address in your preferences")
    return Moving(member(press, claim), change)


def agree_to_move(press: Press, claim: LinkClaim, origin: Origin, now: datetime) -> ChangeOutcome:
    """Confirms the side that the link's purpose says; the address changes with the second."""
    try:
        change = moving(press, claim).change
    except DigestError:
        return ChangeOutcome.GONE
    moved = event(press, ConsentKind.ADDRESS, origin, now, changed="address")
    return press.store.readers.agree_change(change, at_old=claim.purpose is Purpose.OLD_ADDRESS, event=moved)


def refuse_to_move(press: Press, claim: LinkClaim) -> bool:
    """Drops the change; False when it waits no longer."""
    change = press.store.readers.address_change(claim.subscriber)
    return bool(change and str(change.id) == claim.part and press.store.readers.drop_change(claim.subscriber))
