"""[I/O] Takes messages; hands them to a mail server, or to several, and gives what was said of each.

The event loop runs in the caller's thread, and only while the caller waits for an outcome: messages are pulled as
connections need them, so memory does not grow with the list. What is said is decided in `dialogue`, and how fast in
`throttle`: a connection that has nothing to send now leaves, and another is opened when there is. Where there are
several relays each gets connections by its weight, and one that is away is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from digest.config.machine import SmtpSettings
from digest.deliver.connecting import new_loop, terms, wind_up
from digest.deliver.lane import Lane, LaneEnd
from digest.deliver.opening import OpeningError
from digest.deliver.relay import AWAY, Relay, next_relay
from digest.deliver.supply import Supply
from digest.deliver.throttle import Throttle
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome

_MOMENT = 0.001
"""Seconds; leaving and entering the loop for each outcome would cost as much as a fifth of the sending."""
_REST = timedelta(seconds=1)
"""A throttled send opens connections so often, not for every mail whose turn it is."""
_LOOK = 0.25
"""Seconds between two looks at whether we are told to stop."""
GRACE = 10.0
"""Seconds that what is under way has when we are told to stop; then its connections are dropped."""


class SmtpTransport:
    """Sends over as many connections as the settings allow, pipelined where the server offers it."""

    def __init__(self, settings: SmtpSettings, throttle: Throttle | None = None,
                 stopping: Callable[[], bool] = lambda: False, grace: float = GRACE) -> None:  # fmt: skip
        """The password must be in the settings by now: no file is read here. Without a throttle: no limits.

        `stopping`: once it is true no message is begun any more; those under way have `grace` seconds.
        """
        self._settings = settings
        self._throttle = throttle
        self._stopping = stopping
        self._grace = grace

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        """One outcome for each message, as soon as it is known. Must not be called inside a running event loop.

        Raises OutsideError when no server can be used; messages without an outcome were not begun. An exception
        of `messages` itself is raised once everything under way is settled.
        """
        with closing(_Sending(self._settings, iter(messages), self._throttle, now)) as sending:
            sending.watch(self._stopping, self._grace)
            yield from sending.outcomes()


class _Sending:
    """One call of `send`: the relays, what is still to be sent and what is known already."""

    def __init__(self, settings: SmtpSettings, messages: Iterator[Message], throttle: Throttle | None,
                 now: datetime) -> None:  # fmt: skip
        heaviest = max(relay.weight for relay in settings.every_relay)
        self._relays = [Relay(relay, heaviest) for relay in settings.every_relay]
        self._throttle = throttle
        self._supply = Supply(messages, throttle, self._moment, self._note)
        self._known: list[Outcome] = []
        self._now = now
        self._loop = new_loop()
        self._began = self._loop.time()
        self._turn = self._loop.create_future()
        self._failure: Exception | None = None
        self._resting = False
        self._over = False

    def watch(self, stopping: Callable[[], bool], grace: float) -> None:
        """Looks again and again whether we are told to stop."""
        if not stopping():
            self._loop.call_later(_LOOK, self.watch, stopping, grace)
            return
        self._supply.end()
        self._loop.call_later(grace, self._break_off)
        if self._resting:
            self._resume()

    def outcomes(self) -> Iterator[Outcome]:
        """Runs the loop whenever nothing is known."""
        self._resume()
        while self._busy or self._known:
            self._turn = self._loop.create_future()
            if self._busy:
                self._loop.run_until_complete(self._turn)
            known, self._known = self._known, []
            yield from known
        if failure := self._failure or self._supply.failure:
            raise failure

    def close(self) -> None:
        """Drops what is still open."""
        for lane in self._lanes:
            lane.drop()
        self._loop.run_until_complete(wind_up())
        self._loop.close()

    # What a relay's tray passes on

    def opened(self, relay: Relay) -> None:
        """The relay's first connection works: open the others, if there is work for them."""
        if not relay.works:
            relay.works = True
            self._widen(self._wanted)

    def take(self, relay: Relay) -> Message | None:
        """The next message that may go through that relay now."""
        if self._throttle and (message := self._supply.next()):
            now = self._moment()
            if self._throttle.wait_for(relay.settings.place, message, now):
                return None
            self._throttle.take_to(relay.settings.place, now)
        return self._supply.take()

    def give_back(self, message: Message) -> None:
        """To be sent over another connection."""
        self._supply.give_back(message)

    def report(self, outcome: Outcome, relay: Relay) -> None:
        """What the server said of a message."""
        if self._throttle:
            self._supply.heard(outcome, relay.settings.place)
        self._note(outcome)

    def closed(self, said: str, message: Message | None, relay: Relay) -> None:
        """A server closed a connection with a reply of 421."""
        self._supply.closed(said, relay.settings.place, message)

    def _note(self, outcome: Outcome) -> None:
        """Hands an outcome to the caller, together with those of the next moment."""
        if not self._known:
            self._loop.call_later(_MOMENT, self._end_turn)
        self._known.append(outcome)

    # What a lane tells

    def _ended(self, relay: Relay, end: LaneEnd) -> None:
        """A connection is gone; another takes its place while there are messages."""
        failure = relay.ended(end, self._loop.time())
        if self._over:
            self._supply.clear()
        elif failure:
            self._pass_over(relay, failure)
        elif self._failure is None and (end.why or not self._throttle):
            self._widen(len(self._lanes) + 1)
        if not self._lanes:
            self._pause()

    def _pass_over(self, relay: Relay, failure: OpeningError) -> None:
        """Others do its work, and it is tried again later; when all are away, that is the end."""
        if relay.lanes:  # it turned one of several away: that is about their number, not about our rate
            return
        if failure.closing:
            self._supply.closed(failure.closing, relay.settings.place)
        if all(other.away(self._loop.time()) for other in self._relays):
            if not self._lanes and (self._supply.ready(1) or not any(other.works for other in self._relays)):
                self._failure = self._failure or _away(relay)
        else:
            self._loop.call_later(AWAY, self._resume_wide)
            self._widen(self._wanted)

    @property
    def _lanes(self) -> list[Lane]:
        return [lane for relay in self._relays for lane in relay.lanes]

    @property
    def _busy(self) -> bool:
        return self._resting or any(relay.lanes for relay in self._relays)

    @property
    def _wanted(self) -> int:
        return sum(relay.wanted(self._loop.time()) for relay in self._relays)

    def _resume(self) -> None:
        """Opens the connections that there is work for: one until it is known that a server takes mail."""
        self._resting = False
        self._widen(self._wanted)
        if not self._lanes:
            self._pause()

    def _resume_wide(self) -> None:
        """A relay that was away is tried again."""
        if self._lanes and not self._over:
            self._widen(self._wanted)

    def _pause(self) -> None:
        """Nothing can be sent now: rests while messages are held, and ends when there are none."""
        rest = None if self._failure else self._supply.rest()
        if rest is None and not (self._failure is None and self._supply.ready(1)):
            self._end_turn()
            return
        self._resting = True
        self._loop.call_later(max(rest or _REST, _REST).total_seconds(), self._resume)

    def _widen(self, wanted: int) -> None:
        """Opens connections up to that number, while each has a message to begin with."""
        for _ in range(min(wanted, self._supply.ready(wanted)) - len(self._lanes)):
            if relay := next_relay(self._relays, self._loop.time()):
                self._open_lane(relay)

    def _open_lane(self, relay: Relay) -> None:
        settings = relay.settings
        tray, ended = _Tray(self, relay), partial(self._ended, relay)
        lane = Lane(settings, partial(terms, settings), tray, ended, relay.context, self._now)
        relay.lanes.add(lane)
        lane.open(self._loop)

    def _break_off(self) -> None:
        """The time to finish is over."""
        self._over = True
        for lane in self._lanes:
            lane.break_off("the sender is stopping")
        self._supply.clear()

    def _end_turn(self) -> None:
        if not self._turn.done():
            self._turn.set_result(None)

    def _moment(self) -> datetime:
        """The time now, as the loop that we run in counts it."""
        return self._now + timedelta(seconds=self._loop.time() - self._began)


@dataclass(frozen=True, slots=True)
class _Tray:
    """What the conversations with one relay ask for (dialogue.Tray)."""

    sending: _Sending
    relay: Relay

    def opened(self) -> None:
        """It takes mail."""
        self.sending.opened(self.relay)

    def take(self) -> Message | None:
        """The next message."""
        return self.sending.take(self.relay)

    def give_back(self, message: Message) -> None:
        """For another connection."""
        self.sending.give_back(message)

    def report(self, outcome: Outcome) -> None:
        """What the server said."""
        self.sending.report(outcome, self.relay)

    def closed(self, said: str, message: Message | None) -> None:
        """How the server ended it."""
        self.sending.closed(said, message, self.relay)


def _away(relay: Relay) -> OutsideError:
    problem, remedy = (relay.failure.problem, relay.failure.remedy) if relay.failure else ("is away", "look at its log")
    return OutsideError(relay.settings.place, problem, remedy)
