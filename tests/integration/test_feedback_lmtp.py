"""Bounces by LMTP on loopback: heard before they are answered, and kept by the mail server when they cannot be."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator

import pytest

from digest.errors import OutsideError
from digest.feedback.lmtp import LmtpListener

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
        if b"fail" in raw:
            raise OutsideError("database", "is away", "start it")
        if b"break" in raw:
            raise KeyError("nobody foresaw it")
        heard.append(raw)

    listening = LmtpListener(free_port(), hear)
    listening.start()
    yield listening
    listening.stop()


def test_a_bounce_is_heard_whole_before_it_is_answered(listener: LmtpListener, heard: list[bytes]):
    with smtplib.LMTP("127.0.0.1", listener.port) as client:
        assert client.sendmail("", ["bounces+x@example.org"], MAIL) == {}
        assert heard[0].endswith(b"Subject: back\r\n\r\n.dot\r\n")


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
