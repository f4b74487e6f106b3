"""Sends test mails: one reader's edition of an issue, to addresses of the publication's own. Records nothing.

A test says so in its subject. Its personal links lead to a page that says so too, and it has no List-Unsubscribe: no
press in it, by a person or a program, changes anything of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.config.settings import Settings
from digest.deliver.message import TEST
from digest.errors import UsageError
from digest.model.delivery import SINGLE, DeliveryKey, Message, Outcome, OutcomeKind
from digest.model.edition import Edition
from digest.model.ids import NOBODY, IssueId
from digest.model.issue import Issue
from digest.model.people import Recipient
from digest.pipeline.approving import compiled
from digest.pipeline.mailing import Mailing
from digest.pipeline.press import Press
from digest.ports.outside import Transport
from digest.subscribe.addresses import normalise

MOST = 25
"""Addresses of one test."""
TEST_PATH = "/r/test"
"""Where the personal links of a test lead."""
_SAYS = {
    OutcomeKind.ACCEPTED: "sent",
    OutcomeKind.DEFERRED: "the mail server says later",
    OutcomeKind.REFUSED: "refused",
    OutcomeKind.BLOCKED: "refused for who we are",
    OutcomeKind.UNCERTAIN: "perhaps sent: the answer was lost",
    OutcomeKind.WITHHELD: "not sent",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the test to one address."""

    address: str
    is_taken: bool
    said: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent, and what became of it."""

    subject: str
    results: tuple[Result, ...]


def addresses_named(settings: Settings, wanted: Iterable[str]) -> tuple[str, ...]:
    """The addresses of these addresses and lists, each once. Raises UsageError, and AddressError for a bad one."""
    found: list[str] = []
    for name in wanted:
        if name not in settings.test_lists and "@" not in name:
            known = ", ".join(settings.test_lists) or "none yet"
            raise UsageError(f"test list {name}", "there is none of that name", f"[test_lists] has: {known}")
        found += settings.test_lists.get(name, (name,))
    addresses = tuple(dict.fromkeys(map(normalise, found)))
    if not addresses:
        raise UsageError("test", "nobody is named", "name an address, or a list of [test_lists]")
    if len(addresses) > MOST:
        raise UsageError("test", f"{len(addresses)} addresses are too many", f"name at most {MOST}")
    return addresses


def send_tests(
    press: Press, issue: Issue, reader: Recipient, addresses: Sequence[str], transport: Transport, now: datetime
) -> Tried:
    """Sends the reader's edition of the issue as it stands to each address.

    Raises UsageError when it has nothing for that reader, OutsideError when the mail server cannot be used.
    """
    mailing = Mailing(press, issue, compiled(press, issue), now, is_test=True)
    edition = mailing.edition(reader)
    if edition is None:
        who = reader.subscriber.name or reader.subscriber.email
        raise UsageError(f"{issue.id} for {who}", "has no story of their categories", "try another reader")
    to = {_key(issue, place, now): address for place, address in enumerate(addresses)}
    mails = [_mail(press, mailing, edition, reader, key, address) for key, address in to.items()]
    outcomes = {outcome.key: outcome for outcome in transport.send(mails, now)}
    results = tuple(_result(address, outcomes.get(key)) for key, address in to.items())
    return Tried(f"{TEST} {edition.subject}", results)


def _mail(
    press: Press, mailing: Mailing, edition: Edition, reader: Recipient, key: DeliveryKey, address: str
) -> Message:
    link = press.links.base + TEST_PATH
    values = {"unsubscribe_url": link, "preferences_url": link, "view_url": link, "name": reader.subscriber.name}
    tester = replace(reader, subscriber=replace(reader.subscriber, email=address))
    return mailing.letter(tester, edition, values, key)


def _key(issue: Issue, place: int, now: datetime) -> DeliveryKey:
    """A name of its own: a test never has the Message-ID of a reader's mail, and a bounce of it is nobody's."""
    return DeliveryKey(IssueId(f"{SINGLE}test-{now:%Y%m%dt%H%M%S%f}-{place}-{issue.id}"), NOBODY)


def _result(address: str, outcome: Outcome | None) -> Result:
    if outcome is None:
        return Result(address, is_taken=False, said="not sent: the connection broke")
    reply = "" if outcome.kind is OutcomeKind.ACCEPTED else f": {outcome.reply}"
    return Result(address, outcome.kind is OutcomeKind.ACCEPTED, _SAYS[outcome.kind] + reply)
