"""The conversation with a mail server, line by line and without sockets."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import pytest

from build import NOW
from digest.config.machine import AuthMethod, Security
from digest.deliver.dialogue import Dialogue
from digest.deliver.opening import Terms
from digest.deliver.outcome import Phase
from digest.model.delivery import Message, Outcome, OutcomeKind
from mail_servers import mail

PIPELINING = b"250-test\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"
PLAIN = b"250-test\r\n250 8BITMIME\r\n"


@dataclass
class FakeTray:
    """Messages in a list, outcomes in another."""

    messages: list[Message] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    is_open: bool = False
    closings: list[tuple[str, int | None]] = field(default_factory=list)

    def opened(self) -> None:
        self.is_open = True

    def take(self) -> Message | None:
        return self.messages.pop(0) if self.messages else None

    def give_back(self, message: Message) -> None:
        self.messages.insert(0, message)

    def report(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def closed(self, said: str, message: Message | None) -> None:
        assert message not in self.messages, "told before it is given back"
        self.closings.append((said, message.key.subscriber if message else None))

    @property
    def kinds(self) -> list[OutcomeKind]:
        return [outcome.kind for outcome in self.outcomes]


def dialogue(messages: int = 0, **terms: object) -> tuple[Dialogue, FakeTray]:
    tray = FakeTray([mail(number) for number in range(1, messages + 1)])
    return Dialogue(Terms("me.example", **terms), tray, NOW), tray


def said(talk: Dialogue, *received: bytes) -> list[bytes]:
    """What is written in answer to each, in one piece."""
    return [b"".join(talk.receive(data)) for data in received]


def test_a_pipelined_message_costs_one_round_trip() -> None:
    talk, tray = dialogue(2)
    envelope = b"MAIL FROM:<bounces@press.example.com> SIZE=25\r\nRCPT TO:<reader%d@example.com>\r\nDATA\r\n"
    body = b"Subject: hello\r\n\r\nhello\r\n.\r\n"
    assert said(
        talk,
        b"220 test\r\n",
        PIPELINING,
        b"250 ok\r\n250 ok\r\n354 go\r\n",
        b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n",
        b"250 ok\r\n",
        b"221 bye\r\n",
    ) == [b"EHLO me.example\r\n", envelope % 1, body + envelope % 2, body + b"QUIT\r\n", b"", b""]
    assert talk.over and tray.kinds == [OutcomeKind.ACCEPTED] * 2


def test_a_body_is_written_as_the_segments_that_it_is_made_of() -> None:
    talk, tray = dialogue()
    tray.messages.append(mail(1, segments=(b"head\r\n\r\n", b"body\r\n")))
    said(talk, b"220 test\r\n", PIPELINING)
    assert list(talk.receive(b"250 ok\r\n250 ok\r\n354 go\r\n"))[:3] == [b"head\r\n\r\n", b"body\r\n", b".\r\n"]


def test_without_pipelining_every_line_waits_for_its_reply() -> None:
    talk, tray = dialogue(1)
    assert said(
        talk, b"220 test\r\n", PLAIN, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 ok\r\n", b"221 bye\r\n"
    ) == [
        b"EHLO me.example\r\n",
        b"MAIL FROM:<bounces@press.example.com>\r\n",
        b"RCPT TO:<reader1@example.com>\r\n",
        b"DATA\r\n",
        b"Subject: hello\r\n\r\nhello\r\n.\r\n",
        b"QUIT\r\n",
        b"",
    ]
    assert tray.kinds == [OutcomeKind.ACCEPTED]


def test_after_a_refusal_the_transaction_is_reset_before_the_next() -> None:
    talk, tray = dialogue(2)
    said(talk, b"220 test\r\n", PIPELINING)
    (written,) = said(talk, b"250 ok\r\n550 5.1.1 no\r\n503 no\r\n")
    assert written.startswith(b"RSET\r\nMAIL FROM:<") and b"reader2" in written
    said(talk, b"250 reset\r\n250 ok\r\n250 ok\r\n354 go\r\n", b"250 ok\r\n")
    assert tray.kinds == [OutcomeKind.REFUSED, OutcomeKind.ACCEPTED]


def test_a_following_message_goes_back_when_the_connection_breaks() -> None:
    talk, tray = dialogue(3)
    said(talk, b"220 test\r\n", PIPELINING, b"250 ok\r\n250 ok\r\n354 go\r\n")
    talk.lost("connection lost")
    assert [(o.key.subscriber, o.kind) for o in tray.outcomes] == [(1, OutcomeKind.UNCERTAIN)]
    assert [message.key.subscriber for message in tray.messages] == [2, 3]


def test_the_reply_that_arrives_with_the_end_still_counts() -> None:
    talk, tray = dialogue(2)
    said(talk, b"220 test\r\n", PIPELINING, b"250 ok\r\n250 ok\r\n354 go\r\n", b"250 ok\r\n")
    talk.lost("connection lost")
    assert tray.kinds == [OutcomeKind.ACCEPTED]
    assert [message.key.subscriber for message in tray.messages] == [2]


def test_a_reply_that_closes_is_told_before_the_message_goes_back() -> None:
    talk, tray = dialogue(2)
    said(talk, b"220 test\r\n", PIPELINING, b"250 ok\r\n250 ok\r\n354 go\r\n", b"250 ok\r\n")
    said(talk, b"421 4.3.2 slow down\r\n")
    assert tray.closings == [("421 4.3.2 slow down", 2)]
    assert [message.key.subscriber for message in tray.messages] == [2]


def test_a_reply_that_closes_after_a_refusal_is_about_no_message() -> None:
    talk, tray = dialogue(2)
    said(talk, b"220 test\r\n", PIPELINING, b"250 ok\r\n550 5.1.1 no\r\n503 no\r\n", b"421 enough\r\n")
    assert tray.closings == [("421 enough", None)] and tray.kinds == [OutcomeKind.REFUSED]


def test_farewells_and_lost_connections_are_no_replies_that_close() -> None:
    talk, tray = dialogue(1)
    said(talk, b"220 test\r\n", PIPELINING, b"250 ok\r\n250 ok\r\n354 go\r\n", b"250 ok\r\n421 bye\r\n")
    talk, other = dialogue(1)
    said(talk, b"220 test\r\n", PIPELINING)
    talk.lost("connection lost")
    assert not tray.closings and not other.closings


def test_nothing_is_said_twice_about_a_message() -> None:
    talk, tray = dialogue(1)
    said(talk, b"220 test\r\n", PIPELINING)
    talk.lost("first")
    talk.lost("second")
    assert said(talk, b"250 late\r\n") == [b""]
    assert len(tray.outcomes) == 1


def test_delivery_status_is_asked_for_where_it_is_offered() -> None:
    """RFC 3461: bounces carry the headers only, and the name of the delivery."""
    talk, _ = dialogue(1)
    (_, written) = said(talk, b"220 test\r\n", b"250-test\r\n250-PIPELINING\r\n250 DSN\r\n")
    assert written.startswith(b"MAIL FROM:<bounces@press.example.com> RET=HDRS ENVID=weekly-2026-11-24/1\r\n")


def test_opening_ends_where_there_is_nothing_to_send() -> None:
    talk, tray = dialogue()
    assert said(talk, b"220 test\r\n", PIPELINING, b"221 bye\r\n") == [b"EHLO me.example\r\n", b"QUIT\r\n", b""]
    assert tray.is_open and talk.over and not talk.failure


def test_starttls_forgets_what_was_offered_in_the_clear() -> None:
    talk, _ = dialogue(1, security=Security.STARTTLS)
    assert said(talk, b"220 test\r\n", b"250-test\r\n250-PIPELINING\r\n250 STARTTLS\r\n", b"220 go\r\n") == [
        b"EHLO me.example\r\n",
        b"STARTTLS\r\n",
        b"",
    ]
    assert talk.tls_due
    assert list(talk.tls_started()) == [b"EHLO me.example\r\n"] and not talk.tls_due
    assert said(talk, PLAIN) == [b"MAIL FROM:<bounces@press.example.com>\r\n"]


def encoded(text: str) -> bytes:
    return base64.b64encode(text.encode())


@pytest.mark.parametrize(
    ("method", "offered", "lines"),
    [
        (AuthMethod.AUTO, b"LOGIN PLAIN", [b"AUTH PLAIN " + encoded("\0me\0secret")]),
        (AuthMethod.AUTO, b"LOGIN", [b"AUTH LOGIN", encoded("me"), encoded("secret")]),
        (AuthMethod.XOAUTH2, b"XOAUTH2", [b"AUTH XOAUTH2 " + encoded("user=me\1auth=Bearer secret\1\1")]),
    ],
)
def test_login_by_what_is_offered(method: AuthMethod, offered: bytes, lines: list[bytes]) -> None:
    talk, tray = dialogue(username="me", password="secret", auth=method)
    written = said(talk, b"220 test\r\n", b"250-test\r\n250 AUTH " + offered + b"\r\n")[1:]
    written += said(talk, *[b"334 \r\n"] * (len(lines) - 1), b"235 welcome\r\n")
    assert written == [*(line + b"\r\n" for line in lines), b"QUIT\r\n"]
    assert tray.is_open


def test_an_oauth_refusal_is_read_to_its_end() -> None:
    talk, _ = dialogue(username="me", password="secret", auth=AuthMethod.XOAUTH2)
    said(talk, b"220 test\r\n", b"250-test\r\n250 AUTH XOAUTH2\r\n")
    assert said(talk, b"334 eyJzdGF0dXMi\r\n", b"535 5.7.8 expired\r\n") == [b"\r\n", b""]
    assert talk.failure and "535 5.7.8 expired" in talk.failure.problem


def test_a_login_that_is_not_offered_names_the_settings() -> None:
    talk, _ = dialogue(username="me", password="secret")
    said(talk, b"220 test\r\n", PLAIN)
    assert talk.over and talk.failure
    assert "AUTH PLAIN or LOGIN" in talk.failure.problem and "username" in talk.failure.remedy


def test_an_old_style_offer_of_login_is_understood() -> None:
    talk, _ = dialogue(username="me", password="secret")
    assert said(talk, b"220 test\r\n", b"250-test\r\n250 AUTH=LOGIN\r\n")[1] == b"AUTH LOGIN\r\n"


def test_an_old_style_offer_beside_a_new_one_takes_nothing_away() -> None:
    """Servers with the old spelling for old programs repeat there only what these know."""
    talk, tray = dialogue(username="me", password="secret", auth=AuthMethod.PLAIN)
    ehlo = b"250-test\r\n250-AUTH PLAIN XOAUTH2\r\n250-AUTH=LOGIN\r\n250-SIZE 1000\r\n250 SIZE 1000\r\n"
    assert said(talk, b"220 test\r\n", ehlo, b"235 welcome\r\n")[1].startswith(b"AUTH PLAIN ")
    assert tray.is_open and talk.offer
    assert talk.offer.keywords["AUTH"] == "PLAIN XOAUTH2 LOGIN" and talk.offer.max_size == 1000


def test_the_phase_says_what_we_wait_for() -> None:
    talk, _ = dialogue(1)
    phases = [talk.phase]
    for data in (b"220 test\r\n" + PIPELINING, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 ok\r\n"):
        talk.receive(data)
        phases.append(talk.phase)
    assert phases == [Phase.OPENING, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY, Phase.QUIT]
