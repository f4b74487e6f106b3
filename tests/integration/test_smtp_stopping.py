"""A sender that is told to stop: what is under way is finished, the rest is given back, and there is a deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from build import NOW
from digest.config.machine import Security, SmtpSettings
from digest.config.throttle import ThrottleSettings
from digest.deliver.smtp import SmtpTransport
from digest.deliver.throttle import Throttle
from digest.model.delivery import DeliveryState, Message, OutcomeKind
from digest.store.store import SqlStore
from mail_servers import mail, mail_server, usual
from send_ground import ground


class Stop:
    """Told to stop by a test."""

    def __init__(self) -> None:
        self.told = False

    def __call__(self) -> bool:
        return self.told


def smtp(port: int, stop: Stop, throttle: Throttle | None = None, grace: float = 5) -> SmtpTransport:
    settings = SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE, timeout=20, connections=2)
    return SmtpTransport(settings, throttle, stop, grace)


def kinds(transport: SmtpTransport, messages: Iterator[Message]) -> Counter[OutcomeKind]:
    return Counter(outcome.kind for outcome in transport.send(messages, NOW))


def test_a_list_without_an_end_ends_when_told_and_each_mail_begun_has_its_outcome() -> None:
    stop, pulled = Stop(), 0

    def endless() -> Iterator[Message]:
        nonlocal pulled
        while True:
            pulled += 1
            stop.told = pulled >= 200
            yield mail(pulled)

    with mail_server() as server:
        met = kinds(smtp(server.port, stop), endless())
    assert met[OutcomeKind.ACCEPTED] == server.accepted.total() >= 199
    assert met.total() == pulled and set(met) <= {OutcomeKind.ACCEPTED, OutcomeKind.WITHHELD}


def test_a_server_that_says_nothing_costs_the_grace_and_what_had_its_dot_is_uncertain() -> None:
    stop = Stop()

    def mute(said: str) -> str | None:
        if not said.startswith("BODY"):
            return usual(said)
        stop.told = True
        return ""

    with mail_server(mute) as server:
        outcomes = list(smtp(server.port, stop, grace=0.3).send([mail(n) for n in range(4)], NOW))
    met = Counter(outcome.kind for outcome in outcomes)
    assert len({outcome.key for outcome in outcomes}) == met.total() == 4
    assert 1 <= met[OutcomeKind.UNCERTAIN] <= 2, "one on each connection, at most"
    assert not met[OutcomeKind.ACCEPTED] and not met[OutcomeKind.REFUSED]


def test_mails_that_wait_for_their_turn_are_given_back_at_once() -> None:
    stop = Stop()
    limits = {"providers": [{"name": "slow", "domains": ["example.com"], "per_minute": 30}]}
    throttle = Throttle(ThrottleSettings.model_validate(limits))

    def three() -> Iterator[Message]:
        yield from (mail(number) for number in range(5))
        stop.told = True

    with mail_server() as server:
        met = kinds(smtp(server.port, stop, throttle), three())
    assert met == {OutcomeKind.ACCEPTED: server.accepted.total(), OutcomeKind.WITHHELD: 5 - server.accepted.total()}
    assert server.accepted.total() <= 2


def test_whoever_was_not_begun_waits_as_before_and_is_mailed_by_the_next_send(store: SqlStore) -> None:
    stop = Stop()

    def tired(said: str) -> str | None:
        stop.told = server.accepted.total() >= 20
        return usual(said)

    with mail_server(tired) as server:
        press_ground = ground(store, 100)
        first = press_ground.send(smtp(server.port, stop), stopping=stop)
        counts = press_ground.counts()
        assert not first.finished
        assert counts[DeliveryState.SENT] == server.accepted.total() < 100
        assert counts == {DeliveryState.SENT: counts[DeliveryState.SENT], DeliveryState.PENDING: 100 - counts["sent"]}
        server.answer = usual
        assert press_ground.send(smtp(server.port, Stop())).finished
    assert server.accepted.total() == 100 and set(server.accepted.values()) == {1}
