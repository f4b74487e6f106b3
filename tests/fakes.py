"""Doubles of ports, held to the same contract suites as the real adapters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.deliver.outcome import Phase, Reply, outcome
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome


@dataclass
class FakeTransport:
    """Takes messages into a list, and answers what it was told to, by recipient."""

    replies: Mapping[str, tuple[Phase, Reply]] = field(default_factory=dict)
    down: bool = False
    """The server cannot be used at all."""
    taken: list[Message] = field(default_factory=list)

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        """One outcome for each message, in order."""
        for message in messages:
            if self.down:
                raise OutsideError("fake:25", "cannot connect", "start it")
            phase, reply = self.replies.get(message.recipient, (Phase.BODY, Reply(250, ("2.0.0 Ok",))))
            met = outcome(message.key, phase, reply, now)
            if reply.code == 250:
                self.taken.append(message)
            yield met
