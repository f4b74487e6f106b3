"""Real mail servers take our mail: Postfix, Exim, smtp-sink and aiosmtpd, each by its own records."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from build import NOW
from digest.config.machine import Security, SmtpSettings
from digest.deliver.smtp import SmtpTransport
from digest.model.delivery import Message, Outcome, OutcomeKind
from mail_servers import aiosmtpd, mail
from real_servers import MAX_SIZE, NOBODY, RealServer, exim, postfix, smtp_sink

ACCENTED = "jürgen@example.com"


class _Handler:
    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()

    async def handle_RCPT(
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        if address == NOBODY:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        self.accepted.update(envelope.rcpt_tos)
        return "250 2.0.0 Ok"


@contextmanager
def on_aiosmtpd() -> Iterator[RealServer]:
    handler = _Handler()
    with aiosmtpd(handler, data_size_limit=MAX_SIZE, enable_SMTPUTF8=True) as port:
        yield RealServer(port, lambda: handler.accepted)


STRICT: dict[str, Callable[[], AbstractContextManager[RealServer]]] = {
    "postfix": postfix,
    "exim": exim,
    "aiosmtpd": on_aiosmtpd,
}
ALL = STRICT | {"smtp-sink": smtp_sink, "smtp-sink in lockstep": lambda: smtp_sink("-p")}


@pytest.fixture(params=ALL, scope="module")
def any_server(request: pytest.FixtureRequest) -> Iterator[RealServer]:
    with ALL[request.param]() as server:
        yield server


@pytest.fixture(params=STRICT, scope="module")
def strict_server(request: pytest.FixtureRequest) -> Iterator[RealServer]:
    """One that checks recipients and sizes."""
    with STRICT[request.param]() as server:
        yield server


def send(server: RealServer, messages: list[Message], connections: int = 1) -> list[Outcome]:
    settings = SmtpSettings(
        host="127.0.0.1", port=server.port, security=Security.NONE, timeout=20, connections=connections
    )
    return sorted(SmtpTransport(settings).send(messages, NOW), key=lambda outcome: outcome.key.subscriber)


def kinds(outcomes: list[Outcome]) -> list[OutcomeKind]:
    return [outcome.kind for outcome in outcomes]


def accepted(server: RealServer, recipients: list[str]) -> Counter[str]:
    """How often the server took mail for these, once all of them are in its records."""
    for _ in range(100):
        found = Counter({to: times for to, times in server.accepted().items() if to in recipients})
        if len(found) == len(recipients):
            break
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("connections", [1, 4])
def test_every_mail_arrives_exactly_once(any_server: RealServer, connections: int) -> None:
    messages = [mail(100 * connections + number) for number in range(60)]
    assert kinds(send(any_server, messages, connections)) == [OutcomeKind.ACCEPTED] * 60
    recipients = [message.recipient for message in messages]
    assert accepted(any_server, recipients) == Counter(recipients)


def test_a_refused_reader_costs_nobody_else_their_mail(strict_server: RealServer) -> None:
    outcomes = send(strict_server, [mail(1), mail(2, recipient=NOBODY), mail(3)])
    assert kinds(outcomes) == [OutcomeKind.ACCEPTED, OutcomeKind.REFUSED, OutcomeKind.ACCEPTED]
    assert outcomes[1].reply.startswith("550 5.1.1")


def test_a_mail_too_large_is_refused_without_being_sent(strict_server: RealServer) -> None:
    (outcome,) = send(strict_server, [mail(4, body=b"x: y\r\n\r\n" + b"z" * 70 + b"\r\n" * MAX_SIZE)])
    assert outcome.kind is OutcomeKind.REFUSED and f"takes {MAX_SIZE}" in outcome.reply


def test_a_mail_that_proves_too_large_is_refused_and_the_next_one_sent(strict_server: RealServer) -> None:
    """Its size was said to be small, so the server finds out only at the dot."""
    large = b"Subject: large\r\n\r\n" + (b"z" * 70 + b"\r\n") * 1000
    outcomes = send(strict_server, [mail(5), mail(6, body=large, size=1000), mail(7)])
    assert kinds(outcomes) == [OutcomeKind.ACCEPTED, OutcomeKind.REFUSED, OutcomeKind.ACCEPTED]
    assert outcomes[1].reply.startswith("552")


def test_an_accented_address_is_taken_with_smtputf8(strict_server: RealServer) -> None:
    body = "To: jürgen@example.com\r\nSubject: Grüße\r\n\r\nGrüße\r\n".encode()
    (outcome,) = send(strict_server, [mail(8, recipient=ACCENTED, body=body, smtputf8=True)])
    assert outcome.kind is OutcomeKind.ACCEPTED


def test_dots_at_the_beginning_of_lines_arrive(strict_server: RealServer) -> None:
    """The client sends what is stuffed already, and the server's next reply belongs to the next message."""
    body = b"Subject: dots\r\n\r\n..\r\n...two\r\n.. \r\n"
    assert kinds(send(strict_server, [mail(9, body=body), mail(10)])) == [OutcomeKind.ACCEPTED] * 2
