"""One of the mail servers that mail may go through: its connections, and whether it is away. Opens none itself."""

from __future__ import annotations

from collections.abc import Sequence

from digest.config.machine import RelaySettings
from digest.deliver.connecting import tls_context
from digest.deliver.lane import Lane, LaneEnd
from digest.deliver.opening import OpeningError

AWAY = 60.0
"""Seconds for which a relay that could not be used is passed over."""
_FRUITLESS = 5
"""So many connections in a row that took no mail mean that the server does not want any."""


class Relay:
    """What is known of a mail server during one send."""

    def __init__(self, settings: RelaySettings, heaviest: float) -> None:
        """`heaviest`: the largest weight of all. Raises OutsideError where a password would go in the clear."""
        self.settings = settings
        self.context = tls_context(settings)
        self.lanes: set[Lane] = set()
        self.works = False
        """It has taken mail, or is about to."""
        self.failure: OpeningError | None = None
        """Why it was last found to be away."""
        self._most = max(1, round(settings.connections * settings.weight / heaviest))
        self._fruitless = 0
        self._away_until = 0.0

    def away(self, now: float) -> bool:
        """Whether it is passed over; `now` in seconds, as the loop counts them."""
        return now < self._away_until

    def wanted(self, now: float) -> int:
        """Connections it should have: one until it is known to take mail."""
        return 0 if self.away(now) else self._most if self.works else 1

    @property
    def load(self) -> float:
        """Connections for its weight, if it got another."""
        return (len(self.lanes) + 1) / self.settings.weight

    def ended(self, end: LaneEnd, now: float) -> OpeningError | None:
        """A connection is gone; gives why the relay cannot be used, if that is so. It is away when it has no other."""
        self.lanes.discard(end.lane)
        self._fruitless = 0 if end.served else self._fruitless + bool(end.why)
        failure = end.failure
        if not failure and self._fruitless >= _FRUITLESS:
            failure = OpeningError(f"took no mail over {_FRUITLESS} connections: {end.why}", "look at its log")
        if failure and not self.lanes:
            self.failure, self._away_until, self._fruitless = failure, now + AWAY, 0
        return failure


def next_relay(relays: Sequence[Relay], now: float) -> Relay | None:
    """The one that should get the next connection; None: all have theirs, or are away."""
    short = [relay for relay in relays if len(relay.lanes) < relay.wanted(now)]
    return min(short, key=lambda relay: relay.load, default=None)
