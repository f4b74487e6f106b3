"""[I/O] Opens a connection to the configured mail server as sending does, sends nothing; says what it offers."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

from digest.config.machine import RelaySettings
from digest.deliver.connecting import new_loop, terms, tls_context, wind_up
from digest.deliver.lane import Lane, LaneEnd
from digest.deliver.opening import OpeningError
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome

_PATIENCE = 10.0
"""Seconds; somebody waits at the screen."""


class _NoMail:
    """The tray of a conversation about nothing (dialogue.Tray)."""

    def opened(self) -> None:
        """Good."""

    def take(self) -> Message | None:
        """There is no mail."""
        return None

    def give_back(self, message: Message) -> None:
        """Nothing was taken."""

    def report(self, outcome: Outcome) -> None:
        """Nothing was sent."""

    def closed(self, said: str, message: Message | None) -> None:
        """The end says so."""


def probe_smtp(settings: RelaySettings, now: datetime) -> tuple[str, ...]:
    """The extensions that the server offers, with their parameters (RFC 5321, section 4.1.1.1): "SIZE 10240000".

    Encrypts and logs in as sending does. Raises OutsideError with what failed.
    """
    hasty = settings.model_copy(update={"timeout": min(settings.timeout, _PATIENCE)})
    end = _conversation(hasty, now)
    if end.offer is None:
        failure = end.failure or OpeningError(end.why, "look at its log")
        raise OutsideError(settings.place, failure.problem, failure.remedy)
    return tuple(sorted(f"{keyword} {parameters}".strip() for keyword, parameters in end.offer.keywords.items()))


def _conversation(settings: RelaySettings, now: datetime) -> LaneEnd:
    context, loop = tls_context(settings), new_loop()
    try:
        ended: asyncio.Future[LaneEnd] = loop.create_future()
        lane = Lane(settings, partial(terms, settings), _NoMail(), ended.set_result, context, now)
        lane.open(loop)
        return loop.run_until_complete(ended)
    finally:
        loop.run_until_complete(wind_up())
        loop.close()
