"""A whole issue's mail, signed and sent by SMTP, has good signatures where it arrives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dkim

import build
import press
from digest.config.machine import Security, SmtpSettings
from digest.config.publication import SenderSettings
from digest.deliver.dkim import Signer
from digest.deliver.message import compose, letterhead, plan
from digest.deliver.signing import SigningTransport
from digest.deliver.smtp import SmtpTransport
from digest.model.delivery import DeliveryKey, Message, OutcomeKind
from mail_servers import aiosmtpd
from signed_mail import SIGNED_AT, keys, records

SENDER = SenderSettings(name="The Weekly", address="weekly@example.org")


class Keeping:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope.content)
        return "250 2.0.0 Ok"


def mails(count: int) -> list[Message]:
    """The same edition to so many readers, with their own links and names."""
    compiled = press.compiled()
    edition = build.edition(keys=tuple(compiled.fragments), values=tuple(sorted(press.VALUES.items())))
    shared = plan(letterhead(press.newsletter(sender=SENDER), press.SITE, compiled, "", "s" * 32, SIGNED_AT), edition)
    readers = [build.recipient(number, name=f"Réader {number} .") for number in range(count)]
    return [
        compose(shared, reader, press.PERSONAL, DeliveryKey(compiled.issue, reader.subscriber.id)) for reader in readers
    ]


def test_every_mail_of_an_issue_arrives_with_good_signatures():
    handler = Keeping()
    with aiosmtpd(handler) as port:
        smtp = SmtpTransport(SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE))
        outcomes = list(SigningTransport(smtp, Signer(keys())).send(mails(8), SIGNED_AT))
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * 8
    assert len(handler.mails) == 8
    for mail in handler.mails:
        assert mail.count(b"DKIM-Signature:") == 2
        assert all(dkim.DKIM(mail).verify(idx=index, dnsfunc=records) for index in range(2))
    spoilt = handler.mails[0].replace(b"The", b"Tho", 1)
    assert not dkim.verify(spoilt, dnsfunc=records)


def test_a_signature_leaves_the_mail_and_its_envelope_as_they_are():
    (unsigned,) = mails(1)
    signed = Signer(keys()).sign(unsigned, SIGNED_AT)
    assert replace(signed, segments=signed.segments[2:], size=unsigned.size) == unsigned
