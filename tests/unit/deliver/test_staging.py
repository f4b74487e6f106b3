"""A rehearsal reaches only those who are allowed."""

from __future__ import annotations

import pytest

from build import NOW
from digest.deliver.staging import StagingTransport
from digest.errors import HeaderError, OutsideError
from digest.model.delivery import Outcome, OutcomeKind
from fakes import FakeTransport
from mail_servers import collect, mail

TO = ["one@Example.org", "two@example.org", "me@example.net", "you@example.net", "x@sub.example.org", "a@münchen.de"]


@pytest.mark.parametrize(
    ("only_to", "reached"),
    [
        (("example.org",), ["0", "1"]),
        (("EXAMPLE.ORG", "Me@example.net"), ["0", "1", "2"]),
        (("sub.example.org",), ["4"]),
        (("nobody@example.net",), []),
    ],
)
def test_only_named_domains_and_addresses_are_reached(only_to: tuple[str, ...], reached: list[str]) -> None:
    fake = FakeTransport({})
    messages = [mail(n, recipient=to) for n, to in enumerate(TO)]
    outcomes = list(StagingTransport(fake, only_to).send(messages, NOW))
    assert sorted(str(o.key.subscriber) for o in outcomes if o.kind is OutcomeKind.ACCEPTED) == reached
    assert [message.recipient for message in fake.taken] == [TO[int(number)] for number in reached]
    assert len(outcomes) == len(TO)


def test_the_others_have_a_reason_and_no_time_to_try_again() -> None:
    (outcome,) = StagingTransport(FakeTransport({}), ["example.org"]).send([mail(1)], NOW)
    assert outcome == Outcome(mail(1).key, OutcomeKind.WITHHELD, "not among [smtp] only_to")


def test_a_domain_with_accents_is_known_by_its_a_label() -> None:
    sending = StagingTransport(FakeTransport({}), ["münchen.de"])
    (outcome,) = sending.send([mail(1, recipient="a@xn--mnchen-3ya.de")], NOW)
    assert outcome.kind is OutcomeKind.ACCEPTED


def test_what_was_withheld_is_known_even_when_the_server_is_down() -> None:
    known: list[Outcome] = []
    sending = StagingTransport(FakeTransport(down=True), ["example.org"])
    with pytest.raises(OutsideError):
        collect(sending.send([mail(1), mail(2, recipient="a@example.org")], NOW), known)
    assert len(known) <= 1


def test_what_is_no_domain_and_no_address_is_refused() -> None:
    with pytest.raises(HeaderError):
        StagingTransport(FakeTransport({}), ["not a domain"])
