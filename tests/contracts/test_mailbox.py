"""What every Mailbox does: a Maildir, a plain folder, and a real Dovecot by IMAP."""

from __future__ import annotations

import os
import shutil
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from digest.config.machine import Security
from digest.config.returns import ImapSettings
from digest.errors import OutsideError
from digest.feedback.folder import FolderMailbox
from digest.feedback.imap import ImapMailbox
from digest.ports.feedback import Mailbox
from real_servers import ImapServer, dovecot

MAIL = b"Subject: %d\r\n\r\nbody\r\n"


@dataclass
class Box:
    """A mailbox, and how mail comes into it."""

    mailbox: Mailbox
    deliver: Callable[[int], None]


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with dovecot() as running:
        yield running


def imap(server: ImapServer, **fields: object) -> ImapMailbox:
    settings = {
        "host": "127.0.0.1", "port": server.tls_port, "username": "bounces", "password": SecretStr("secret"),
    } | fields  # fmt: skip
    return ImapMailbox(ImapSettings(**settings), ssl.create_default_context(cafile=str(server.certificate)))


def into(folder: Path) -> Callable[[int], None]:
    def deliver(number: int) -> None:
        file = folder / f"{number}.eml"
        file.write_bytes(MAIL % number)
        os.utime(file, (number, number))

    return deliver


def imap_box(server: ImapServer, **fields: object) -> Box:
    for name in ("new", "cur", ".Heard"):
        shutil.rmtree(server.mail / name, ignore_errors=True)
    for file in server.mail.glob("dovecot*"):
        file.unlink()
    for name in ("new", "cur"):
        (server.mail / name).mkdir()
        shutil.chown(server.mail / name, "mail")

    def deliver(number: int) -> None:
        file = server.mail / "new" / f"{number}.M1P1.host"
        file.write_bytes(MAIL % number)
        shutil.chown(file, "mail")

    return Box(imap(server, **fields), deliver)


@pytest.fixture(params=["maildir", "folder", "imap over TLS", "imap with STARTTLS", "imap that moves"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    if request.param.startswith("imap"):
        server = request.getfixturevalue("server")
        if "STARTTLS" in request.param:
            return imap_box(server, port=server.port, security=Security.STARTTLS)
        return imap_box(server, **({"done": "Heard"} if "moves" in request.param else {}))
    if request.param == "maildir":
        for name in ("new", "cur", "tmp"):
            (tmp_path / name).mkdir()
        return Box(FolderMailbox(tmp_path), into(tmp_path / "new"))
    return Box(FolderMailbox(tmp_path), into(tmp_path))


def subjects(box: Box) -> list[int]:
    heard: list[bytes] = []
    count = box.mailbox.read(heard.append)
    assert count == len(heard)
    return [int(mail.split(b"\r\n")[0].removeprefix(b"Subject: ")) for mail in heard]


def test_every_mail_is_handed_on_once_oldest_first(box: Box):
    box.deliver(2)
    box.deliver(1)
    assert sorted(subjects(box)) == [1, 2]
    assert subjects(box) == []
    box.deliver(3)
    assert subjects(box) == [3]


def test_a_mail_whose_hearing_fails_comes_again(box: Box):
    box.deliver(1)

    def fail(raw: bytes) -> None:
        raise OutsideError("database", "is away", "start it")

    with pytest.raises(OutsideError, match="is away"):
        box.mailbox.read(fail)
    assert subjects(box) == [1]


def test_an_empty_mailbox_is_no_error(box: Box):
    assert subjects(box) == []


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path: Path):
    with pytest.raises(OutsideError, match="absent"):
        FolderMailbox(tmp_path / "absent").read(print)


def test_a_certificate_that_nobody_vouches_for_is_refused(server: ImapServer):
    settings = ImapSettings(host="127.0.0.1", port=server.tls_port, username="b", password=SecretStr("secret"))
    with pytest.raises(OutsideError, match=r"imap 127\.0\.0\.1:\d+: .*certificate"):
        ImapMailbox(settings).read(print)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"password": SecretStr("wrong")}, "Authentication failed"), ({"folder": 'No "such\\'}, "cannot open the folder")],
)
def test_what_the_server_refuses_is_said(server: ImapServer, fields: dict[str, object], problem: str):
    with pytest.raises(OutsideError, match=problem):
        imap(server, **fields).read(print)


def test_a_server_that_is_not_there_is_an_error_that_names_it():
    settings = ImapSettings(host="127.0.0.1", port=9, username="b")
    with pytest.raises(OutsideError, match=r"imap 127\.0\.0\.1:9: .*refused"):
        ImapMailbox(settings).read(print)
