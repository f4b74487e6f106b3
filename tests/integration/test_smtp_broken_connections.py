"""Servers that hang up, fall silent or talk nonsense: before the final dot nothing is sent, after it nobody knows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from socket import create_server, socket
from threading import Event
from time import sleep

import pytest

from build import NOW
from digest.config.machine import Security, SmtpSettings
from digest.deliver.smtp import SmtpTransport
from digest.errors import OutsideError
from digest.model.delivery import Outcome, OutcomeKind
from mail_servers import Answer, MailServer, but, collect, every, mail, mail_server, offering, usual

MODES = {"pipelined": usual, "in lockstep": offering("8BITMIME")}


@pytest.fixture(params=MODES)
def otherwise(request: pytest.FixtureRequest) -> Answer:
    return MODES[request.param]


def transport(server: MailServer, **fields: object) -> SmtpTransport:
    settings = {"security": Security.NONE, "timeout": 5.0, "connections": 1} | fields
    return SmtpTransport(SmtpSettings(host="127.0.0.1", port=server.port, **settings))


def send(server: MailServer, messages: int = 1, **fields: object) -> list[Outcome]:
    return list(transport(server, **fields).send([mail(n) for n in range(1, messages + 1)], NOW))


@pytest.mark.parametrize("said", ["MAIL", "RCPT", "DATA"])
def test_a_connection_that_drops_before_the_dot_defers(said: str, otherwise: Answer) -> None:
    with mail_server(but({said: None}, otherwise)) as server:
        (outcome,) = send(server)
    assert outcome.kind is OutcomeKind.DEFERRED and outcome.retry_at
    assert not server.accepted


def test_a_connection_that_drops_after_the_dot_leaves_the_message_uncertain(otherwise: Answer) -> None:
    with mail_server(but({"BODY": None}, otherwise)) as server:
        outcomes = send(server, 3)
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.UNCERTAIN] * 3
    assert all(outcome.retry_at is None for outcome in outcomes)


def test_a_dropped_quit_after_acceptance_is_no_failure(otherwise: Answer) -> None:
    with mail_server(but({"QUIT": None}, otherwise)) as server:
        outcomes = send(server, 3)
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * 3


@pytest.mark.parametrize("said", ["MAIL", "RCPT", "DATA"])
def test_a_connection_that_drops_in_mid_list_sends_everything_exactly_once(said: str, otherwise: Answer) -> None:
    with mail_server(every(4, said, None, otherwise)) as server:
        outcomes = send(server, 20)
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    assert len(outcomes) == 20
    assert set(server.accepted.values()) == {1} and len(server.accepted) == 20


@pytest.mark.parametrize("said", ["MAIL", "RCPT", "DATA", "BODY"])
def test_what_is_reported_is_what_the_server_took(said: str, otherwise: Answer) -> None:
    """A message that meets two bad connections waits; none is sent twice, none is said to be sent that was not."""
    with mail_server(every(3, said, None, otherwise)) as server:
        outcomes = send(server, 60, connections=3)
    sent = {f"reader{outcome.key.subscriber}@example.com" for outcome in outcomes if outcome.kind == "accepted"}
    assert len(outcomes) == 60
    assert server.accepted == dict.fromkeys(sent, 1)
    others = {outcome.kind for outcome in outcomes} - {OutcomeKind.ACCEPTED}
    assert others <= {OutcomeKind.UNCERTAIN if said == "BODY" else OutcomeKind.DEFERRED}


def test_a_server_that_closes_after_so_many_messages_is_asked_again(otherwise: Answer) -> None:
    with mail_server(every(4, "MAIL", "421 4.3.0 too many messages, come again", otherwise)) as server:
        answered = send(server, 20)
    assert {outcome.kind for outcome in answered} == {OutcomeKind.ACCEPTED}
    assert set(server.accepted.values()) == {1} and len(server.accepted) == 20


def test_421_for_reasons_of_policy_is_the_senders_trouble(otherwise: Answer) -> None:
    with mail_server(but({"MAIL": "421 4.7.0 too much mail from you"}, otherwise)) as server:
        (outcome,) = send(server)
    assert outcome.kind is OutcomeKind.BLOCKED and outcome.reply.startswith("421 4.7.0")


def test_421_defers(otherwise: Answer) -> None:
    with mail_server(but({"RCPT": "421 4.3.2 shutting down"}, otherwise)) as server:
        (outcome,) = send(server)
    assert outcome.kind is OutcomeKind.DEFERRED


def test_a_server_that_drops_everything_is_left_alone_after_a_few_tries(otherwise: Answer) -> None:
    known: list[Outcome] = []
    with mail_server(but({"MAIL": None}, otherwise)) as server, pytest.raises(OutsideError, match="over 5 connections"):
        collect(transport(server).send(map(mail, range(1000)), NOW), known)
    assert [outcome.kind for outcome in known] == [OutcomeKind.DEFERRED] * 5
    assert server.connections == 5


def test_a_broken_connection_does_not_hide_a_refusal(otherwise: Answer) -> None:
    """The reply to RCPT counts, whatever happens to DATA."""
    with mail_server(but({"RCPT": "550 5.1.1 unknown", "DATA": None, "RSET": None}, otherwise)) as server:
        (outcome,) = send(server)
    assert outcome.kind is OutcomeKind.REFUSED and outcome.reply == "550 5.1.1 unknown"


def test_data_granted_without_a_recipient_sends_an_empty_body() -> None:
    """A server may grant DATA after refusing the only recipient of a pipelined group (RFC 2920, section 3.1)."""
    with mail_server(
        but({"RCPT": "550 5.1.1 unknown", "DATA": "354 go", "BODY": "554 nobody to send it to"})
    ) as server:
        (outcome,) = send(server)
    assert outcome.kind is OutcomeKind.REFUSED
    assert server.said == ["EHLO [127.0.0.1]", *server.said[1:4], "RSET", "QUIT"]


@pytest.mark.parametrize("said", ["GREETING", "EHLO"])
def test_a_server_that_drops_the_opening_is_an_error(said: str) -> None:
    with mail_server(but({said: None})) as server, pytest.raises(OutsideError, match="closed the connection"):
        send(server)


@pytest.mark.parametrize(
    ("said", "reply"), [("GREETING", "554 5.7.1 go away"), ("EHLO", "550 no"), ("GREETING", "HTTP/1.1 400 Bad Request")]
)
def test_a_server_that_refuses_the_opening_is_an_error(said: str, reply: str) -> None:
    with mail_server(but({said: reply})) as server, pytest.raises(OutsideError):
        send(server)


def test_a_server_without_ehlo_is_greeted_with_helo() -> None:
    with mail_server(but({"EHLO": "502 what?"})) as server:
        (outcome,) = send(server, helo="mail.example.com")
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert server.said[:2] == ["EHLO mail.example.com", "HELO mail.example.com"]


@pytest.mark.parametrize(
    ("said", "kind"), [("MAIL", OutcomeKind.DEFERRED), ("DATA", OutcomeKind.DEFERRED), ("BODY", OutcomeKind.UNCERTAIN)]
)
def test_silence_ends_at_the_deadline(said: str, kind: OutcomeKind) -> None:
    with mail_server(but({said: ""})) as server:
        (outcome,) = send(server, timeout=0.3)  # what is answered must come in that time also on a busy machine
    assert outcome.kind is kind and "no answer in time" in outcome.reply


def test_a_silent_greeting_is_an_error() -> None:
    with mail_server(but({"GREETING": ""})) as server, pytest.raises(OutsideError, match="no answer in time"):
        send(server, timeout=0.05)


def test_a_server_that_drips_a_byte_now_and_then_is_silent_too() -> None:
    ended = Event()

    def drip(listener: socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            while not ended.wait(0.02):
                connection.sendall(b"2")

    with create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as threads:
        threads.submit(drip, listener)
        try:
            settings = SmtpSettings(
                host="127.0.0.1", port=listener.getsockname()[1], security=Security.NONE, timeout=0.3
            )
            with pytest.raises(OutsideError, match="no answer in time"):
                list(SmtpTransport(settings).send([mail(1)], NOW))
        finally:
            ended.set()


def test_one_connection_that_cannot_open_leaves_the_work_to_the_others() -> None:
    with mail_server(every(2, "GREETING", "421 4.3.2 too many connections", usual)) as server:
        outcomes = send(server, 30, connections=3)
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    assert sum(server.accepted.values()) == len(server.accepted) == 30


def test_a_caller_who_is_slow_to_come_back_loses_no_outcome() -> None:
    """Between two outcomes the event loop stands still; deadlines do not run on meanwhile."""
    with mail_server() as server:
        kinds = []
        for outcome in transport(server, timeout=0.3).send(map(mail, range(6)), NOW):
            kinds.append(outcome.kind)
            sleep(0.4 if len(kinds) < 4 else 0)
    assert kinds == [OutcomeKind.ACCEPTED] * 6


def test_only_250_accepts_a_message() -> None:
    """221 belongs to the QUIT that was pipelined: the reply to the message is missing."""
    with mail_server(but({"BODY": "221 bye"})) as server:
        (outcome,) = send(server)
    assert outcome.kind is OutcomeKind.UNCERTAIN


def test_nonsense_after_the_dot_leaves_the_message_uncertain(otherwise: Answer) -> None:
    with mail_server(but({"BODY": "what?"}, otherwise)) as server:
        (outcome,) = send(server)
    assert outcome.kind is OutcomeKind.UNCERTAIN


def test_what_the_server_cannot_take_is_refused_without_asking_it() -> None:
    large = mail(1, body=b"x\r\n" * 500)
    accented = mail(2, recipient="jürgen@example.com", smtputf8=True)
    with mail_server(offering("PIPELINING", "SIZE 1000")) as server:
        outcomes = list(transport(server).send([large, accented, mail(3)], NOW))
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.REFUSED, OutcomeKind.REFUSED, OutcomeKind.ACCEPTED]
    assert not any("reader1" in said or "jürgen" in said for said in server.said)


def test_a_sender_with_an_accent_is_not_written_to_a_server_without_smtputf8(otherwise: Answer) -> None:
    """Nothing against the reader: a relay that offers it takes the mail."""
    with mail_server(otherwise) as server:
        (outcome,) = transport(server).send([mail(1, sender="jörg@press.example.com", smtputf8=True)], NOW)
    assert outcome.kind is OutcomeKind.BLOCKED and outcome.retry_at
    assert outcome.reply == "the server does not offer SMTPUTF8, which the sender's address needs"
    assert not any("MAIL" in said for said in server.said)


def test_an_accented_address_goes_where_smtputf8_is_offered() -> None:
    with mail_server(offering("PIPELINING", "8BITMIME", "SMTPUTF8")) as server:
        (outcome,) = transport(server).send([mail(2, recipient="jürgen@example.com", smtputf8=True)], NOW)
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert "MAIL FROM:<bounces@press.example.com> BODY=8BITMIME SMTPUTF8" in server.said


def test_closing_the_generator_drops_the_connections() -> None:
    with mail_server() as server:
        sending = transport(server, connections=3).send(map(mail, range(10_000)), NOW)
        next(sending)
        sending.close()  # type: ignore[attr-defined]
    assert len(server.accepted) < 10_000
