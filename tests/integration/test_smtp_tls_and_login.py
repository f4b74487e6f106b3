"""Encryption and login against aiosmtpd: certificates are checked, secrets never travel in the clear."""

from __future__ import annotations

import ssl
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import SecretStr

from build import NOW
from digest.config.machine import AuthMethod, Security, SmtpSettings
from digest.deliver.smtp import SmtpTransport
from digest.errors import OutsideError
from digest.model.delivery import Outcome, OutcomeKind
from mail_servers import aiosmtpd, but, certificate, mail, mail_server, offering, server_context


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def tls(pem: Path) -> ssl.SSLContext:
    return server_context(pem)


def check(server: object, session: object, envelope: object, mechanism: str, data: LoginPassword) -> AuthResult:
    good = data == LoginPassword(b"digest", b"pa\xc3\x9fword")
    return AuthResult(success=good, handled=good)


def serving(**options: object) -> AbstractContextManager[int]:
    return aiosmtpd(Sink(), **options)


def send(port: int, security: Security, messages: int = 5, **fields: object) -> list[Outcome]:
    settings = SmtpSettings(host="127.0.0.1", port=port, security=security, timeout=5, connections=2, **fields)
    return list(SmtpTransport(settings).send(map(mail, range(messages)), NOW))


def all_accepted(outcomes: list[Outcome], messages: int = 5) -> bool:
    return [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * messages


def test_starttls_with_a_certificate_nobody_vouches_for_is_refused(tls: ssl.SSLContext) -> None:
    with serving(tls_context=tls) as port, pytest.raises(OutsideError, match="certificate is not to be trusted"):
        send(port, Security.STARTTLS)


def test_starttls_without_verification_sends(tls: ssl.SSLContext) -> None:
    with serving(tls_context=tls, require_starttls=True) as port:
        assert all_accepted(send(port, Security.STARTTLS, verify=False))


def test_a_trusted_certificate_is_accepted(tls: ssl.SSLContext, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with serving(tls_context=tls, require_starttls=True) as port:
        assert all_accepted(send(port, Security.STARTTLS))


def test_a_certificate_for_another_name_is_refused(
    tls: ssl.SSLContext, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with serving(tls_context=tls) as port:
        settings = SmtpSettings(host="localhost", port=port, security=Security.STARTTLS, timeout=5)
        with pytest.raises(OutsideError, match="certificate is not to be trusted"):
            list(SmtpTransport(settings).send([mail()], NOW))


def test_implicit_tls_checks_the_certificate_and_sends(tls: ssl.SSLContext) -> None:
    with serving(ssl_context=tls) as port:
        with pytest.raises(OutsideError, match="certificate is not to be trusted"):
            send(port, Security.TLS)
        assert all_accepted(send(port, Security.TLS, verify=False))


def test_a_large_mail_survives_encryption(tls: ssl.SSLContext) -> None:
    body = b"Subject: large\r\n\r\n" + b"x" * 70 + b"\r\n"
    with serving(tls_context=tls) as port:
        settings = SmtpSettings(host="127.0.0.1", port=port, timeout=5, verify=False)
        large = mail(1, segments=(body, *(b"y" * 70 + b"\r\n" for _ in range(5000))), size=360_000)
        (outcome,) = SmtpTransport(settings).send([large], NOW)
    assert outcome.kind is OutcomeKind.ACCEPTED


def test_a_server_that_offers_no_starttls_gets_nothing() -> None:
    with mail_server() as server, pytest.raises(OutsideError, match="does not offer STARTTLS"):
        send(server.port, Security.STARTTLS)
    assert [said for said in server.said if not said.startswith("EHLO")] == []


def test_what_is_said_in_the_clear_after_starttls_is_not_believed() -> None:
    """CVE-2011-0411: somebody in between could have written it."""
    injected = "220 go ahead\r\n250-test\r\n250 AUTH PLAIN"
    error = pytest.raises(OutsideError, match="before the connection was encrypted")
    with mail_server(but({"STARTTLS": injected}, offering("STARTTLS"))) as server, error:
        send(server.port, Security.STARTTLS, verify=False)


def test_a_server_that_speaks_no_tls_is_an_error() -> None:
    with mail_server() as server, pytest.raises(OutsideError):
        send(server.port, Security.TLS, verify=False)


@pytest.mark.parametrize("method", [AuthMethod.AUTO, AuthMethod.PLAIN, AuthMethod.LOGIN])
def test_login_with_the_right_password_sends(tls: ssl.SSLContext, method: AuthMethod) -> None:
    with serving(tls_context=tls, authenticator=check, auth_required=True) as port:
        login = {"username": "digest", "password": SecretStr("paßword"), "auth": method}
        assert all_accepted(send(port, Security.STARTTLS, verify=False, **login))


def test_a_wrong_password_is_an_error_that_does_not_tell_it(tls: ssl.SSLContext) -> None:
    error = pytest.raises(OutsideError, match="refuses the login of digest")
    with serving(tls_context=tls, authenticator=check, auth_required=True) as port, error as caught:
        send(port, Security.STARTTLS, verify=False, username="digest", password=SecretStr("guess"))
    assert "guess" not in str(caught.value)


def test_a_login_that_is_missing_blocks_the_sender_and_no_reader(tls: ssl.SSLContext) -> None:
    with serving(tls_context=tls, authenticator=check, auth_required=True) as port:
        outcomes = send(port, Security.STARTTLS, messages=2, verify=False)
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.BLOCKED}


def test_a_password_never_goes_unencrypted_to_another_machine() -> None:
    settings = SmtpSettings(host="192.0.2.1", security=Security.NONE, username="digest", password=SecretStr("x"))
    with pytest.raises(OutsideError, match="unencrypted"):
        list(SmtpTransport(settings).send([mail()], NOW))
