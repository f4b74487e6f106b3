"""Signing up, confirming, choosing and leaving: reads and writes readers by the port, and gives the mails to send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.config.publication import NewsletterSettings
from digest.deliver.transactional import MailKind, SingleMail, compose_transactional, transactional_key
from digest.errors import DigestError
from digest.links import LinkClaim, Purpose
from digest.model.delivery import Message, SentMail
from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.people import (
    AddressChange,
    ConsentEvent,
    ConsentKind,
    Origin,
    Preferences,
    Subscriber,
    SubscriberDraft,
    SubscriberState,
    Subscription,
)
from digest.pipeline.press import Press
from digest.subscribe.choices import changes, changes_of_person
from digest.subscribe.wishes import Wish
from digest.words import words

WORDING = "2026-11"
"""Version of the consent text on the sign-up page."""


@dataclass(frozen=True, slots=True)
class Member:
    """A reader together with the subscription that a link speaks of."""

    subscriber: Subscriber
    subscription: Subscription
    newsletter: NewsletterSettings
    change: AddressChange | None = None
    """A move to another address that waits."""
    sent: tuple[SentMail, ...] = ()
    """The latest issues that they were sent, newest first, as far as they were asked for."""


def sign_up(press: Press, wish: Wish, origin: Origin, now: datetime) -> Message:
    """Keeps the wish and gives the mail to send: to confirm it, or, to a reader already known, where to change it."""
    return letter_to(press, keep_wish(press, wish, origin, now, WORDING), wish.newsletter, now)


def keep_wish(press: Press, wish: Wish, origin: Origin, now: datetime, wording: str = "") -> Subscriber:
    """Keeps a wish that waits for its confirmation. `wording`: the version of the text that was agreed to."""
    signed_up = event(press, ConsentKind.SIGNED_UP, origin, now, wish.newsletter, wording=wording)
    return press.store.readers.sign_up(wish.draft, wish.newsletter, wish.preferences, signed_up)


def letter_to(press: Press, subscriber: Subscriber, slug: NewsletterSlug, now: datetime) -> Message:
    """The mail to confirm a wish, or, to a reader of the newsletter, where to change it."""
    newsletter = press.newsletter(slug)
    if _is_reading(press, subscriber, slug):
        link = press.links.url(LinkClaim(Purpose.PREFERENCES, subscriber.id, now.date(), slug))
        return single_mail(press, subscriber, newsletter, "known", link, now)
    link = press.links.url(LinkClaim(Purpose.CONFIRM, subscriber.id, now.date(), slug))
    return single_mail(press, subscriber, newsletter, "confirm", link, now)


def _is_reading(press: Press, subscriber: Subscriber, newsletter: NewsletterSlug) -> bool:
    if subscriber.confirmed_at is None:
        return False
    mine = press.store.readers.subscriptions(subscriber.id)
    return any(s.newsletter == newsletter and s.confirmed_at and s.left_at is None for s in mine)


def single_mail(
    press: Press,
    reader: Subscriber,
    newsletter: NewsletterSettings,
    template: str,
    link: str,
    now: datetime,
    *,
    kind: MailKind = MailKind.CONFIRM,
    to: str = "",
) -> Message:
    """A mail about one link, from the newsletter's sender, to the reader's address or to another one of theirs."""
    values = {"name": reader.name, "newsletter": newsletter, "site": press.settings.site, "link": link}
    values["catalog"] = words(newsletter.language)
    subject, _, text = press.templates.render(f"single/{template}.txt", values).partition("\n")
    html = press.templates.render(f"single/{template}.html", values | {"subject": subject.strip()})
    mail = SingleMail(kind, to or reader.email, reader.name, subject.strip(), text.strip() + "\n", html)
    return compose_transactional(
        mail, newsletter.sender, transactional_key(kind, reader.id, now), press.mail_secret, now
    )


def member(press: Press, claim: LinkClaim, mails: int = 0) -> Member:
    """Whom a link speaks for, with so many of their latest mails. Raises DigestError when they are gone."""
    newsletter = press.settings.newsletter(claim.newsletter)
    mine = press.store.readers.membership(claim.subscriber, claim.newsletter, mails) if newsletter else None
    if newsletter is None or mine is None:
        raise DigestError("link", "the subscription that it belongs to is no longer there", "sign up again")
    return Member(mine.subscriber, mine.subscription, newsletter, mine.change, mine.sent)


def confirm(press: Press, claim: LinkClaim, origin: Origin, now: datetime) -> bool:
    """Makes the reader a confirmed one; False when they were already: a second time changes nothing."""
    newsletter = member(press, claim).newsletter.key
    confirmed = event(press, ConsentKind.CONFIRMED, origin, now, newsletter, wording=WORDING)
    return press.store.readers.confirm(claim.subscriber, newsletter, confirmed)


def choose(press: Press, claim: LinkClaim, preferences: Preferences, origin: Origin, now: datetime) -> bool:
    """Replaces what the reader chose; False, logging nothing, when it is what they had."""
    mine = member(press, claim)
    changed = changes(mine.subscription.preferences, preferences)
    if changed:
        chosen = event(press, ConsentKind.PREFERENCES, origin, now, mine.newsletter.key, changed)
        press.store.readers.set_preferences(claim.subscriber, mine.newsletter.key, preferences, chosen)
    return bool(changed)


def describe(press: Press, claim: LinkClaim, draft: SubscriberDraft, origin: Origin, now: datetime) -> bool:
    """Takes name, country, time zone and language; False when they are as they were. The address stays."""
    return describe_reader(press, member(press, claim).subscriber, draft, origin, now)


def describe_reader(press: Press, reader: Subscriber, draft: SubscriberDraft, origin: Origin, now: datetime) -> bool:
    """The same, of a reader who is known."""
    changed = changes_of_person(reader, draft)
    if changed:
        described = event(press, ConsentKind.PERSON, origin, now, changed=changed)
        press.store.readers.describe(reader.id, draft, described)
    return bool(changed)


def leave(press: Press, claim: LinkClaim, origin: Origin, now: datetime) -> None:
    """Leaves the newsletter of the link; a second time, or a reader long gone, changes nothing."""
    newsletter = press.settings.newsletter(claim.newsletter)
    if newsletter:
        _leave(press, claim.subscriber, newsletter.key, origin, now)


def leave_all(press: Press, claim: LinkClaim, origin: Origin, now: datetime) -> int:
    """Leaves every newsletter of this publication, and gives how many that were."""
    mine = press.store.readers.subscriptions(claim.subscriber)
    return sum(_leave(press, claim.subscriber, subscription.newsletter, origin, now) for subscription in mine)


def _leave(press: Press, reader: SubscriberId, newsletter: NewsletterSlug, origin: Origin, now: datetime) -> bool:
    known = press.store.readers.get(reader)
    if known is None or known.state is SubscriberState.ERASED:
        return False
    return press.store.readers.leave(reader, newsletter, event(press, ConsentKind.LEFT, origin, now, newsletter))


def event(
    press: Press,
    kind: ConsentKind,
    origin: Origin,
    now: datetime,
    newsletter: NewsletterSlug | None = None,
    changed: str = "",
    wording: str = "",
) -> ConsentEvent:
    """An entry for the log; with the network address only where the settings say that it is kept."""
    network = origin.network if press.settings.web.keep_network_addresses else ""
    return ConsentEvent(kind, now, origin.source, newsletter, wording, changed, network)
