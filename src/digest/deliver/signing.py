"""Takes a transport and a signer; is a transport that signs each message on its way. Joins and copies no body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from digest.deliver.dkim import Signer
from digest.model.delivery import Message, Outcome
from digest.ports.outside import Transport


class SigningTransport:
    """Signs when the inner transport asks for the next message, so that memory does not grow with the list."""

    def __init__(self, inner: Transport, signer: Signer) -> None:
        self._inner = inner
        self._signer = signer

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        """One outcome for each message, as the inner transport gives it."""
        return self._inner.send((self._signer.sign(message, now) for message in messages), now)
