"""Being asked to end: the first SIGINT or SIGTERM asks, a later one does not ask any more."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_TOGETHER = 1.0
"""Seconds: whoever stops a service may tell all of its processes, and each of them its own; that is one request."""


class Stop:
    """False until somebody asks; work that lasts looks at it again and again."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __call__(self) -> bool:
        """Whether it is time to end."""
        return self._asked.is_set()

    def ask(self) -> None:
        """It is time to end."""
        self._asked.set()

    def wait(self, seconds: float) -> bool:
        """Rests so long, or until it is time to end; says which."""
        return self._asked.wait(seconds)


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """A Stop that signals ask; another one a second later raises KeyboardInterrupt. Only the main thread hears them."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    first: float | None = None

    def heard(number: int, frame: object) -> None:
        nonlocal first
        now = monotonic()
        first = first or now
        if now - first > _TOGETHER:
            raise KeyboardInterrupt
        stop.ask()

    before = {number: signal.signal(number, heard) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
