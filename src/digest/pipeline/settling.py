"""Decides what a claimed delivery becomes, from what the mail server said of it; pure.

Does not know how many were sent, nor where anything is written.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime, timedelta

from digest.config.machine import DeliverSettings
from digest.deliver.outcome import retry_wait
from digest.model.delivery import DeliveryState, Outcome, OutcomeKind, Settlement
from digest.ports.ledger import Claim

MOST_DOUBTS = 3
"""A mail that stays uncertain after so many attempts is not sent again: the reader may have as many copies."""
_WINDOW = 100
"""Outcomes of which most must be refused for who the sender is, to stop an issue that gets some mails through."""
_NEARLY_ALL = 0.9
"""No list has so many dead addresses."""
_STATES = {
    OutcomeKind.ACCEPTED: DeliveryState.SENT,
    OutcomeKind.DEFERRED: DeliveryState.DEFERRED,
    OutcomeKind.REFUSED: DeliveryState.FAILED,
    OutcomeKind.UNCERTAIN: DeliveryState.UNCERTAIN,
    OutcomeKind.BLOCKED: DeliveryState.DEFERRED,  # the sender's trouble: the reader must not be lost
}


def settle(claim: Claim, outcome: Outcome, settings: DeliverSettings, now: datetime) -> Settlement:
    """What the delivery becomes: `now` counts as the time of the attempt; one that was withheld is none."""
    if outcome.kind is OutcomeKind.WITHHELD:
        return given_back(claim, outcome.retry_at) if outcome.retry_at else skipped(claim, outcome.reply)
    state, next_at, reason = _STATES[outcome.kind], _again_at(claim, outcome, settings, now), ""
    limit = (claim.delivery.tried_at or now) + timedelta(hours=settings.give_up_hours)
    if state is DeliveryState.DEFERRED and next_at and next_at >= limit:
        state, next_at, reason = DeliveryState.FAILED, None, f"given up after {settings.give_up_hours:g} hours"
    return Settlement(claim.delivery.key, claim.lease, state, next_at, outcome.reply, reason, tried=True)


def _again_at(claim: Claim, outcome: Outcome, settings: DeliverSettings, now: datetime) -> datetime | None:
    """When to try again, if at all; an uncertain mail waits as long as one whose sender has died."""
    attempts = claim.delivery.attempts + 1
    usual = now + retry_wait(attempts)
    match _STATES[outcome.kind]:
        case DeliveryState.DEFERRED:
            return max(outcome.retry_at or usual, usual)
        case DeliveryState.UNCERTAIN if attempts < MOST_DOUBTS:
            return max(now + timedelta(seconds=settings.lease_seconds), usual)
        case _:
            return None


def skipped(claim: Claim, reason: str) -> Settlement:
    """The reader is not to be mailed, for that reason."""
    held = claim.delivery
    return Settlement(held.key, claim.lease, DeliveryState.SKIPPED, None, held.reply, reason)


def given_back(claim: Claim, next_at: datetime) -> Settlement:
    """The mail was not begun: everything is as it was before the claim."""
    held = claim.delivery
    return Settlement(held.key, claim.lease, claim.before, next_at, held.reply)


class Breaker:
    """Tells from the outcomes, one after the other, when the trouble is ours: the mail server takes nothing because of
    who we are, or knows nobody on the list, as one that is set up wrongly does.
    """

    def __init__(self, in_a_row: int) -> None:
        self.said = ""
        """What the server said of the last mail that was not taken."""
        self._in_a_row = in_a_row
        self._last: deque[OutcomeKind] = deque(maxlen=max(_WINDOW, in_a_row))
        self._met: Counter[OutcomeKind] = Counter()

    def trips(self, outcome: Outcome) -> bool:
        """Whether this one is one too many: so many blocked in a row, or most of the last hundred, or nearly all of
        them refused.
        """
        if outcome.kind is OutcomeKind.WITHHELD:
            return False
        self._met[outcome.kind] += 1
        self._last.append(outcome.kind)
        if outcome.kind not in {OutcomeKind.BLOCKED, OutcomeKind.REFUSED}:
            return False
        self.said = outcome.reply
        share = self._last.count(outcome.kind) / len(self._last)
        if outcome.kind is OutcomeKind.REFUSED:
            return len(self._last) >= _WINDOW and share >= _NEARLY_ALL
        row = list(self._last)[-self._in_a_row :]
        in_a_row = len(row) == self._in_a_row and set(row) == {OutcomeKind.BLOCKED}
        return in_a_row or (len(self._last) >= _WINDOW and share > 0.5)

    def has_met_mostly_trouble(self, sent: int) -> bool:
        """The same at the end, for a list too short for that. `sent`: mails that were ever taken of it."""
        blocked, refused = self._met[OutcomeKind.BLOCKED], self._met[OutcomeKind.REFUSED]
        return blocked > sent or (refused >= self._in_a_row and refused >= _NEARLY_ALL * self._met.total())
