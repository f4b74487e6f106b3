"""Limits on the wire: one provider's rate is kept while mail to others flows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from build import NOW
from digest.config.machine import Security, SmtpSettings
from digest.config.throttle import ThrottleSettings
from digest.deliver.smtp import SmtpTransport
from digest.deliver.throttle import Throttle
from digest.errors import OutsideError
from digest.model.delivery import Message, OutcomeKind
from mail_servers import Answer, MailServer, but, every, mail, mail_server, offering, usual


def transport(server: MailServer, connections: int = 2, **limits: object) -> SmtpTransport:
    settings = SmtpSettings(
        host="127.0.0.1", port=server.port, security=Security.NONE, timeout=5.0, connections=connections
    )
    return SmtpTransport(settings, Throttle(ThrottleSettings.model_validate(limits)))


def slow(per_minute: float) -> list[dict[str, object]]:
    return [{"name": "slow", "domains": ["slow.example"], "per_minute": per_minute}]


def messages(slow: int, others: int) -> Iterator[Message]:
    yield from (mail(n, recipient=f"r{n}@slow.example") for n in range(slow))
    yield from (mail(1000 + n, recipient=f"r{n}@quick.example") for n in range(others))


def test_one_providers_rate_is_kept_while_others_flow() -> None:
    """At two a second and four at once, eight take two seconds; the 200 others do not wait for the last of them."""
    with mail_server() as server:
        began = time.monotonic()
        outcomes = list(transport(server, providers=slow(120)).send(messages(8, 200), NOW))
        took = time.monotonic() - began
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    order = [outcome.key.subscriber for outcome in outcomes]
    assert all(order.index(n) < 50 for n in range(4)), "four at once"  # before most of the others
    assert order[-1] in range(4, 8), "nobody waits for the last"
    assert took >= 1.99, "the last four waited for their turn"
    assert set(server.accepted.values()) == {1} and len(server.accepted) == 208


def test_mail_whose_turn_is_far_is_withheld_and_never_reaches_the_server() -> None:
    with mail_server() as server:
        outcomes = list(transport(server, providers=slow(1)).send(messages(5, 5), NOW))
    kinds = {outcome.key.subscriber: outcome.kind for outcome in outcomes}
    assert [kinds[n] for n in range(5)] == [OutcomeKind.ACCEPTED] + [OutcomeKind.WITHHELD] * 4
    assert [kinds[1000 + n] for n in range(5)] == [OutcomeKind.ACCEPTED] * 5
    assert len(server.accepted) == 6
    assert all(outcome.retry_at for outcome in outcomes if outcome.kind is OutcomeKind.WITHHELD)


def test_nothing_may_go_and_no_connection_is_opened() -> None:
    with mail_server() as server:
        sender = transport(server, providers=slow(1))
        list(sender.send(messages(1, 0), NOW))
        outcomes = list(sender.send(messages(3, 0), NOW))
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.WITHHELD}
    assert server.connections == 1


def test_a_complaint_halves_the_rate_of_the_rest() -> None:
    with mail_server(but({"RCPT TO:<r0@slow": "450 4.7.1 slow down"})) as server:
        sender = transport(server, connections=1, providers=slow(2))
        outcomes = list(sender.send(messages(1, 0), NOW)) + list(sender.send(messages(3, 0), NOW))
    assert outcomes[0].kind is OutcomeKind.DEFERRED
    withheld = [outcome.retry_at for outcome in outcomes if outcome.kind is OutcomeKind.WITHHELD and outcome.retry_at]
    assert len(withheld) == 3 and 59 <= (withheld[1] - withheld[0]).total_seconds() <= 61


@pytest.fixture(params=["pipelined", "in lockstep"])
def otherwise(request: pytest.FixtureRequest) -> Answer:
    return usual if request.param == "pipelined" else offering("8BITMIME")


def limited(server: MailServer, connections: int = 1) -> tuple[SmtpTransport, Throttle]:
    """A sender with a hundred mails a second to each domain, and its throttle."""
    settings = SmtpSettings(
        host="127.0.0.1", port=server.port, security=Security.NONE, timeout=5.0, connections=connections
    )
    throttle = Throttle(ThrottleSettings(domain_per_minute=6000))
    return SmtpTransport(settings, throttle), throttle


def at_once(throttle: Throttle) -> int:
    """How many may go at one moment soon after: two seconds' worth, 200 where nothing slowed us down."""
    later = NOW + timedelta(seconds=20)
    return sum(not throttle.admit(mail(n), later) for n in range(300))


@pytest.mark.parametrize("said", ["MAIL", "RCPT", "DATA"])
def test_a_connection_closed_by_421_halves_the_rate_though_its_mail_goes_over_another(
    said: str, otherwise: Answer
) -> None:
    """Every mail is accepted in the end, so no outcome tells of it."""
    with mail_server(every(2, said, "421 too many messages, slow down", otherwise)) as server:
        sender, throttle = limited(server)
        outcomes = list(sender.send(map(mail, range(6)), NOW))
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * 6
    assert 100 <= at_once(throttle) <= 103


def test_an_opening_that_ends_with_421_halves_the_rate() -> None:
    with mail_server(but({"GREETING": "421 4.7.0 try later"})) as server:
        sender, throttle = limited(server)
        with pytest.raises(OutsideError, match="try later"):
            list(sender.send(map(mail, range(4)), NOW))
    assert 100 <= at_once(throttle) <= 103


def test_one_connection_of_several_that_is_turned_away_is_about_their_number() -> None:
    with mail_server(every(3, "GREETING", "421 4.7.0 too many connections", usual)) as server:
        sender, throttle = limited(server, connections=3)
        outcomes = list(sender.send(map(mail, range(190)), NOW))
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    assert at_once(throttle) == 200


def test_another_refusal_to_open_is_no_complaint_of_our_rate() -> None:
    with mail_server(but({"GREETING": "554 5.7.1 go away"})) as server:
        sender, throttle = limited(server)
        with pytest.raises(OutsideError):
            list(sender.send(map(mail, range(4)), NOW))
    assert at_once(throttle) == 200
