"""Being asked to end: SIGTERM and the first SIGINT (Ctrl+C) ask, a second Ctrl+C does not ask any more."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
    """A Stop that signals ask; SIGINT raises KeyboardInterrupt when it was asked before.

    SIGTERM never does: a service manager tells every process, and each tells its own once more. Only the main thread
    can hear signals.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def heard(number: int, frame: object) -> None:
        if stop() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.ask()

    before = {number: signal.signal(number, heard) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
