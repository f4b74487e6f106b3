"""Mails are signed on their way to the mail server, where the settings name keys."""

from __future__ import annotations

import email
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from digest.app import signing
from digest.config.publication import NewsletterSettings
from digest.config.returns import DkimKeySettings, DkimSettings
from digest.config.settings import Settings
from digest.deliver.dkim import Signer
from digest.deliver.signing import SigningTransport
from digest.errors import ConfigError
from fakes import FakeTransport
from signed_mail import SIGNED_AT, keys, message, records


def settings(address: str = "news@example.org", file: str = "rsa.pem", domain: str = "example.org") -> Settings:
    key = DkimKeySettings(domain=domain, selector="r2026", key_file=Path(file))
    sender = {"name": "The Weekly", "address": address}
    newsletter = NewsletterSettings(slug="weekly", name="The Weekly", sender=sender)  # type: ignore[arg-type]
    return Settings(dkim=DkimSettings(keys=(key,)), newsletters=(newsletter,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pem = keys()[0].private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "rsa.pem").write_bytes(pem)
    return tmp_path


def test_what_the_server_gets_is_signed_and_outcomes_come_back():
    server = FakeTransport()
    outcomes = list(SigningTransport(server, Signer(keys())).send([message(), message("Other")], SIGNED_AT))
    assert [outcome.key for outcome in outcomes] == [message().key] * 2
    for taken in server.taken:
        assert dkim.verify(b"".join(taken.segments), dnsfunc=records)


def test_a_mail_is_signed_no_earlier_than_it_is_asked_for():
    asked = []

    def mails():
        for subject in ("one", "two"):
            asked.append(subject)
            yield message(subject)

    sending = SigningTransport(FakeTransport(), Signer(keys())).send(mails(), SIGNED_AT)
    next(sending)
    assert asked == ["one"]


def test_keys_are_read_from_files_beside_the_configuration(folder: Path):
    server = FakeTransport()
    list(signing(server, settings(), folder).send([message()], SIGNED_AT))
    signed = email.message_from_bytes(b"".join(server.taken[0].segments))
    assert "s=r2026" in signed["DKIM-Signature"]


@pytest.mark.parametrize("domain", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"])
@pytest.mark.parametrize("address", ["news@bücher.example", "news@mail.xn--bcher-kva.example"])
def test_a_domain_with_an_accent_has_a_key_however_the_two_are_written(folder: Path, domain: str, address: str):
    server = FakeTransport()
    list(signing(server, settings(address, domain=domain), folder).send([message(sender=address)], SIGNED_AT))
    signed = email.message_from_bytes(b"".join(server.taken[0].segments))
    assert "d=xn--bcher-kva.example;" in signed["DKIM-Signature"]


@pytest.mark.parametrize("domain", ["example", "a b.example", "../x.example", "-ü-.example", "news@example.org"])
def test_a_key_for_what_is_no_domain_is_refused_when_it_is_read(domain: str):
    with pytest.raises(ValidationError, match="is no domain name"):
        settings(domain=domain)


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (settings(file="absent.pem"), "absent.pem: cannot be read"),
        (settings(file="empty.pem"), "empty.pem: holds no private key in PEM"),
        (settings(address="news@other.example"), "newsletter weekly: none fits news@other.example; add a key"),
    ],
)
def test_keys_that_cannot_be_used_are_told_before_anything_is_sent(folder: Path, made: Settings, problem: str):
    (folder / "empty.pem").write_bytes(b"")
    with pytest.raises(ConfigError, match=problem):
        signing(FakeTransport(), made, folder)
