"""What signals ask of a command that lasts."""

from __future__ import annotations

import signal

import pytest

from digest.cli.stopping import stop_on_signals


def test_however_often_a_service_manager_asks_what_is_under_way_is_finished():
    with stop_on_signals() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGTERM)  # the manager's, to every process
        signal.raise_signal(signal.SIGTERM)  # the parent's, when it has finished its own work
        assert stop()


def test_whoever_presses_ctrl_c_again_waits_no_more():
    with stop_on_signals() as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_what_heard_signals_before_hears_them_again():
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
