"""Whole lists against a server that refuses, defers, closes and hangs up: who is sent what is exact, to the mail."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

import pytest

from build import NOW
from digest.config.machine import Security, SmtpSettings
from digest.deliver.smtp import SmtpTransport
from digest.errors import OutsideError
from digest.model.delivery import Message, Outcome, OutcomeKind
from mail_servers import Answer, MailServer, but, collect, mail, mail_server, offering, usual

FULL = bool(os.environ.get("DIGEST_SOAK"))
MODES = {"pipelined": usual, "in lockstep": offering("8BITMIME")}
DROPS = 50 if FULL else 12
ACCEPTED, DEFERRED, REFUSED, UNCERTAIN, BLOCKED = list(OutcomeKind)[:5]
TABLE = (
    ("MAIL", "421 4.3.2 closing", DEFERRED),
    ("MAIL", "421 4.7.0 too much mail from you", BLOCKED),
    ("MAIL", "451 4.3.0 try again", DEFERRED),
    ("MAIL", "550 5.7.1 not from you", BLOCKED),
    ("MAIL", "552 5.3.4 too big", REFUSED),
    ("MAIL", "553 5.1.8 no such sender", BLOCKED),
    ("RCPT", "421 4.4.5 busy", DEFERRED),
    ("RCPT", "450 4.2.1 mailbox busy", DEFERRED),
    ("RCPT", "451 4.7.1 greylisted", DEFERRED),
    ("RCPT", "452 4.2.2 mailbox full", DEFERRED),
    ("RCPT", "550 5.1.1 no such user", REFUSED),
    ("RCPT", "550 no such user", REFUSED),
    ("RCPT", "551 5.1.6 moved", REFUSED),
    ("RCPT", "554 5.7.1 relay access denied", BLOCKED),
    ("RCPT", "554 5.7.13 account disabled", REFUSED),
    ("DATA", "451 4.3.0 try again", DEFERRED),
    ("DATA", "554 5.5.1 no", REFUSED),
    ("BODY", "421 4.7.28 unusual rate", BLOCKED),
    ("BODY", "451 4.3.0 queue file write error", DEFERRED),
    ("BODY", "550 5.7.515 not authenticated", BLOCKED),
    ("BODY", "552 5.2.2 over quota", REFUSED),
    ("BODY", "554 5.6.0 content", REFUSED),
)


@pytest.fixture(params=MODES)
def otherwise(request: pytest.FixtureRequest) -> Answer:
    return MODES[request.param]


def transport(server: MailServer, connections: int = 1) -> SmtpTransport:
    return SmtpTransport(
        SmtpSettings(
            host="127.0.0.1", port=server.port, security=Security.NONE, timeout=5.0, connections=connections
        )
    )  # fmt: skip


def send_until_settled(sender: SmtpTransport, messages: Sequence[Message]) -> dict[int, list[OutcomeKind]]:
    """What each message came to, attempt by attempt, sent again as the ledger would: while it is deferred."""
    story: dict[int, list[OutcomeKind]] = {message.key.subscriber: [] for message in messages}
    waiting = list(messages)
    for _ in range(1000):
        known: list[Outcome] = []
        with suppress(OutsideError):  # what has no outcome was not begun
            collect(sender.send(waiting, NOW), known)
        for outcome in known:
            story[outcome.key.subscriber].append(outcome.kind)
        settled = {outcome.key for outcome in known if outcome.kind is not DEFERRED}
        waiting = [message for message in waiting if message.key not in settled]
        if not waiting:
            return story
    pytest.fail(f"{len(waiting)} never settled")


def first(times: int, said: str, reply: str | None, otherwise: Answer) -> Answer:
    """Another answer the first so many times that it is said."""
    counter = count(1)

    def answer(line: str) -> str | None:
        return reply if line.startswith(said) and next(counter) <= times else otherwise(line)

    return answer


@pytest.mark.parametrize("connections", [1, 4])
def test_37_of_1000_refused_leave_exactly_963_sent(otherwise: Answer, connections: int) -> None:
    bad = {number * 27 for number in range(1, 38)}
    replies: dict[str, str | None] = {f"RCPT TO:<reader{n}@": "550 5.1.1 no such user" for n in bad}
    with mail_server(but(replies, otherwise)) as server:
        story = send_until_settled(transport(server, connections), [mail(n) for n in range(1, 1001)])
    assert {n for n, kinds in story.items() if kinds == [REFUSED]} == bad
    assert sum(kinds == [ACCEPTED] for kinds in story.values()) == 963
    assert len(server.accepted) == 963 and set(server.accepted.values()) == {1}
    asked = Counter(line for line in server.said if line.startswith("RCPT"))
    assert set(asked.values()) == {1}, "a refused address is never asked about twice"


@pytest.mark.parametrize(("said", "reply", "kind"), TABLE, ids=[f"{said} {reply[:9]}" for said, reply, _ in TABLE])
def test_every_reply_has_its_class_and_only_passing_ones_are_tried_again(
    said: str, reply: str, kind: OutcomeKind, otherwise: Answer
) -> None:
    """The server says it once, to the first of three."""
    with mail_server(first(1, said, reply, otherwise)) as server:
        story = send_until_settled(transport(server), [mail(n) for n in (1, 2, 3)])
    assert story == {1: [DEFERRED, ACCEPTED] if kind is DEFERRED else [kind], 2: [ACCEPTED], 3: [ACCEPTED]}
    sent = [f"reader{n}@example.com" for n, kinds in story.items() if kinds[-1] is ACCEPTED]
    assert server.accepted == dict.fromkeys(sent, 1)


@pytest.mark.parametrize("said", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_drops_before_the_dot_gets_each_mail_once(said: str, otherwise: Answer) -> None:
    with mail_server(first(DROPS, said, None, otherwise)) as server:
        story = send_until_settled(transport(server), [mail(n) for n in range(DROPS)])
    assert {kinds[-1] for kinds in story.values()} == {ACCEPTED}
    assert len(server.accepted) == DROPS and set(server.accepted.values()) == {1}


@pytest.mark.parametrize("connections", [1, 4])
def test_a_server_that_drops_after_the_dot_leaves_every_mail_uncertain(otherwise: Answer, connections: int) -> None:
    with mail_server(but({"BODY": None}, otherwise)) as server:
        story = send_until_settled(transport(server, connections), [mail(n) for n in range(50)])
    assert story == {number: [UNCERTAIN] for number in range(50)}


def test_a_server_that_drops_after_taking_the_mail_leaves_it_uncertain_and_is_not_asked_again(
    otherwise: Answer,
) -> None:
    """It may have been delivered: only the ledger's policy may send it again."""
    with mail_server(first(DROPS, "BODY", None, otherwise)) as server:
        story = send_until_settled(transport(server), [mail(n) for n in range(2 * DROPS)])
    assert Counter(kinds[-1] for kinds in story.values()) == {UNCERTAIN: DROPS, ACCEPTED: DROPS}
    assert {len(kinds) for kinds in story.values()} == {1}
