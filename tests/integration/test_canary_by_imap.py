"""The canary's mailbox on a real Dovecot: found in the inbox, found among the spam, not there, not readable."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from digest.config.alarms import CanarySettings
from digest.errors import OutsideError
from digest.feedback.seed import ImapSeed
from real_servers import ImapServer, dovecot

NAME = "abc123.weekly@press.example.com"


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with dovecot() as running:
        yield running


def seed(server: ImapServer, **fields: object) -> ImapSeed:
    settings = {
        "host": "127.0.0.1", "port": server.tls_port, "username": "seed", "password": SecretStr("secret"),
        "address": "seed@example.com",
    } | fields  # fmt: skip
    return ImapSeed(CanarySettings(**settings), ssl.create_default_context(cafile=str(server.certificate)))


def put(server: ImapServer, folder: str) -> None:
    for name in ("new", "cur", ".Junk"):
        shutil.rmtree(server.mail / name, ignore_errors=True)
    for file in server.mail.glob("dovecot*"):
        file.unlink()
    for base in (server.mail, server.mail / ".Junk") if folder != "no junk" else (server.mail,):
        for name in ("new", "cur", "tmp"):
            (base / name).mkdir(parents=True, exist_ok=True)
    target = {"INBOX": server.mail, "Junk": server.mail / ".Junk"}.get(folder)
    if target:
        (target / "new" / "1.M1P1.host").write_bytes(f"Subject: x\r\nMessage-ID: <{NAME}>\r\n\r\nbody\r\n".encode())
    for path in (server.mail, *server.mail.rglob("*")):
        shutil.chown(path, "mail")


@pytest.mark.parametrize(("folder", "found"), [("INBOX", "INBOX"), ("Junk", "Junk"), ("none", None), ("no junk", None)])
def test_the_mail_is_found_where_it_is(server, folder, found):
    put(server, folder)
    assert seed(server).find(f"<{NAME}>") == found
    assert seed(server).find("<other@press.example.com>") is None
    assert seed(server).find(f"<{NAME}>") == found  # looking marked nothing


def test_a_mailbox_that_cannot_be_read_is_told(server):
    with pytest.raises(OutsideError, match=r"check \[alarms.canary\]"):
        seed(server, password=SecretStr("wrong")).find("<x@y>")
