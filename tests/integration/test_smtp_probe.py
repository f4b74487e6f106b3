"""The doctor's look at the mail server: through our own client, without a mail."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from build import NOW
from digest.config.machine import Security, SmtpSettings
from digest.deliver.probe import probe_smtp
from digest.errors import OutsideError
from mail_servers import but, mail_server, offering
from real_servers import MAX_SIZE, exim, postfix


def settings(port: int, **fields: object) -> SmtpSettings:
    return SmtpSettings.model_validate(
        {"host": "127.0.0.1", "port": port, "security": Security.NONE, "timeout": 5} | fields
    )


def test_it_says_what_is_offered_and_sends_nothing() -> None:
    with mail_server(offering("PIPELINING", "SIZE 1000", "AUTH=PLAIN LOGIN")) as server:
        offered = probe_smtp(settings(server.port), NOW)
    assert offered == ("AUTH PLAIN LOGIN", "ENHANCEDSTATUSCODES", "PIPELINING", "SIZE 1000")
    assert server.said == ["EHLO [127.0.0.1]", "QUIT"]


@pytest.mark.parametrize("start", [postfix, exim], ids=["postfix", "exim"])
def test_real_servers_offer_what_we_use(start) -> None:  # type: ignore[no-untyped-def]
    with start() as server:
        offered = probe_smtp(settings(server.port), NOW)
    assert {"PIPELINING", "8BITMIME", "SMTPUTF8", f"SIZE {MAX_SIZE}"} <= set(offered)


def test_it_logs_in() -> None:
    refusing = but({"AUTH": "535 5.7.8 no"}, offering("AUTH PLAIN"))
    with mail_server(refusing) as server, pytest.raises(OutsideError, match="refuses the login of me: 535"):
        probe_smtp(settings(server.port, username="me", password=SecretStr("secret")), NOW)


@pytest.mark.parametrize(
    ("said", "answer", "match"),
    [
        ("GREETING", None, "closed the connection"),
        ("GREETING", "554 5.7.1 go away", "does not take mail now: 554"),
        ("EHLO", "550 no", "refuses EHLO"),
    ],
)
def test_it_says_what_failed(said: str, answer: str | None, match: str) -> None:
    with mail_server(but({said: answer})) as server, pytest.raises(OutsideError, match=match):
        probe_smtp(settings(server.port), NOW)


def test_nobody_listens() -> None:
    with pytest.raises(OutsideError, match="cannot connect") as caught:
        probe_smtp(settings(1), NOW)
    assert caught.value.remedy


def test_a_dropped_quit_is_no_failure() -> None:
    with mail_server(but({"QUIT": None})) as server:
        assert "PIPELINING" in probe_smtp(settings(server.port), NOW)
