"""Single mails: confirmations, sign-in links, alarms."""

from __future__ import annotations

import email.policy
from email.parser import BytesParser

from build import NOW
from digest.config.publication import SenderSettings
from digest.deliver.message_id import whose
from digest.deliver.transactional import MailKind, SingleMail, compose_transactional, transactional_key
from digest.model.ids import SubscriberId

SECRET = "s" * 32
SENDER = SenderSettings(name="Weekly", address="weekly@press.example.com", bounces="bounces@press.example.com")


def test_a_confirmation_is_automatic_mail_and_no_list_mail() -> None:
    key = transactional_key(MailKind.CONFIRM, SubscriberId(7), NOW)
    mail = SingleMail(
        MailKind.CONFIRM, "ada@bücher.example", "Ada", "Please confirm – Weekly", ".Press:\nhttps://x.example/?a=b",
        "<p>é</p>",
    )  # fmt: skip
    message = compose_transactional(mail, SENDER, key, SECRET, NOW)
    raw = b"".join(message.segments)
    read = BytesParser(policy=email.policy.default).parsebytes(raw)
    assert str(key) == "mail-confirm-20261124t090000/7"
    assert whose(read["Message-ID"], [SECRET]) == key
    assert read["Auto-Submitted"] == "auto-generated"
    assert not [name for name in read if name.startswith("List-") or name == "Precedence"]
    assert read["Subject"] == "Please confirm – Weekly"
    assert message.recipient == "ada@xn--bcher-kva.example" and message.sender == "bounces@press.example.com"
    assert read.get_body(("plain",)).get_content() == ".Press:\nhttps://x.example/?a=b\n".replace("\n", "\r\n")
    assert read.get_body(("html",)).get_content() == "<p>é</p>\r\n"
    assert message.size == len(raw) and not message.smtputf8


def test_a_sender_with_an_accent_needs_smtputf8() -> None:
    mail = SingleMail(MailKind.CONFIRM, "ada@example.com", "Ada", "Please confirm", "x", "<p>x</p>")
    accented = SENDER.model_copy(update={"bounces": "jörg@press.example.com"})
    key = transactional_key(MailKind.CONFIRM, SubscriberId(7), NOW)
    assert compose_transactional(mail, accented, key, SECRET, NOW).smtputf8
