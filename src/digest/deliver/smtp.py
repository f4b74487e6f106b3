"""[I/O] Takes messages; hands them to a mail server over a few connections and gives what it said of each.

The event loop runs in the caller's thread, and only while the caller waits for an outcome: messages are pulled as
connections need them, so memory does not grow with the list. What is said is decided in `dialogue`, and how fast in
`throttle`: a connection that has nothing to send now leaves, and another is opened when there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial

from digest.config.machine import SmtpSettings
from digest.deliver.connecting import new_loop, terms, tls_context, wind_up
from digest.deliver.lane import Lane, LaneEnd
from digest.deliver.opening import OpeningError
from digest.deliver.supply import Supply
from digest.deliver.throttle import Throttle
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome

_MOMENT = 0.001
"""Seconds; leaving and entering the loop for each outcome would cost as much as a fifth of the sending."""
_FRUITLESS = 5
"""So many connections in a row that took no mail mean that the server does not want any."""
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

        Raises OutsideError when the server cannot be used; messages without an outcome were not begun. An exception
        of `messages` itself is raised once everything under way is settled.
        """
        with closing(_Sending(self._settings, iter(messages), self._throttle, now)) as sending:
            sending.watch(self._stopping, self._grace)
            yield from sending.outcomes()


class _Sending:
    """One call of `send`: the lanes, what is still to be sent and what is known already."""

    def __init__(self, settings: SmtpSettings, messages: Iterator[Message], throttle: Throttle | None,
                 now: datetime) -> None:  # fmt: skip
        self._settings = settings
        self._throttle = throttle
        self._supply = Supply(messages, throttle, self._moment, self._note)
        self._known: list[Outcome] = []
        self._now = now
        self._context = tls_context(settings)
        self._loop = new_loop()
        self._began = self._loop.time()
        self._turn = self._loop.create_future()
        self._lanes: set[Lane] = set()
        self._failure: Exception | None = None
        self._fruitless = 0
        self._widened = False
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

    def _break_off(self) -> None:
        """The time to finish is over."""
        self._over = True
        for lane in tuple(self._lanes):
            lane.break_off("the sender is stopping")
        self._supply.clear()

    def outcomes(self) -> Iterator[Outcome]:
        """Runs the loop whenever nothing is known."""
        self._resume()
        while self._lanes or self._resting or self._known:
            self._turn = self._loop.create_future()
            if self._lanes or self._resting:
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

    # What a dialogue asks for (dialogue.Tray)

    def opened(self) -> None:
        """The first connection works: open the others, if there is work for them."""
        if not self._widened:
            self._widened = True
            self._widen(self._settings.connections)

    def take(self) -> Message | None:
        """The next message."""
        return self._supply.take()

    def give_back(self, message: Message) -> None:
        """To be sent over another connection."""
        self._supply.give_back(message)

    def report(self, outcome: Outcome) -> None:
        """What the server said of a message."""
        if self._throttle:
            self._supply.heard(outcome)
        self._note(outcome)

    def _note(self, outcome: Outcome) -> None:
        """Hands an outcome to the caller, together with those of the next moment."""
        if not self._known:
            self._loop.call_later(_MOMENT, self._end_turn)
        self._known.append(outcome)

    # What a lane tells

    def ended(self, end: LaneEnd) -> None:
        """A connection is gone; another takes its place while there are messages."""
        self._lanes.discard(end.lane)
        self._fruitless = 0 if end.served else self._fruitless + bool(end.why)
        if self._over:
            self._supply.clear()
        elif end.failure:
            self._failure_of(end.failure)
        elif self._fruitless >= _FRUITLESS:
            self._failure_of(OpeningError(f"took no mail over {_FRUITLESS} connections: {end.why}", "look at its log"))
        elif self._failure is None and (end.why or not self._throttle):
            self._widen(len(self._lanes) + 1)
        if not self._lanes:
            self._pause()

    def _resume(self) -> None:
        """Opens the connections that there is work for: one until it is known that the server takes mail."""
        self._resting = False
        self._widen(self._settings.connections if self._widened else 1)
        if not self._lanes:
            self._pause()

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
            self._open_lane()

    def _end_turn(self) -> None:
        if not self._turn.done():
            self._turn.set_result(None)

    def _failure_of(self, error: OpeningError) -> None:
        """Matters only when no other connection is left to send with."""
        if not self._lanes and (self._supply.ready(1) or not self._widened):
            place = f"{self._settings.host}:{self._settings.port}"
            self._failure = self._failure or OutsideError(place, error.problem, error.remedy)

    def _open_lane(self) -> None:
        lane = Lane(self._settings, partial(terms, self._settings), self, self.ended, self._context, self._now)
        self._lanes.add(lane)
        lane.open(self._loop)

    def _moment(self) -> datetime:
        """The time now, as the loop that we run in counts it."""
        return self._now + timedelta(seconds=self._loop.time() - self._began)
