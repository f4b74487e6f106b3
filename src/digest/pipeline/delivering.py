"""From an approved issue to outcomes in the ledger: freeze the recipients, claim, compose, send, record.

No transaction spans the network: a claim is committed before a byte is sent, an outcome after the server's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.deliver.message import ListLinks, MessagePlan, compose, letterhead, plan
from digest.errors import HeaderError, OutsideError, StateError
from digest.links import LinkClaim, Purpose
from digest.model.delivery import DeliveryKey, DeliveryState, Message, Outcome, OutcomeKind
from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import EditionId, IssueId, NewsletterSlug, SubscriberId
from digest.model.issue import Issue, IssueState
from digest.model.people import Recipient, Subscriber
from digest.pipeline.approving import archive_url, compiled, composer
from digest.pipeline.press import Press
from digest.ports.outside import Transport
from digest.ports.readers import Claim

CLAIM = 200
"""Deliveries claimed at once, at most that many are in doubt after a crash."""
LEASE = timedelta(minutes=15)
RETRY = timedelta(minutes=5)
_RECORD = 50
"""Outcomes written in one transaction."""
_PAGE = 1000
_SENDABLE = frozenset({IssueState.APPROVED, IssueState.LOCKED, IssueState.SENDING})
_OPEN = frozenset({DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.DEFERRED})


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send came to: deliveries by state, over the whole issue."""

    issue: IssueId
    counts: dict[DeliveryState, int]

    @property
    def finished(self) -> bool:
        """Whether nobody is waiting any more."""
        return not _OPEN & self.counts.keys()


