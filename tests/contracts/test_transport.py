"""What every Transport keeps to: the fake, and SMTP against a scripted server and aiosmtpd, pipelined and not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from build import NOW
from digest.config.machine import Protocol, RelaySettings, Security, SmtpSettings
from digest.config.throttle import ThrottleSettings
from digest.deliver.outcome import Phase, Reply
from digest.deliver.smtp import SmtpTransport
from digest.deliver.staging import StagingTransport
from digest.deliver.throttle import Throttle
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome, OutcomeKind
from digest.ports.outside import Transport
from fakes import FakeTransport
from mail_servers import aiosmtpd, but, collect, lmtp, mail, mail_server, offering

NO_SUCH = "reader2@example.com"
FULL = "reader3@example.com"
POLICY = "reader4@example.com"
REPLIES = {
    NO_SUCH: (Phase.RCPT, 550, "5.1.1 no such user"),
    FULL: (Phase.RCPT, 452, "4.2.2 mailbox full"),
    POLICY: (Phase.BODY, 554, "5.7.1 refused by policy"),
}


@dataclass(frozen=True)
class Ground:
    """A transport, and whose mail its server accepted."""

    transport: Transport
    accepted: Callable[[], list[str]]


LIMITS = {
    "per_minute": 1_000_000,
    "providers": [{"name": "example", "domains": ["example.com"], "per_minute": 900_000}],
}
"""So wide that nobody waits."""


def smtp(port: int, throttle: Throttle | None = None, **fields: object) -> SmtpTransport:
    settings = SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE, timeout=5, **fields)
    return SmtpTransport(settings, throttle)


@contextmanager
def on_fake() -> Iterator[Ground]:
    fake = FakeTransport({to: (phase, Reply(code, (text,))) for to, (phase, code, text) in REPLIES.items()})
    yield Ground(fake, lambda: [message.recipient for message in fake.taken])


@contextmanager
def on_script(*extensions: str, connections: int, throttle: Throttle | None = None) -> Iterator[Ground]:
    replies = {
        f"RCPT TO:<{to}>" if phase is Phase.RCPT else f"BODY {to}": f"{code} {text}"
        for to, (phase, code, text) in REPLIES.items()
    }
    with mail_server(but(replies, offering(*extensions))) as server:
        sending = smtp(server.port, throttle, connections=connections)
        yield Ground(sending, lambda: list(server.accepted.elements()))


class _Handler:
    """aiosmtpd's side of the same answers."""

    def __init__(self) -> None:
        self.accepted: list[str] = []

    async def handle_RCPT(
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        if address in REPLIES and REPLIES[address][0] is Phase.RCPT:
            return f"{REPLIES[address][1]} {REPLIES[address][2]}"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        (to,) = envelope.rcpt_tos
        if to in REPLIES:
            return f"{REPLIES[to][1]} {REPLIES[to][2]}"
        self.accepted.append(to)
        return "250 2.0.0 Ok"


@contextmanager
def on_aiosmtpd() -> Iterator[Ground]:
    handler = _Handler()
    with aiosmtpd(handler) as port:
        yield Ground(smtp(port), lambda: handler.accepted)


@contextmanager
def on_lmtp() -> Iterator[Ground]:
    """aiosmtpd's own LMTP server."""
    handler = _Handler()
    with lmtp(handler) as port:
        yield Ground(smtp(port, protocol=Protocol.LMTP), lambda: handler.accepted)


@contextmanager
def on_relays() -> Iterator[Ground]:
    """Two that take mail, of different weight, and one that is away."""
    answer = but({f"RCPT TO:<{NO_SUCH}>": "550 5.1.1 no such user", f"RCPT TO:<{FULL}>": "452 4.2.2 mailbox full",
                  f"BODY {POLICY}": "554 5.7.1 refused by policy"})  # fmt: skip
    with mail_server(answer) as one, mail_server(answer) as other:
        places = ((1, 9.0), (one.port, 3.0), (other.port, 1.0))
        relays = tuple(
            RelaySettings(host="127.0.0.1", port=port, security=Security.NONE, timeout=5, weight=weight)
            for port, weight in places
        )
        sending = SmtpTransport(SmtpSettings(relays=relays))
        yield Ground(sending, lambda: [*one.accepted.elements(), *other.accepted.elements()])


@contextmanager
def on_throttle() -> Iterator[Ground]:
    """Paced, and in a rehearsal with everybody allowed."""
    with on_script("PIPELINING", connections=2, throttle=Throttle(ThrottleSettings.model_validate(LIMITS))) as ground:
        yield Ground(StagingTransport(ground.transport, ["example.com"]), ground.accepted)


GROUNDS = {
    "fake": on_fake,
    "pipelined": lambda: on_script("PIPELINING", "SIZE 1000000", "DSN", connections=1),
    "pipelined over four": lambda: on_script("PIPELINING", connections=4),
    "in lockstep": lambda: on_script("8BITMIME", connections=1),
    "in lockstep over four": lambda: on_script("8BITMIME", connections=4),
    "throttled": on_throttle,
    "aiosmtpd": on_aiosmtpd,
    "LMTP": on_lmtp,
    "three relays": on_relays,
}


@pytest.fixture(params=GROUNDS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    made: AbstractContextManager[Ground] = GROUNDS[request.param]()
    with made as opened:
        yield opened


def kinds(ground: Ground, messages: list[Message]) -> dict[int, OutcomeKind]:
    outcomes = list(ground.transport.send(messages, NOW))
    assert len(outcomes) == len({outcome.key for outcome in outcomes})
    return {outcome.key.subscriber: outcome.kind for outcome in outcomes}


def test_every_message_has_exactly_one_outcome(ground: Ground) -> None:
    messages = [mail(number) for number in range(10, 50)]
    assert kinds(ground, messages) == dict.fromkeys(range(10, 50), OutcomeKind.ACCEPTED)
    assert sorted(ground.accepted()) == sorted(message.recipient for message in messages)


def test_one_refused_reader_costs_nobody_else_their_mail(ground: Ground) -> None:
    met = kinds(ground, [mail(number) for number in range(1, 9)])
    assert met.pop(2) is OutcomeKind.REFUSED
    assert met.pop(3) is OutcomeKind.DEFERRED
    assert met.pop(4) is OutcomeKind.BLOCKED
    assert set(met.values()) == {OutcomeKind.ACCEPTED}
    assert sorted(ground.accepted()) == [f"reader{number}@example.com" for number in (1, 5, 6, 7, 8)]


def test_an_outcome_quotes_the_server(ground: Ground) -> None:
    (outcome,) = ground.transport.send([mail(2)], NOW)
    assert outcome.reply == "550 5.1.1 no such user"


def test_only_what_may_succeed_later_has_a_time_to_try_again(ground: Ground) -> None:
    outcomes = {o.key.subscriber: o.retry_at for o in ground.transport.send([mail(n) for n in (1, 2, 3)], NOW)}
    assert outcomes[1] is None and outcomes[2] is None
    assert outcomes[3] is not None and outcomes[3] > NOW


def test_messages_are_pulled_as_they_can_be_sent(ground: Ground) -> None:
    pulled = 0

    def endless() -> Iterator[Message]:
        nonlocal pulled
        while True:
            pulled += 1
            yield mail(pulled + 100)

    sending = ground.transport.send(endless(), NOW)
    known = [next(sending) for _ in range(30)]
    assert len(known) == 30
    assert pulled < 500
    sending.close()  # type: ignore[attr-defined]


def test_nothing_to_send_gives_nothing(ground: Ground) -> None:
    assert list(ground.transport.send([], NOW)) == []


def test_the_same_transport_sends_again(ground: Ground) -> None:
    assert kinds(ground, [mail(11)]) | kinds(ground, [mail(12)]) == dict.fromkeys((11, 12), OutcomeKind.ACCEPTED)


def test_a_list_that_fails_is_raised_after_what_was_sent_is_known(ground: Ground) -> None:
    def broken() -> Iterator[Message]:
        yield mail(20)
        yield mail(21)
        raise LookupError("the database is gone")

    known: list[Outcome] = []
    with pytest.raises(LookupError, match="the database is gone"):
        collect(ground.transport.send(broken(), NOW), known)
    assert sorted(outcome.key.subscriber for outcome in known) == [20, 21]


def test_a_list_that_fails_at_once_is_raised_too(ground: Ground) -> None:
    def broken() -> Iterator[Message]:
        raise LookupError("the database is gone")
        yield

    with pytest.raises(LookupError):
        list(ground.transport.send(broken(), NOW))


@pytest.mark.parametrize("transport", [FakeTransport(down=True), smtp(1)], ids=["fake", "nobody listens"])
def test_a_server_that_cannot_be_used_is_an_error_and_begins_nothing(transport: Transport) -> None:
    known: list[Outcome] = []
    with pytest.raises(OutsideError) as caught:
        collect(transport.send([mail(1)], NOW), known)
    assert known == []
    assert caught.value.remedy
