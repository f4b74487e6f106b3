"""A press with an approved issue and its readers, ready to be sent: what tests of sending start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import press as small
from build import NOW, WEEKLY, consent, preferences, subscriber_draft
from digest.config.machine import DeliverSettings, Security, SmtpSettings
from digest.config.settings import Settings
from digest.deliver.outcome import Phase, Reply
from digest.links import Links
from digest.model.delivery import DeliveryState, Outcome
from digest.model.ids import SubscriberId
from digest.model.issue import Issue
from digest.model.people import ConsentKind
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import Sent, deliver_issue
from digest.pipeline.press import Press
from digest.ports.outside import Transport
from digest.ports.store import Store
from fakes import FakeTransport

SECRET = "k" * 32
LATER = (Phase.RCPT, Reply(450, ("4.2.0 later",)))
BLOCKED = (Phase.BODY, Reply(550, ("5.7.1 your mail is not wanted here",)))
NO_SUCH = (Phase.RCPT, Reply(550, ("5.1.1 no such user",)))
LOST = (Phase.BODY, Reply(0))
"""The final dot was written, and what came back was no answer."""


@dataclass
class Clock:
    """A clock that a test moves; every look at it takes a moment."""

    now: datetime = NOW
    moment: timedelta = timedelta(milliseconds=1)

    def __call__(self) -> datetime:
        self.now += self.moment
        return self.now

    def pass_(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def press_on(store: Store, port: int = 25, deliver: dict[str, Any] | None = None, **newsletter: Any) -> Press:
    """A press over that store with one newsletter, whose mail server listens on the port of this machine."""
    settings = Settings(
        site=small.SITE,
        categories=small.CATEGORIES,
        newsletters=(small.newsletter(**newsletter),),
        smtp=SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE, timeout=5),
        deliver=DeliverSettings(**(deliver or {})),
    )
    return Press(settings, store, small.TEMPLATES, Links("https://press.example.com", (SECRET,)), SECRET)


def with_readers(store: Store, number: int, *categories: str) -> list[SubscriberId]:
    """So many readers of the weekly: reader0@example.com and so on."""
    rows = [(subscriber_draft(f"reader{n}@example.com"), WEEKLY, preferences(*categories)) for n in range(number)]
    store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    return [reader.id for reader, _ in store.readers.all(limit=number)]


def approved(press: Press) -> Issue:
    """The small newsletter's issue, approved."""
    draft = small.issue()
    press.store.issues.create(draft, NOW)
    return approve_issue(press, draft, "ed", NOW)


@dataclass
class Ground:
    """Everything a test of sending turns."""

    press: Press
    issue: Issue
    readers: Sequence[SubscriberId]
    transport: FakeTransport = field(default_factory=FakeTransport)
    clock: Clock = field(default_factory=Clock)

    def send(self, transport: Transport | None = None, on_outcome: Callable[[Outcome], None] = lambda _: None,
             stopping: Callable[[], bool] = lambda: False) -> Sent:  # fmt: skip
        """Sends what is due, as the issue stands now."""
        issue = self.press.issue(self.issue.id)
        transport = transport or self.transport
        return deliver_issue(self.press, issue, transport, self.clock, on_outcome=on_outcome, stopping=stopping)

    def freeze(self) -> None:
        """Writes down who gets what, and sends nothing: the server is away."""
        from digest.pipeline.mailing import Mailing

        mailing = Mailing(self.press, self.issue, self.press.store.issues.compiled(self.issue.id), self.clock())
        self.press.store.ledger.freeze(mailing.chunks(self.clock()), self.issue.id, self.clock())

    def counts(self) -> dict[DeliveryState, int]:
        return self.press.store.ledger.counts(self.issue.id)

    def mailed(self) -> list[str]:
        """Addresses that the server accepted mail for, in order."""
        return [message.recipient for message in self.transport.taken]


def ground(store: Store, number: int = 6, categories: Sequence[str] = (), **settings: Any) -> Ground:
    """An approved issue with so many readers of these categories."""
    press = press_on(store, **settings)
    readers = with_readers(store, number, *categories)
    return Ground(press, approved(press), readers)
