"""`digest send` is asked to stop, by one who asks again: what the mail server is taking at that moment is finished."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_delivery_commands import CONFIG

from commands import forker
from counting_sink import Sink
from digest.app import build
from digest.config.load import load
from digest.model.delivery import DeliveryState
from send_ground import approved, with_readers

READERS = 12


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_mail_under_way_is_finished_and_the_others_wait(folder: Path, sink: Sink, how: signal.Signals):
    (folder / "config.toml").write_text(CONFIG.format(port=sink.port), encoding="utf-8")
    app = build(load(folder / "config.toml"), lambda: datetime.now(UTC))
    with_readers(app.press.store, READERS)
    issue = approved(app.press)
    sink.seconds = 1
    log = folder / "log"
    process = forker().start(("send", issue.id), folder, log, log)
    assert sink.wait_for(2, 30), log.read_text()
    os.kill(process, how)
    time.sleep(0.2)
    os.kill(process, signal.SIGTERM)
    assert forker().wait(process, 30) == 0, log.read_text()
    counts = app.press.store.ledger.counts(issue.id)
    assert counts == {DeliveryState.SENT: sink.total, DeliveryState.PENDING: READERS - sink.total}
    assert 2 <= sink.total < READERS
    app.press.store.close()