def deliver_issue(
    press: Press,
    issue: Issue,
    transport: Transport,
    clock: Callable[[], datetime],
    only: Sequence[Recipient] = (),
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Sent:
    """Sends the issue to everyone who is due it, or `only` to some without touching the others.

    May be called again at any time: it goes on where it stopped. Raises StateError when the issue may not be sent,
    OutsideError when the mail server cannot be used at all; those waiting then wait for the next try.
    """
    if issue.state not in _SENDABLE:
        raise StateError(f"issue {issue.id}", f"is {issue.state} and cannot be sent", _remedy(issue))
    mailing = Mailing(press, issue, compiled(press, issue), clock())
    if only:
        mailing.add(only, clock())
    else:
        mailing.freeze(clock())
        press.store.issues.advance(issue.id, IssueState.SENDING, clock())
    mailing.send(transport, clock, {r.subscriber.id for r in only}, on_outcome)
    sent = Sent(issue.id, press.store.ledger.counts(issue.id))
    if sent.finished and not only:
        press.store.issues.advance(issue.id, IssueState.SENT, clock())
    return sent


def _remedy(issue: Issue) -> str:
    if issue.state is IssueState.DRAFT:
        return f"approve it first: digest issue approve {issue.id}"
    return f"see: digest issue show {issue.id}"


class Mailing:
    """One issue on its way: its fragments, its editions, and the letters made of them."""

    def __init__(self, press: Press, issue: Issue, fragments: CompiledIssue, now: datetime) -> None:
        self._press = press
        self._issue = issue
        archive = ListLinks(archive=archive_url(press, issue.newsletter))
        self._letterhead = letterhead(
            press.newsletter_of(issue), press.settings.site, fragments, issue.approval_hash, press.secret, now, archive
        )
        self._composer = composer(press, issue, fragments)
        self._plans: dict[EditionId, MessagePlan] = {}

    def freeze(self, now: datetime) -> int:
        """Writes who gets which edition, all or none; a reader with nothing new gets none."""
        return self._press.store.ledger.freeze(self._chunks(now), self._issue.id, now)

    def add(self, only: Sequence[Recipient], now: datetime) -> int:
        """Writes single deliveries without freezing the issue."""
        return self._press.store.ledger.add(self._issue.id, self._rows(only), now)

    def _chunks(self, now: datetime) -> Iterator[Sequence[tuple[SubscriberId, Edition]]]:
        for page in pages_of_recipients(self._press, self._issue.newsletter, now):
            yield self._rows(page)

    def _rows(self, recipients: Sequence[Recipient]) -> list[tuple[SubscriberId, Edition]]:
        editions = [(recipient.subscriber.id, self.edition(recipient)) for recipient in recipients]
        return [(subscriber, edition) for subscriber, edition in editions if edition]

    def send(
        self,
        transport: Transport,
        clock: Callable[[], datetime],
        only: Collection[SubscriberId],
        on_outcome: Callable[[Outcome], None],
    ) -> None:
        """Claims and sends until nothing is claimable; every outcome is recorded, also when the server goes away."""
        ledger, issue = self._press.store.ledger, self._issue.id
        while claims := ledger.claim(issue, CLAIM, clock() + LEASE, clock(), only):
            gone = [(claim.delivery.key.subscriber, claim.gone) for claim in claims if not claim.recipient]
            ledger.skip(gone, issue, clock())
            messages, refused = self._composed(claims, clock())
            attempt = Attempt(messages, refused)
            try:
                for group in attempt.groups(transport, clock):
                    ledger.record(group, clock())
                    for outcome in group:
                        on_outcome(outcome)
            except OutsideError as error:
                ledger.record(attempt.not_begun(error, clock() + RETRY), clock())
                raise

    def _composed(self, claims: Sequence[Claim], now: datetime) -> tuple[list[Message], list[Outcome]]:
        """The mails, and outcomes for addresses that no mail can be written to."""
        messages, refused = [], []
        for claim in claims:
            if claim.recipient:
                try:
                    messages.append(self.message(claim.recipient, self._frozen_edition(claim), now))
                except HeaderError as error:
                    refused.append(Outcome(claim.delivery.key, OutcomeKind.REFUSED, error.problem))
        return messages, refused

    def message(self, recipient: Recipient, edition: Edition, now: datetime) -> Message:
        """The reader's own mail, as byte segments."""
        prepared = self._plans.get(edition.id)
        if prepared is None:
            prepared = self._plans[edition.id] = plan(self._letterhead, edition)
        values = personal_values(self._press, self._issue, recipient.subscriber, now)
        return compose(prepared, recipient, values, DeliveryKey(self._issue.id, recipient.subscriber.id))

    def edition(self, recipient: Recipient) -> Edition | None:
        """What the reader would get now; None when it would have no story."""
        return self._composer.edition(recipient.preferences.categories)

    def _frozen_edition(self, claim: Claim) -> Edition:
        frozen = self._press.store.ledger.edition(self._issue.id, claim.delivery.edition)
        if frozen is None:
            raise StateError(f"delivery {claim.delivery.key}", "its edition is not in the database", "restore a backup")
        return frozen


class Attempt:
    """One claim's mails on their way: keeps count of what the server has answered for."""

    def __init__(self, messages: Sequence[Message], refused: Sequence[Outcome]) -> None:
        self._messages = messages
        self._refused = list(refused)
        self._waiting = {message.key for message in messages}

    def groups(self, transport: Transport, clock: Callable[[], datetime]) -> Iterator[list[Outcome]]:
        """Outcomes in groups to be recorded together; none is held back when the transport fails."""
        group = self._refused
        try:
            for outcome in transport.send(self._messages, clock()):
                self._waiting.discard(outcome.key)
                group.append(outcome)
                if len(group) >= _RECORD:
                    yield group
                    group = []
        except OutsideError:
            yield group
            raise
        yield group

    def not_begun(self, error: OutsideError, retry_at: datetime) -> list[Outcome]:
        """The mails that a transport which failed for good never began: to be tried again."""
        waiting = sorted(self._waiting, key=str)
        return [Outcome(key, OutcomeKind.DEFERRED, error.problem, retry_at) for key in waiting]


def pages_of_recipients(press: Press, newsletter: NewsletterSlug, now: datetime) -> Iterator[Sequence[Recipient]]:
    """Everybody who may be mailed now, a page at a time."""
    after = None
    while page := press.store.readers.recipients(newsletter, now, after, _PAGE):
        yield page
        after = page[-1].subscriber.id


def recipients_of(press: Press, newsletter: NewsletterSlug, now: datetime) -> Iterator[Recipient]:
    """The same, one by one."""
    for page in pages_of_recipients(press, newsletter, now):
        yield from page


def personal_values(press: Press, issue: Issue, reader: Subscriber, now: datetime) -> dict[str, str]:
    """What the slots of one reader hold: their links and their name."""

    def link(purpose: Purpose, subject: str) -> str:
        return press.links.url(LinkClaim(purpose, reader.id, now.date(), subject))

    return {
        "unsubscribe_url": link(Purpose.UNSUBSCRIBE, issue.newsletter),
        "preferences_url": link(Purpose.PREFERENCES, issue.newsletter),
        "view_url": link(Purpose.VIEW, issue.id),
        "name": reader.name,
    }
