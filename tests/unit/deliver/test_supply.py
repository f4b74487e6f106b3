"""What is to be sent now, what waits, and what is sent away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from build import NOW
from digest.config.throttle import ThrottleSettings
from digest.deliver.supply import Supply
from digest.deliver.throttle import Throttle
from digest.model.delivery import Message, Outcome, OutcomeKind
from mail_servers import mail

SLOW = {"name": "slow", "domains": ["slow.example"], "per_minute": 60}


class Bench:
    """A supply of these messages, and a clock that a test turns."""

    def __init__(self, messages: Iterator[Message], **limits: object) -> None:
        self.now = NOW
        self.withheld: list[Outcome] = []
        throttle = Throttle(ThrottleSettings.model_validate(limits)) if limits else None
        self.supply = Supply(messages, throttle, lambda: self.now, self.withheld.append)

    def drain(self) -> list[int]:
        """Who can be sent to now."""
        taken = []
        while message := self.supply.take():
            taken.append(message.key.subscriber)
        return taken


def to(domain: str, numbers: range) -> Iterator[Message]:
    return (mail(number, recipient=f"r{number}@{domain}") for number in numbers)


def both(slow: int, others: int) -> Iterator[Message]:
    yield from to("slow.example", range(slow))
    yield from to("quick.example", range(1000, 1000 + others))


def test_without_a_throttle_everything_can_be_sent() -> None:
    bench = Bench(both(10, 10))
    assert len(bench.drain()) == 20 and bench.supply.rest() is None


def test_others_pass_those_who_wait() -> None:
    bench = Bench(both(5, 300), providers=[SLOW])
    assert bench.drain() == [0, 1, *range(1000, 1300)]
    assert bench.supply.rest() == timedelta(seconds=1)
    bench.now += timedelta(seconds=1)
    assert bench.drain() == [2]
    assert not bench.withheld


def test_few_are_held_and_the_others_sent_away_until_their_turn() -> None:
    bench = Bench(both(200, 10), providers=[SLOW])
    assert bench.drain() == [0, 1, *range(1000, 1010)]
    assert len(bench.withheld) == 200 - 2 - 16
    assert {outcome.kind for outcome in bench.withheld} == {OutcomeKind.WITHHELD}
    times = [outcome.retry_at for outcome in bench.withheld]
    assert times == sorted(set(times)) and times[0] > NOW


def test_a_turn_that_is_far_is_not_waited_for() -> None:
    bench = Bench(both(5, 0), providers=[SLOW | {"per_minute": 1}])
    assert bench.drain() == [0] and bench.supply.rest() is None
    assert [outcome.key.subscriber for outcome in bench.withheld] == [1, 2, 3, 4]


def test_a_limit_of_everything_pulls_no_more_than_it_holds() -> None:
    pulled = []

    def endless() -> Iterator[Message]:
        for number in range(10_000):
            pulled.append(number)
            yield mail(number, recipient=f"r@d{number}.example")

    bench = Bench(endless(), per_minute=600)
    assert len(bench.drain()) == 20
    assert len(pulled) == 20 + 64


def test_what_was_given_back_is_not_counted_twice() -> None:
    bench = Bench(both(3, 0), providers=[SLOW])
    first = bench.supply.take()
    assert first
    bench.supply.give_back(first)
    assert bench.drain() == [0, 1]


def test_a_complaint_slows_its_provider_down() -> None:
    bench = Bench(both(3, 0), providers=[SLOW])
    (first, _) = bench.drain()
    bench.supply.heard(Outcome(mail(first).key, OutcomeKind.DEFERRED, "450 4.7.1 slow down"))
    assert bench.supply.rest() == timedelta(seconds=2)
