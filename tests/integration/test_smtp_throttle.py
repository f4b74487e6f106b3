"""Limits on the wire: one provider's rate is kept while mail to others flows."""

from __future__ import annotations

import time
from collections.abc import Iterator

from build import NOW
from digest.config.machine import Security, SmtpSettings
from digest.config.throttle import ThrottleSettings
from digest.deliver.smtp import SmtpTransport
from digest.deliver.throttle import Throttle
from digest.model.delivery import Message, OutcomeKind
from mail_servers import MailServer, but, mail, mail_server


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
