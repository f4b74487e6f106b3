"""Where bounces are read from, as the configuration says it."""

from __future__ import annotations

import pytest

from build import NOW
from digest.app import build
from digest.config.load import load
from digest.errors import OutsideError
from digest.feedback.folder import FolderMailbox
from digest.feedback.imap import ImapMailbox
from digest.tasks import hear_mailboxes

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
