"""Bounces by LMTP on loopback: heard before they are answered, and kept by the mail server when they cannot be."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator

import pytest

from digest.deliver import message_id
from digest.errors import OutsideError
from digest.feedback.classify import classify
from digest.feedback.lmtp import LmtpListener
from digest.feedback.whose import whose
from digest.model.delivery import DeliveryKey
from digest.model.ids import IssueId, SubscriberId
from returned import dsn

SECRET = "s" * 32
MAIL = b"Subject: back\r\n\r\n.dot\r\n"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def heard() -> list[bytes]:
    return []


@pytest.fixture
def listener(heard: list[bytes]) -> Iterator[LmtpListener]:
    def hear(raw: bytes) -> None:
        if raw.endswith(b"fail\r\n"):
            raise OutsideError("database", "is away", "start it")
        if raw.endswith(b"break\r\n"):
            raise KeyError("nobody foresaw it")
        heard.append(raw)

    listening = LmtpListener(free_port(), hear)
    listening.start()
    yield listening
    listening.stop()


def test_a_bounce_is_heard_whole_before_it_is_answered(listener: LmtpListener, heard: list[bytes]):
    with smtplib.LMTP("127.0.0.1", listener.port) as client:
        assert client.sendmail("", ["bounces+x@example.org"], MAIL) == {}
        assert heard == [b"Delivered-To: bounces+x@example.org\r\nSubject: back\r\n\r\n.dot\r\n"]


def test_a_bounce_is_known_by_the_recipient_of_its_envelope_alone(listener: LmtpListener, heard: list[bytes]):
    key = DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(42))
    envelope_sender = message_id.return_path("bounces@example.org", message_id.message_id(key, "example.org", SECRET))
    with smtplib.LMTP("127.0.0.1", listener.port) as client:
        assert client.sendmail("", [envelope_sender], dsn(to="bounces@example.org")) == {}
    assert whose(classify(heard[0]), lambda name: message_id.whose(name, (SECRET,))) == key


@pytest.mark.parametrize("character", ["\r", "\0", "\t", "\x7f", "\u2028"])
def test_an_address_that_would_be_a_header_of_its_own_is_refused(listener: LmtpListener, character: str):
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as client, client.makefile("rb") as answers:
        client.sendall(b"LHLO test\r\nMAIL FROM:<>\r\n")
        client.sendall(f'RCPT TO:<"a{character}X-Original-To: b"@example.org>\r\nQUIT\r\n'.encode())
        said = answers.read().splitlines()
    assert [line[:9] for line in said if line.startswith(b"5")] == [b"553 5.1.3"]


@pytest.mark.parametrize("why", [b"fail", b"break"])
def test_what_cannot_be_recorded_stays_with_the_mail_server(listener: LmtpListener, heard: list[bytes], why: bytes):
    with smtplib.LMTP("127.0.0.1", listener.port) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("", ["bounces@example.org"], MAIL + why + b"\r\n")
    assert (refused.value.smtp_code, heard) == (451, [])


def test_recipients_come_one_at_a_time(listener: LmtpListener, heard: list[bytes]):
    with smtplib.LMTP("127.0.0.1", listener.port) as client:
        refused = client.sendmail("", ["a@example.org", "b@example.org"], MAIL)
    assert {code for code, _ in refused.values()} == {452}
    assert len(heard) == 1


def test_a_port_that_is_taken_is_an_error_that_names_the_setting():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        with pytest.raises(OutsideError, match=r"cannot be listened on.*feedback\.lmtp_port"):
            LmtpListener(port, print).start()
