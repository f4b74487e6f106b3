"""Signing up, confirming, choosing and leaving: reads and writes readers by the port, and gives the mails to send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.config.publication import NewsletterSettings
from digest.deliver.transactional import MailKind, SingleMail, compose_transactional, transactional_key
from digest.errors import DigestError
from digest.links import LinkClaim, Purpose
from digest.model.delivery import Message
from digest.model.ids import SubscriberId
from digest.model.people import ConsentEvent, ConsentKind, Preferences, Subscriber, Subscription
from digest.pipeline.press import Press
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


def sign_up(press: Press, wish: Wish, source: str, now: datetime) -> Message:
    """Keeps the wish and gives the mail to send: to confirm it, or, to a reader already known, where to change it."""
    event = ConsentEvent(ConsentKind.SIGNED_UP, now, source, wish.newsletter, WORDING)
    subscriber = press.store.readers.sign_up(wish.draft, wish.newsletter, wish.preferences, event)
    newsletter = press.newsletter(wish.newsletter)
    if _is_reading(press, subscriber, wish):
        link = press.links.url(LinkClaim(Purpose.PREFERENCES, subscriber.id, now.date(), wish.newsletter))
        return _single_mail(press, subscriber, newsletter, "known", link, now)
    link = press.links.url(LinkClaim(Purpose.CONFIRM, subscriber.id, now.date(), wish.newsletter))
    return _single_mail(press, subscriber, newsletter, "confirm", link, now)


def _is_reading(press: Press, subscriber: Subscriber, wish: Wish) -> bool:
    if subscriber.confirmed_at is None:
        return False
    mine = press.store.readers.subscriptions(subscriber.id)
    return any(s.newsletter == wish.newsletter and s.confirmed_at and s.left_at is None for s in mine)


def _single_mail(
    press: Press, subscriber: Subscriber, newsletter: NewsletterSettings, template: str, link: str, now: datetime
) -> Message:
    values = {"name": subscriber.name, "newsletter": newsletter, "site": press.settings.site, "link": link}
    values["catalog"] = words(newsletter.language)
    subject, _, text = press.templates.render(f"single/{template}.txt", values).partition("\n")
    html = press.templates.render(f"single/{template}.html", values | {"subject": subject.strip()})
    mail = SingleMail(MailKind.CONFIRM, subscriber.email, subscriber.name, subject.strip(), text.strip() + "\n", html)
    key = transactional_key(mail.kind, subscriber.id, now)
    return compose_transactional(mail, newsletter.sender, key, press.secret, now)


def member(press: Press, claim: LinkClaim) -> Member:
    """Whom a link speaks for. Raises DigestError when the reader or the newsletter is gone."""
    subscriber = press.store.readers.get(claim.subscriber)
    newsletter = press.settings.newsletter(claim.subject)
    mine = press.store.readers.subscriptions(claim.subscriber) if subscriber else ()
    subscription = next((s for s in mine if s.newsletter == claim.subject), None)
    if subscriber is None or newsletter is None or subscription is None:
        raise DigestError("link", "the subscription that it belongs to is no longer there", "sign up again")
    return Member(subscriber, subscription, newsletter)


def confirm(press: Press, claim: LinkClaim, source: str, now: datetime) -> None:
    """Makes the reader a confirmed one; a second time changes nothing."""
    newsletter = member(press, claim).newsletter.key
    event = ConsentEvent(ConsentKind.CONFIRMED, now, source, newsletter, WORDING)
    press.store.readers.confirm(claim.subscriber, newsletter, event)


def choose(press: Press, claim: LinkClaim, preferences: Preferences, source: str, now: datetime) -> None:
    """Replaces what the reader chose."""
    newsletter = member(press, claim).newsletter.key
    event = ConsentEvent(ConsentKind.PREFERENCES, now, source, newsletter)
    press.store.readers.set_preferences(claim.subscriber, newsletter, preferences, event)


def leave(press: Press, claim: LinkClaim, source: str, now: datetime) -> None:
    """Leaves the newsletter of the link; a second time, or a reader long gone, changes nothing."""
    newsletter = press.settings.newsletter(claim.subject)
    if newsletter and press.store.readers.get(SubscriberId(claim.subscriber)):
        event = ConsentEvent(ConsentKind.LEFT, now, source, newsletter.key)
        press.store.readers.leave(claim.subscriber, newsletter.key, event)
