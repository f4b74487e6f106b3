"""What signals ask of a command that lasts."""

from __future__ import annotations

import signal
import time

import pytest

from digest.cli import stopping
from digest.cli.stopping import stop_on_signals


def test_signals_of_one_moment_ask_once_and_what_is_under_way_is_finished():
    with stop_on_signals() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGTERM)  # a service manager's
        signal.raise_signal(signal.SIGTERM)  # the parent's
        assert stop()


def test_whoever_asks_again_later_waits_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stopping, "_TOGETHER", 0.01)
    with stop_on_signals() as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop.wait(0)
        time.sleep(0.02)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
