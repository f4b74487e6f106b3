"""Senders are killed at random moments and started again: nobody is lost, and nobody mailed twice unlisted.

The mail server counts what it accepted by Message-ID. One send is killed 30 times; with DIGEST_SOAK set, seven are.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from counting_sink import Sink
from digest.model.delivery import DeliveryState
from digest.model.ids import SubscriberId
from digest.model.issue import IssueState
from digest.pipeline.reporting import DeliveryLine, delivery_lines
from digest.pipeline.sending import IN_DOUBT
from digest.store.store import SqlStore
from send_ground import Ground, ground
from senders import GOOD, Errand, Senders, senders

READERS = 1000
KILLS = 30
SENDS = 7 if os.environ.get("DIGEST_SOAK") else 1
_UNRESOLVED = (DeliveryState.CLAIMED, DeliveryState.UNCERTAIN)


@pytest.fixture(scope="module")
def ready() -> Iterator[Senders]:
    with senders() as started:
        yield started


@dataclass
class Play:
    """A send that is killed again and again."""

    ground: Ground
    sink: Sink
    senders: Senders
    url: str
    chance: random.Random
    runs: int = 0

    def start(self) -> int:
        self.runs += 1
        policy = str(self.ground.press.newsletter("weekly").uncertain)
        errand = Errand(self.url, self.sink.port, self.ground.issue.id, hours=self.runs, uncertain=policy)
        return self.senders.start(errand)

    def kill(self, most: int) -> bool:
        """Starts a sender and kills it: as it begins, or after up to `most` mails. False when it was faster."""
        sender = self.start()
        if self.chance.random() < 0.2:
            time.sleep(self.chance.uniform(0, 0.1))
        else:
            self.sink.wait_for(self.chance.randint(1, most), seconds=20)
            time.sleep(self.chance.uniform(0, 0.004))
        with suppress(ProcessLookupError):
            os.kill(sender, signal.SIGKILL)
        return self.senders.wait() == -signal.SIGKILL

    def finish(self) -> None:
        """Sends the rest undisturbed."""
        if self.state() is not IssueState.SENT:
            self.start()
            assert self.senders.wait() == GOOD
        assert self.state() is IssueState.SENT

    def state(self) -> IssueState:
        return self.ground.press.issue(self.ground.issue.id).state

    def unresolved(self) -> int:
        counts = self.ground.counts()
        return sum(counts.get(state, 0) for state in _UNRESOLVED)

    def lines(self, state: DeliveryState | None = None) -> dict[SubscriberId, DeliveryLine]:
        now = self.ground.clock()
        return {line.subscriber: line for line in delivery_lines(self.ground.press, self.ground.issue, state, now)}

    def mails(self) -> dict[SubscriberId, int]:
        """How often the server accepted each reader's mail."""
        of = {line.message_id: subscriber for subscriber, line in self.lines().items()}
        assert self.sink.accepted.keys() <= of.keys()
        return {subscriber: self.sink.accepted[identifier] for identifier, subscriber in of.items()}


def play(store: SqlStore, url: str, sink: Sink, ready: Senders, seed: int, **newsletter: str) -> Play:
    return Play(ground(store, READERS, **newsletter), sink, ready, url, random.Random(seed))


@pytest.mark.parametrize("seed", range(SENDS))
def test_after_any_kill_nobody_is_lost_and_second_copies_go_only_to_those_listed(
    store: SqlStore, database_url: str, sink: Sink, ready: Senders, seed: int
):
    kills = KILLS if "sqlite" in database_url else KILLS // 3
    sent = play(store, database_url, sink, ready, seed)
    killed = 0
    while killed < kills and sent.state() is not IssueState.SENT:
        killed += sent.kill(most=READERS // kills)
        assert sent.unresolved() <= IN_DOUBT
    assert killed >= kills // 2, "too fast to be killed"
    sent.finish()
    mails, listed = sent.mails(), sent.lines(DeliveryState.UNCERTAIN)
    assert len(mails) == READERS
    assert [reader for reader, number in mails.items() if number == 0] == []
    assert [reader for reader, number in mails.items() if number > 1 and reader not in listed] == []
    assert sent.ground.counts() == {DeliveryState.SENT: READERS}


def test_two_senders_at_once_mail_everybody_once(store: SqlStore, database_url: str, sink: Sink, ready: Senders):
    sent = play(store, database_url, sink, ready, seed=0)
    errand = Errand(database_url, sink.port, sent.ground.issue.id)
    with senders() as others:
        ready.start(errand)
        others.start(errand)
        assert (ready.wait(), others.wait()) == (GOOD, GOOD)
    assert set(sent.mails().values()) == {1}
    assert sent.ground.counts() == {DeliveryState.SENT: READERS}
    assert sent.lines(DeliveryState.UNCERTAIN) == {}


def test_under_hold_nobody_is_mailed_twice_and_whoever_may_not_have_got_it_is_listed(
    sqlite_store: SqlStore, tmp_path: Path, sink: Sink, ready: Senders
):
    sent = play(sqlite_store, f"sqlite:///{tmp_path / 'only.sqlite3'}", sink, ready, seed=8, uncertain="hold")
    for _ in range(8):
        before = sent.unresolved()
        sent.kill(most=100)
        assert sent.unresolved() - before <= IN_DOUBT
    sent.finish()
    mails, listed = sent.mails(), sent.lines(DeliveryState.UNCERTAIN)
    assert max(mails.values()) == 1
    assert {reader for reader, number in mails.items() if number == 0} <= listed.keys()
    assert {line.state for line in listed.values()} == {DeliveryState.UNCERTAIN}
    assert 0 < len(listed) < READERS
