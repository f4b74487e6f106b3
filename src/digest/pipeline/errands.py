"""Does what was asked for on pages: looks up the reader, keeps the wish, sends the mail. Records by the ports.

A page only writes the errand down. So it answers known and unknown addresses alike, and a mail server that is away
for an hour costs nobody their wish.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain

from digest.config.publication import WelcomePolicy
from digest.deliver.transactional import MailKind
from digest.errors import ConfigError, DigestError, OutsideError
from digest.links import LinkClaim, Purpose
from digest.model.delivery import Message, OutcomeKind
from digest.model.errands import Errand, ErrandKind
from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.issue import Issue, IssueState
from digest.model.people import Origin, Recipient
from digest.pipeline.alarms import alarm_mails
from digest.pipeline.erasing import ask_to_erase
from digest.pipeline.moving import ask_to_move
from digest.pipeline.press import Press
from digest.pipeline.previewing import preview
from digest.pipeline.subscribing import letter_to, member, sign_up, single_mail
from digest.pipeline.telling import draft_mails
from digest.ports.outside import Transport
from digest.subscribe.wishes import read_wish

log = logging.getLogger(__name__)
_AWAY = timedelta(minutes=5)
"""An errand that could not be done is tried again after this time."""
_GIVE_UP = timedelta(days=1)
_ON_ITS_WAY = frozenset({OutcomeKind.ACCEPTED, OutcomeKind.UNCERTAIN, OutcomeKind.REFUSED})
"""Outcomes that a second try would not change."""


def run_errands(press: Press, transport: Callable[[], Transport], now: datetime) -> int:
    """Does all that are due. One whose mail cannot be sent now is done later; gives how many were finished."""
    finished = 0
    for errand in press.store.errands.take(now, now + _AWAY):
        try:
            mails = mails_of(press, errand, now)  # counted now: a second try is not
            send_mails(transport(), mails, now)
        except DigestError as error:
            if not isinstance(error, OutsideError | ConfigError):
                log.warning("an errand from a page (%s) is dropped: %s", errand.kind, type(error).__name__)
            elif _waits(errand, now):
                log.error("a mail that was asked for on a page waits: %s", error)
                continue
        except Exception:
            log.exception("an errand from a page (%s) cannot be done", errand.kind)
            if _waits(errand, now):
                continue
        press.store.errands.finish(errand.id)
        finished += 1
    return finished


def _waits(errand: Errand, now: datetime) -> bool:
    """Whether it is tried again; after a day it is given up."""
    if now - errand.asked_at < _GIVE_UP:
        return True
    log.error("an errand from a page (%s) is given up", errand.kind)
    return False


def send_mails(transport: Transport, mails: Iterable[Message], now: datetime) -> None:
    """Sends single mails, each when the one before it is through: a welcome comes before the issue that it brings.

    Raises OutsideError when one of them should be tried again.
    """
    for outcome in chain.from_iterable(transport.send((mail,), now) for mail in mails):
        kept_back = outcome.kind is OutcomeKind.WITHHELD and outcome.retry_at is None  # by a rule of ours, for good
        if outcome.kind not in _ON_ITS_WAY and not kept_back:
            raise OutsideError("mail", f"could not be sent: {outcome.reply}", "see: digest doctor")


def mails_of(press: Press, errand: Errand, now: datetime) -> tuple[Message, ...]:
    """The mails that the errand leads to; none for an address that has had its mail of the day."""
    fields = errand.fields
    match errand.kind:
        case ErrandKind.SIGN_UP:
            wish = read_wish(fields, press.settings)
            mail = sign_up(press, wish, Origin("web", fields.get("network", "")), now)
            return (mail,) if _may_be_mailed(press, errand, wish.draft.email, now) else ()
        case ErrandKind.CONFIRM:
            reader = member(press, _claim(fields, now)).subscriber
            mail = letter_to(press, reader, NewsletterSlug(fields["newsletter"]), now)
            return (mail,) if _may_be_mailed(press, errand, reader.email, now) else ()
        case ErrandKind.LINK:
            return _link(press, errand, now)
        case ErrandKind.WELCOME:
            return _welcome(press, _claim(fields, now), now)
        case ErrandKind.MOVE:
            mails = ask_to_move(press, _claim(fields, now), fields["address"], now)
            return tuple(mail for mail in mails if _may_be_mailed(press, errand, mail.recipient, now))
        case ErrandKind.ERASE:
            mail = ask_to_erase(press, _claim(fields, now), now)
            return (mail,) if _is_within(press, errand, "erase", mail.recipient, now) else ()
        case ErrandKind.ALARM:
            return alarm_mails(press, errand, now)
        case ErrandKind.DRAFT:
            return draft_mails(press, fields, now)


def _claim(fields: Mapping[str, str], now: datetime) -> LinkClaim:
    return LinkClaim(Purpose.PREFERENCES, SubscriberId(int(fields["subscriber"])), now.date(), fields["newsletter"])


def _link(press: Press, errand: Errand, now: datetime) -> tuple[Message, ...]:
    """The link to the preferences of the first newsletter that the reader has; nothing for a stranger."""
    reader = press.store.readers.by_email(errand.fields["email"])
    mine = press.store.readers.subscriptions(reader.id) if reader and reader.confirmed_at else ()
    alive = [s for s in mine if s.confirmed_at and s.left_at is None and press.settings.newsletter(s.newsletter)]
    if reader is None or not alive or not _may_be_mailed(press, errand, reader.email, now):
        return ()
    newsletter = press.newsletter(alive[0].newsletter)
    link = press.links.url(LinkClaim(Purpose.PREFERENCES, reader.id, now.date(), newsletter.slug))
    return (single_mail(press, reader, newsletter, "link", link, now, kind=MailKind.SIGN_IN),)


def _welcome(press: Press, claim: LinkClaim, now: datetime) -> tuple[Message, ...]:
    """A mail that says what comes when, and the latest issue if the newsletter says so."""
    mine = member(press, claim)
    if mine.newsletter.welcome is WelcomePolicy.NONE:
        return ()
    link = press.links.url(claim)
    mail = single_mail(press, mine.subscriber, mine.newsletter, "welcome", link, now, kind=MailKind.WELCOME)
    latest = _latest(press, mine.newsletter.key) if mine.newsletter.welcome is WelcomePolicy.ISSUE else None
    seen = preview(press, latest, Recipient(mine.subscriber, mine.subscription.preferences), now) if latest else None
    return (mail, seen.message) if seen else (mail,)


def _latest(press: Press, newsletter: NewsletterSlug) -> Issue | None:
    issues = press.store.issues.all(newsletter, limit=20)
    return next((issue for issue in issues if issue.state is IssueState.SENT), None)


def _may_be_mailed(press: Press, errand: Errand, email: str, now: datetime) -> bool:
    """Whether nothing speaks against a mail that strangers can ask for: no bounce, no complaint, none today yet."""
    return not _is_suppressed(press, errand, email) and _is_within(press, errand, "mail", email, now)


def _is_within(press: Press, errand: Errand, kind: str, email: str, now: datetime) -> bool:
    """Counts a mail of that kind to the address, and says whether it may go; a second try was counted with the first.

    The link that erases is counted by itself, and sent whatever came back: it is a right, and no favour of ours.
    """
    if errand.attempts > 1:
        return True
    most = press.settings.sign_up.mails_per_address
    return press.store.limits.take(f"{kind}:{anonymous(press, email.lower())}", f"{now:%Y-%m-%d}", most)


def _is_suppressed(press: Press, errand: Errand, email: str) -> bool:
    """Everywhere, or for the newsletter that it is about. Whoever was erased, or has moved, may come back."""
    against = press.store.readers.suppressed(email)
    where = {None, errand.fields.get("newsletter")}
    return any(one.newsletter in where and not one.reason.ends_by_signing_up for one in against)


def anonymous(press: Press, text: str) -> str:
    """A keyed hash: the same for the same text, and nothing else can be told from it."""
    key = hashlib.sha256(press.secret.encode()).digest()
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key, digest_size=16, person=b"limits").hexdigest()
