"""Tells editors by mail that a draft waits: once for each issue and address, with a link to the desk.

The wish to tell is kept with the proof that it was told, and the mail goes out like every other single mail: a mail
server that is away for an hour delays it, and no restart sends it twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from babel.dates import format_date

from digest.config.publication import SilentPolicy
from digest.deliver.transactional import MailKind, SingleMail, compose_transactional
from digest.model.delivery import SINGLE, DeliveryKey, Message
from digest.model.errands import ErrandKind
from digest.model.ids import NOBODY, IssueId
from digest.model.issue import Issue, IssueState
from digest.pipeline.press import Press
from digest.pipeline.silence import silence

_NAMED = 5
"""Stories that the mail names."""


def tell_editors(press: Press, now: datetime) -> int:
    """Keeps an errand for each editor of a draft who was not told of it; gives how many."""
    told = 0
    for issue in press.store.issues.in_state(IssueState.DRAFT):
        newsletter = press.settings.newsletter(issue.newsletter)
        if newsletter is None or not newsletter.editors or not _waits(press, issue, newsletter.silent, now):
            continue
        for address in newsletter.editors:
            once = f"draft:{issue.id}:{_mark(press, address)}"
            fields = {"issue": issue.id, "address": address}
            told += press.store.errands.add_once(once, ErrandKind.DRAFT, fields, now)
    return told


def _waits(press: Press, issue: Issue, silent: SilentPolicy, now: datetime) -> bool:
    """Whether a word of an editor can still make a difference: before its hour, or while it is held after it."""
    end = issue.send_at + timedelta(hours=press.settings.schedule.catch_up_hours)
    return bool(issue.content.stories) and (now < issue.send_at or (silent is SilentPolicy.HOLD and now < end))


def draft_mails(press: Press, fields: Mapping[str, str], now: datetime) -> tuple[Message, ...]:
    """The mail to one editor; none when the draft no longer waits."""
    issue = press.issue(fields["issue"])
    if issue.state is not IssueState.DRAFT:
        return ()
    newsletter = press.newsletter_of(issue).model_copy(update={"language": "en", "direction": "ltr"})
    titles = [item.title for item in issue.content.stories]
    title = f"{newsletter.name}, {format_date(issue.slot, 'd MMMM y', locale='en')}"
    values = {
        "title": title, "silence": silence(issue, newsletter, press.settings.schedule, now), "name": "",
        "stories": titles[:_NAMED], "more": len(titles[_NAMED:]), "newsletter": newsletter,
        "site": press.settings.site, "link": f"{press.links.base}/editor/issues/{issue.id}",
    }  # fmt: skip
    subject, _, text = press.templates.render("single/draft.txt", values).partition("\n")
    html = press.templates.render("single/draft.html", values | {"subject": subject.strip()})
    mail = SingleMail(MailKind.DRAFT, fields["address"], "", subject.strip(), text.strip() + "\n", html)
    key = DeliveryKey(IssueId(f"{SINGLE}{MailKind.DRAFT}-{issue.id}-{_mark(press, mail.to)}"), NOBODY)
    return (compose_transactional(mail, newsletter.sender, key, press.mail_secret, now),)


def _mark(press: Press, address: str) -> str:
    """Stands for the address where it must not be written."""
    key = hashlib.sha256(press.secret.encode()).digest()
    return hashlib.blake2b(address.lower().encode(), key=key, digest_size=8, person=b"editor").hexdigest()
