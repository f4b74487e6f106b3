"""Claims deliveries, hands their mails to the mail server, and records the answers: one run over an issue.

A claim is committed before a byte is sent, an outcome after the server's answer; no transaction spans the network.
Whatever stops a run, a claim ends as what the server said, as given back when its mail was not begun, or stays
claimed: its lease then ends, and it is uncertain.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from digest.config.publication import UncertainPolicy
from digest.errors import HeaderError, OutsideError
from digest.model.delivery import DeliveryKey, DeliveryState, Message, Outcome, OutcomeKind, Settlement
from digest.model.edition import Edition
from digest.model.ids import SubscriberId
from digest.model.issue import Issue
from digest.pipeline.hearing import hear_refusal
from digest.pipeline.mailing import Mailing
from digest.pipeline.press import Press
from digest.pipeline.revising import PULLED
from digest.pipeline.settling import Breaker, given_back, settle, skipped
from digest.ports.ledger import Claim
from digest.ports.outside import Transport

IN_DOUBT = 256
"""Deliveries claimed and not yet recorded, at most, by all processes: so many are uncertain after a crash."""
_SMALLEST, _LARGEST = 8, 128
"""Deliveries claimed at once: few while the server is slow, so that a crash leaves few in doubt."""
_LARGEST_HELD = 16
"""The same where what is in doubt is never sent again: a crash then costs few readers their mail."""
_QUICK = timedelta(seconds=1)
"""A server that takes a claim within this time gets a larger one; and outcomes are recorded that often."""
_BEGIN_WITHIN = 5
"""A mail is begun in the first fifth of its lease or not at all, so that the answer comes before its end."""
_HEARD = 10_000
"""Refusals that one run acts on; who is refused besides is so with the next issue."""
OnOutcome = Callable[[Outcome], None]
Stopping = Callable[[], bool]
"""Whether somebody wants the run to end: nothing is claimed any more, and what was not begun is given back."""


class Sending:
    """What is claimed and not yet recorded, and why the run stops."""

    def __init__(
        self,
        press: Press,
        issue: Issue,
        mailing: Mailing,
        clock: Callable[[], datetime],
        only: Collection[SubscriberId] = (),
        on_outcome: OnOutcome = lambda outcome: None,
        stopping: Stopping = lambda: False,
    ) -> None:
        self._press = press
        self._ledger = press.store.ledger
        self._settings = press.settings.deliver
        self._lease = timedelta(seconds=self._settings.lease_seconds)
        self._resend = press.newsletter_of(issue).uncertain is UncertainPolicy.RESEND
        self._in_doubt = max(IN_DOUBT // press.settings.senders, 2 * _SMALLEST)
        self._largest = min(_LARGEST if self._resend else _LARGEST_HELD, self._in_doubt // 2)
        self._issue = issue.id
        self._mailing = mailing
        self._clock = clock
        self._only = only
        self._on_outcome = on_outcome
        self._stopping = stopping
        self._open: dict[DeliveryKey, Claim] = {}
        self._waiting: deque[Message] = deque()
        self._begun: set[DeliveryKey] = set()
        self._settled: list[Settlement] = []
        self._refused: deque[Outcome] = deque(maxlen=_HEARD)
        self._size = _SMALLEST
        self._claimed_at = self._written_at = clock()
        self._breaker = Breaker(self._settings.pause_after_blocked)
        self._failure: OutsideError | None = None
        self.blocked = ""
        """What the mail server said when it took nothing any more because of who we are."""

    def send(self, transport: Transport) -> None:
        """Claims and sends until nothing is claimable, the server has had enough of us, or something fails.

        Raises OutsideError when the mail server or the database cannot be used; nothing is lost by it.
        """
        try:
            while self._claim():
                for outcome in transport.send(self._messages(), self._clock()):
                    self._note(outcome)
                self._write()
            self.blocked = self.blocked or self._mostly_blocked()
            self._hear_refusals()
        except OutsideError as error:  # the mail server's: what has no outcome was not begun
            self._failure = self._failure or error
            self._give_back(self._open.keys(), self._clock())
        finally:
            self._give_back(self._open.keys() - self._begun, self._clock())
            self._write()
        if self._failure:
            raise self._failure

    def _mostly_blocked(self) -> str:
        """What the server said when it took less than it refused, of a list too short to trip the breaker."""
        if not self._breaker.said:
            return ""
        sent = self._ledger.counts(self._issue).get(DeliveryState.SENT, 0)
        return self._breaker.said if self._breaker.has_met_mostly_trouble(sent) else ""

    def _hear_refusals(self) -> None:
        """What servers said of readers' mailboxes; not where they said it of nearly all, for then it is no news."""
        while self._refused and not self.blocked:
            refused = self._refused.popleft()
            hear_refusal(self._press, refused.key, refused.reply, self._clock())

    @property
    def _stopped(self) -> bool:
        return bool(self._failure or self.blocked) or self._stopping()

    def _messages(self) -> Iterator[Message]:
        """Mails as the server can take them; ends when none is due, or too many are unanswered."""
        while not self._stopped and (self._waiting or self._claim()):
            if self._clock() - self._claimed_at > self._lease / _BEGIN_WITHIN:
                self._give_back([message.key for message in self._waiting], self._clock())
                self._waiting.clear()
            if self._waiting:
                message = self._waiting.popleft()
                self._begun.add(message.key)
                yield message

    def _claim(self) -> bool:
        """Takes deliveries and makes their mails; False when there are none, or too many are unanswered."""
        now = self._clock()
        self._size = min(2 * self._size, self._largest) if now - self._claimed_at < _QUICK else _SMALLEST
        unanswered = len(self._open) - len(self._settled)
        if self._stopped or self._overdue(now) or unanswered + self._size > self._in_doubt:
            self._write()
            return False
        try:
            claims = self._ledger.claim(
                self._issue, self._size, now + self._lease, now, self._only, self._resend, self._settled
            )
            self._forget(now)
            self._open |= {claim.delivery.key: claim for claim in claims}
            self._claimed_at = now
            self._make(claims, now)
        except OutsideError as error:
            self._failure = error
            return False
        return bool(claims)

    def _overdue(self, now: datetime) -> bool:
        """Whether a claim of ours has outlived its lease: it would count as a dead sender's, and be taken up twice."""
        done = {settled.key for settled in self._settled}
        oldest = next((claim for key, claim in self._open.items() if key not in done), None)
        return oldest is not None and oldest.delivery.at is not None and now >= oldest.delivery.at + self._lease

    def _make(self, claims: Sequence[Claim], now: datetime) -> None:
        """The mails of those who may still be mailed, each in the edition that they still want."""
        if any(claim.revision != self._mailing.revision for claim in claims):
            self._mailing = self._mailing.renewed(now)
        changed: list[tuple[Claim, Edition]] = []
        made: list[Message] = []
        for claim in claims:
            now_wanted = self._mailing.edition_now(claim.edition, claim.recipient) if claim.recipient else None
            if claim.recipient is None or now_wanted is None:
                self._settled.append(skipped(claim, claim.gone or self._why_nothing(claim.edition)))
                continue
            try:
                made.append(self._mailing.message(claim.recipient, now_wanted, now))
            except HeaderError as error:
                self._note(Outcome(claim.delivery.key, OutcomeKind.REFUSED, error.problem))
                continue
            if now_wanted.id != claim.edition.id:
                changed.append((claim, now_wanted))
        self._ledger.change_editions(self._issue, changed, now)
        self._waiting.extend(made)

    def _why_nothing(self, frozen: Edition) -> str:
        return PULLED if self._mailing.revised(frozen) is None else "nothing left of their categories"

    def _note(self, outcome: Outcome) -> None:
        """Takes an answer; it is written with the next ones, or when a second has passed."""
        now = self._clock()
        self._settled.append(settle(self._open[outcome.key], outcome, self._settings, now))
        self._on_outcome(outcome)
        if outcome.kind is OutcomeKind.REFUSED:
            self._refused.append(outcome)
        if self._breaker.trips(outcome):
            self.blocked = self.blocked or outcome.reply
        if not self._failure and (len(self._settled) >= self._largest or now - self._written_at > _QUICK):
            self._write()

    def _give_back(self, keys: Iterable[DeliveryKey], next_at: datetime) -> None:
        """Those of which no byte was sent may be claimed again at that time."""
        done = {settled.key for settled in self._settled}
        for key in keys:
            if key not in done:
                self._settled.append(given_back(self._open[key], next_at))

    def _write(self) -> None:
        """Records what is settled. When that fails nothing more is claimed; what could not be written stays open."""
        try:
            self._ledger.record(self._settled, self._clock())
        except OutsideError as error:
            self._failure = self._failure or error
            return
        self._forget(self._clock())

    def _forget(self, now: datetime) -> None:
        """What is settled is written."""
        for settled in self._settled:
            self._open.pop(settled.key, None)
            self._begun.discard(settled.key)
        self._settled = []
        self._written_at = now
