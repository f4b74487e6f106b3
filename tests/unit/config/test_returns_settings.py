"""Where bounces are read from, as the configuration says it."""

from __future__ import annotations

import hashlib
import os

import pytest

from build import NOW
from digest.app import build
from digest.config.load import load
from digest.errors import OutsideError
from digest.feedback.classify import classify
from digest.feedback.folder import FolderMailbox
from digest.feedback.imap import ImapMailbox
from digest.model.feedback import Feedback
from digest.tasks import hear_mailboxes
from returned import UNREADABLE

CONFIG = """
[curate]
embeddings = false
[feedback]
folder = "bounces"
[feedback.imap]
host = "127.0.0.1"
port = 9
username = "bounces"
password_file = "imap.secret"
"""


@pytest.fixture
def app(tmp_path):
    (tmp_path / "imap.secret").write_text("hush\n")
    (tmp_path / "config.toml").write_text(CONFIG)
    app = build(load(tmp_path / "config.toml"), lambda: NOW)
    yield app
    app.press.store.close()


def test_the_password_comes_from_its_file(app):
    assert app.settings.feedback.imap.password.get_secret_value() == "hush"


def test_each_source_that_is_named_is_a_mailbox(app):
    assert [type(mailbox) for mailbox in app.mailboxes()] == [FolderMailbox, ImapMailbox]
    assert app.lmtp_listener() is None


def test_a_mailbox_that_cannot_be_read_does_not_stop_the_others(app, tmp_path, caplog):
    (tmp_path / "bounces").mkdir()
    (tmp_path / "bounces" / "1.eml").write_bytes(b"Subject: hello\n\nyou\n")
    folder, imap = app.mailboxes()
    with pytest.raises(OutsideError):
        imap.read(print)
    assert hear_mailboxes(app.press, (imap, folder), app.clock) == 1
    assert "imap 127.0.0.1:9" in caplog.text
    assert (tmp_path / "bounces" / "heard" / "1.eml").exists()


def bounces(tmp_path, *mails):
    """The folder with these, the first the oldest."""
    (tmp_path / "bounces").mkdir()
    for number, mail in enumerate(mails):
        file = tmp_path / "bounces" / f"{number}.eml"
        file.write_bytes(mail)
        os.utime(file, (number, number))
    return FolderMailbox(tmp_path / "bounces")


def test_mails_that_nobody_can_read_stop_nothing_and_are_put_away(app, tmp_path, caplog):
    folder = bounces(tmp_path, *UNREADABLE, b"Subject: hello\n\nyou\n")
    assert [hear_mailboxes(app.press, [folder], app.clock) for _ in range(2)] == [3, 0]
    assert caplog.text == ""


def test_a_mail_whose_hearing_breaks_is_told_put_away_and_stops_none_behind_it(app, tmp_path, caplog, monkeypatch):
    def broken(raw: bytes) -> Feedback:
        if b"odd" in raw:
            raise KeyError("nobody foresaw it")
        return classify(raw)

    monkeypatch.setattr("digest.pipeline.hearing.classify", broken)
    odd = b"Subject: odd\nTo: ada@example.com\n\nyou\n"
    folder = bounces(tmp_path, odd, b"Subject: hello\n\nyou\n")
    assert [hear_mailboxes(app.press, [folder], app.clock) for _ in range(2)] == [2, 0]
    assert "KeyError" in caplog.text
    assert f"{len(odd)} bytes, SHA-256 {hashlib.sha256(odd).hexdigest()[:12]}" in caplog.text
    assert "ada@example.com" not in caplog.text


def test_mails_wait_while_the_database_is_away(app, tmp_path, caplog, monkeypatch):
    def away(raw: bytes) -> Feedback:
        raise OutsideError("database", "is away", "start it")

    folder = bounces(tmp_path, b"Subject: hello\n\nyou\n")
    with monkeypatch.context() as patched:
        patched.setattr("digest.pipeline.hearing.classify", away)
        assert hear_mailboxes(app.press, [folder], app.clock) == 0
    assert "is away" in caplog.text
    assert hear_mailboxes(app.press, [folder], app.clock) == 1
