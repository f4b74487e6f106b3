"""Takes an iterator of messages; gives them as they may be sent: at once, when their turn comes, or sent away.

A message whose turn is near is held, so that others can pass it; one whose turn is far is given back to the ledger as
withheld, so that few are ever taken up and not sent. Knows nothing of connections.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from digest.deliver.throttle import Throttle
from digest.model.delivery import DeliveryKey, Message, Outcome, OutcomeKind

_PATIENCE = timedelta(seconds=30)
"""Longer nobody is held: a claim ends some time."""
_HELD = 64
"""Messages held at once."""
_HELD_OF_PROVIDER = 16
"""The same to one provider, so that those to others can pass."""


class Supply:
    """What is still to be sent."""

    def __init__(self, messages: Iterator[Message], throttle: Throttle | None, clock: Callable[[], datetime],
                 withhold: Callable[[Outcome], None]) -> None:  # fmt: skip
        """`withhold` is told of every message that is not to be sent now."""
        self._messages: Iterator[Message] | None = messages
        self._throttle = throttle
        self._clock = clock
        self._withhold = withhold
        self._ready: deque[Message] = deque()
        self._held: deque[Message] = deque()
        self._under_way: dict[DeliveryKey, Message] = {}
        self.failure: Exception | None = None
        """What `messages` raised: to be raised when everything under way is settled."""

    def ready(self, wanted: int) -> int:
        """How many can be sent now, after pulling until there are `wanted`."""
        if self._held:
            self._release()
        while self._messages and len(self._ready) < wanted and len(self._held) < _HELD:
            try:
                self._place(next(self._messages))
            except StopIteration:
                self._messages = None
            except Exception as error:  # raised by the one who sends, later
                self._messages, self.failure = None, error
        return len(self._ready)

    def next(self) -> Message | None:
        """The next message that can be sent now; it stays."""
        return self._ready[0] if self.ready(1) else None

    def take(self) -> Message | None:
        """The same, and it is gone."""
        if not self.ready(1):
            return None
        message = self._ready.popleft()
        if self._throttle:
            self._under_way[message.key] = message
        return message

    def give_back(self, message: Message) -> None:
        """It was not begun; its turn has come already."""
        self._ready.appendleft(message)

    def heard(self, outcome: Outcome, relay: str = "") -> None:
        """What became of a message that was taken, and which mail server said so."""
        if self._throttle and (message := self._under_way.pop(outcome.key, None)):
            self._throttle.heard(message, outcome.reply, self._clock(), relay)

    def closed(self, said: str, relay: str, message: Message | None = None) -> None:
        """That mail server closed a connection with this reply (421), while `message` was under way, or the next one
        waited for it.
        """
        if self._throttle:
            about = message or (self._ready[0] if self._ready else None)
            self._throttle.closed(about, said, self._clock(), relay)

    def end(self) -> None:
        """Pulls no more messages, and sends those away that wait for their turn; those that are ready may still go."""
        self._messages = None
        self._send_away(self._held)

    def clear(self) -> None:
        """Sends everything away that is not under way."""
        self.end()
        self._send_away(self._ready)

    def rest(self) -> timedelta | None:
        """How long until a held message may go; None: none is worth waiting for."""
        if not self._throttle or not self._held or self.failure:
            return None
        now = self._clock()
        return min(self._throttle.wait(message, now) for message in self._held)

    def _place(self, message: Message) -> None:
        if not self._throttle:
            self._ready.append(message)
            return
        now = self._clock()
        wait = self._throttle.admit(message, now)
        if not wait:
            self._ready.append(message)
        elif wait <= _PATIENCE and self._fellows(message) < _HELD_OF_PROVIDER:
            self._held.append(message)
        else:
            why = "throttled: its turn comes later"
            again = now + self._throttle.promise(message, now)
            self._withhold(Outcome(message.key, OutcomeKind.WITHHELD, why, again))

    def _send_away(self, waiting: deque[Message]) -> None:
        while waiting:
            message = waiting.popleft()
            self._under_way.pop(message.key, None)
            self._withhold(Outcome(message.key, OutcomeKind.WITHHELD, "the sender is stopping", self._clock()))

    def _release(self) -> None:
        """Lets those go whose turn has come, in the order in which they came."""
        assert self._throttle
        now = self._clock()
        for _ in range(len(self._held)):
            message = self._held.popleft()
            (self._held if self._throttle.admit(message, now) else self._ready).append(message)

    def _fellows(self, message: Message) -> int:
        assert self._throttle
        provider = self._throttle.provider(message)
        return sum(self._throttle.provider(held) == provider for held in self._held)
