"""Errands of pages whose mail cannot go now: none is lost to a limit of our own, nor to a setting that is mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import pytest

from build import NOW, at
from digest.errors import ConfigError
from digest.model.delivery import Message, Outcome, OutcomeKind
from digest.model.errands import ErrandKind
from digest.pipeline.errands import run_errands
from digest.pipeline.press import Press
from digest.ports.outside import Transport
from digest.store.store import SqlStore
from fakes import FakeTransport
from send_ground import press_on

WISH = {"newsletter": "weekly", "email": "ada@example.com", "categories": "privacy", "name": "Ada", "country": "GB"}


class Throttled(FakeTransport):
    """A sender whose limit is used up for some time, or that sends to nobody outside of a list."""

    retry_at: datetime | None = None

    def send(self, messages: Iterable[Message], now: datetime) -> Iterator[Outcome]:
        for message in messages:
            yield Outcome(message.key, OutcomeKind.WITHHELD, "throttled: its turn comes later", self.retry_at)


@pytest.fixture
def asked(sqlite_store: SqlStore) -> Press:
    """Somebody has signed up, and waits for the mail that confirms it."""
    press = press_on(sqlite_store)
    press.store.errands.add(ErrandKind.SIGN_UP, WISH, NOW)
    return press


def test_a_confirmation_that_is_throttled_waits_for_its_turn(asked: Press):
    """A warm-up of 500 mails a day lets one go every three minutes: whoever signs up meanwhile still gets theirs."""
    limit = Throttled()
    limit.retry_at = NOW + timedelta(hours=1)
    assert run_errands(asked, lambda: limit, NOW) == 0
    server = FakeTransport()
    assert run_errands(asked, lambda: server, at(1)) == 1
    assert [message.recipient for message in server.taken] == ["ada@example.com"]


def test_one_that_is_kept_back_for_good_is_done(asked: Press):
    """Outside of `[deliver] only_to` nobody is mailed, now or later."""
    assert run_errands(asked, Throttled, NOW) == 1
    assert run_errands(asked, FakeTransport, at(1)) == 0


def test_a_setting_that_is_wrong_for_a_while_loses_nothing(asked: Press):
    def broken() -> Transport:
        raise ConfigError("dkim.keys", "key_file cannot be read", "check its owner")

    assert run_errands(asked, broken, NOW) == 0
    server = FakeTransport()
    assert run_errands(asked, lambda: server, at(1)) == 1
    assert len(server.taken) == 1


def test_what_nobody_foresaw_keeps_no_other_from_theirs_and_is_given_up_after_a_day(asked: Press, caplog):
    asked.store.errands.add(ErrandKind.LINK, {}, NOW)
    server = FakeTransport()
    assert run_errands(asked, lambda: server, NOW) == 1
    assert [message.recipient for message in server.taken] == ["ada@example.com"]
    assert "KeyError" in caplog.text
    assert run_errands(asked, lambda: server, at(1)) == 0
    assert run_errands(asked, lambda: server, at(25)) == 1
    assert "given up" in caplog.text
