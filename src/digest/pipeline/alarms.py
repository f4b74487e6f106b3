"""Finds what an operator must hear of, and has it told: once when it begins, once when it is over.

Troubles follow from the tables at each look, so that none is forgotten by a restart, and several processes tell one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from digest.deliver.transactional import MailKind, SingleMail, compose_transactional
from digest.errors import OutsideError
from digest.model.delivery import SINGLE, DeliveryKey, Message
from digest.model.errands import Errand
from digest.model.feeds import FeedHealth
from digest.model.ids import NOBODY, IssueId
from digest.model.issue import Issue, IssueState
from digest.pipeline.canary import missing_canaries
from digest.pipeline.delivering import BLOCKED
from digest.pipeline.hearing import REFUSED
from digest.pipeline.planning import Step, StepKind
from digest.pipeline.press import Press
from digest.pipeline.silence import HELD
from digest.ports.alarms import SeedMailbox

log = logging.getLogger(__name__)
_BY_WEBHOOK = "webhook"
_NEWS = timedelta(days=2)
"""A slot that was missed, or an issue that is held, longer ago than this is an alarm no more."""
_AT_WORK = frozenset({StepKind.BUILD, StepKind.APPROVE, StepKind.SEND})


def raise_alarms(press: Press, steps: Collection[Step], seed: SeedMailbox | None, now: datetime) -> int:
    """Tells what has begun and what is over since the last look. Gives how many alarms that were."""
    found = dict(troubles(press, steps, seed, now))
    known, told = press.store.alarms.begun(), 0
    for key in found.keys() - known.keys():
        log.error("alarm: %s", found[key])
        told += press.store.alarms.begin(key, found[key], _errands(press, key, found[key], is_over=False), now)
    for key in known.keys() - found.keys():
        log.info("alarm is over: %s", known[key])
        told += press.store.alarms.end(key, _errands(press, key, known[key], is_over=True), now)
    return told


def troubles(
    press: Press, steps: Collection[Step], seed: SeedMailbox | None, now: datetime
) -> Iterator[tuple[str, str]]:
    """Everything that is wrong now: a key that stays the same while it lasts, and a sentence."""
    yield from _late(press, steps, now)
    for feed in press.store.feeds.all():
        if feed.state.health is FeedHealth.PAUSED:
            yield f"feed:{feed.id}", f"feed {feed.source.url} is paused after repeated failure: {feed.state.error}"
    for issue in press.store.issues.in_state(IssueState.PAUSED, IssueState.DRAFT):
        yield from _stopped(issue, now)
    for newsletter in press.settings.newsletters:
        for issue in press.store.issues.all(newsletter.key, limit=5):
            if issue.state is IssueState.MISSED and now - _NEWS < issue.send_at <= now:
                yield f"missed:{issue.id}", f"{issue.id} was missed and is not sent: {issue.note or 'nothing ran'}"
    if seed:
        yield from missing_canaries(press, seed, now)


def _stopped(issue: Issue, now: datetime) -> Iterator[tuple[str, str]]:
    """Issues that stopped by themselves; one that an editor paused is no trouble."""
    if issue.state is IssueState.PAUSED and (issue.note.startswith(BLOCKED) or REFUSED in issue.note):
        yield f"breaker:{issue.id}", f"{issue.id} is paused: {issue.note}. Then: digest issue resume {issue.id}"
    if issue.state is IssueState.DRAFT and issue.note.startswith(HELD) and now - _NEWS < issue.send_at <= now:
        yield f"held:{issue.id}", f"{issue.id} is {issue.note}. See: digest issue preflight {issue.id}"


def _late(press: Press, steps: Collection[Step], now: datetime) -> Iterator[tuple[str, str]]:
    """Slots whose next step should have been done long ago, and a queue that stands still."""
    limit = timedelta(minutes=press.settings.alarms.late_minutes)
    for step in steps:
        issue = press.store.issues.get(step.issue)
        is_begun = issue is not None and issue.frozen_at is not None
        if step.kind in _AT_WORK and step.slot.at + limit <= now and not is_begun:
            minutes = (now - step.slot.at) // timedelta(minutes=1)
            word = "built" if issue is None else "begun"
            yield f"late:{step.issue}", f"{step.issue} is late: {minutes} minutes after its hour it has not {word}"
    since = press.store.measures.queues(now).due_since
    if since and since + limit <= now:
        yield "queue", f"nothing is being sent: mails have been due since {since:%Y-%m-%d %H:%M} UTC"


def _errands(press: Press, key: str, text: str, *, is_over: bool) -> list[dict[str, str]]:
    settings = press.settings.alarms
    ways = [*settings.to, *([_BY_WEBHOOK] if settings.webhook else [])]
    return [{"to": to, "alarm": key, "text": text, "over": "yes" if is_over else ""} for to in ways]


def alarm_mails(press: Press, errand: Errand, now: datetime) -> tuple[Message, ...]:
    """The mail of an errand; one for the webhook is told here, and leads to no mail. Raises OutsideError."""
    fields = errand.fields
    if fields["to"] == _BY_WEBHOOK:
        if press.hook is None:
            return ()
        press.hook.tell({"alarm": fields["alarm"], "text": fields["text"], "over": bool(fields["over"]),
                   "at": errand.asked_at.isoformat()})  # fmt: skip
        return ()
    if not press.settings.newsletters:
        raise OutsideError("alarm", "there is no newsletter whose sender could write it", "configure one")
    newsletter = press.settings.newsletters[0].model_copy(update={"language": "en", "direction": "ltr"})
    first = fields["text"].partition(":")[0]
    values = {"text": fields["text"], "over": bool(fields["over"]), "name": "", "newsletter": newsletter,
              "site": press.settings.site, "link": f"{press.links.base}/editor", "title": first}  # fmt: skip
    subject, _, text = press.templates.render("single/alarm.txt", values).partition("\n")
    html = press.templates.render("single/alarm.html", values | {"subject": subject.strip()})
    mail = SingleMail(MailKind.ALARM, fields["to"], "", _one_line(subject), text.strip() + "\n", html)
    return (compose_transactional(mail, newsletter.sender, _key(errand), press.mail_secret, now),)


def _key(errand: Errand) -> DeliveryKey:
    """The same at every try, and another for every address and every time that it begins or ends."""
    words = "\n".join((errand.asked_at.isoformat(), *map(str, sorted(errand.fields.items()))))
    mark = hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8, person=b"alarm").hexdigest()
    return DeliveryKey(IssueId(f"{SINGLE}{MailKind.ALARM}-{mark}"), NOBODY)


def _one_line(subject: str) -> str:
    """A subject may not be what a mail server or a feed made of it."""
    return "".join(c if c.isprintable() else " " for c in subject).replace("=?", "= ?").strip()[:150]
