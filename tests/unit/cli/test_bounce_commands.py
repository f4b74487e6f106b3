"""`digest bounce`: what bounces say, and what follows."""

from __future__ import annotations

import json

from digest.deliver.message_id import message_id
from digest.feedback.classify import classify
from digest.model.delivery import DeliveryKey
from digest.model.ids import IssueId, SubscriberId
from returned import arf, dsn

CONFIG = """
[[categories]]
slug = "privacy"
name = "Privacy"
[[newsletters]]
slug = "weekly"
name = "The Weekly"
sender = {name = "The Weekly", address = "weekly@example.org"}
"""


def lines(result):
    """The answers."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_classify_answers_each_file_in_order_and_never_with_a_traceback(run, folder):
    (folder / "hard.eml").write_bytes(dsn(said="550 5.1.1 unknown"))
    (folder / "spam.eml").write_bytes(arf())
    (folder / "junk.eml").write_bytes(b"\x00\xff" * 500)
    result = run("bounce", "classify", "hard.eml", "spam.eml", "junk.eml", "absent.eml", folder, "--jsonl")
    hard, spam, junk, absent, directory = lines(result)
    assert hard == {
        "file": "hard.eml", "kind": "hard", "addresses": ["ada@example.com"], "status": "5.1.1",
        "diagnostic": "550 5.1.1 unknown",
    }  # fmt: skip
    assert (spam["kind"], junk["kind"], junk["addresses"]) == ("complaint", "none", [])
    assert absent == {"file": "absent.eml", "error": "cannot be read: No such file or directory"}
    assert "cannot be read" in directory["error"]
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_classify_gives_a_table_to_people_and_status_0(run, folder):
    (folder / "hard.eml").write_bytes(dsn())
    result = run("bounce", "classify", "hard.eml")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "file\tkind\taddresses\tstatus\tdiagnostic",
        "hard.eml\thard\tada@example.com\t5.1.1\t5.1.1",
    ]


def test_read_acts_on_a_maildir_and_leaves_its_files(run, folder):
    (folder / "config.toml").write_text(CONFIG)
    for name in ("new", "cur", "tmp"):
        (folder / "Maildir" / name).mkdir(parents=True)
    (folder / "Maildir" / "new" / "1").write_bytes(dsn())
    (folder / "Maildir" / "cur" / "2:2,S").write_bytes(b"Subject: Hello\n\nI liked it.\n")
    (folder / "Maildir" / "tmp" / "3").write_bytes(dsn())
    result = run("bounce", "read", "Maildir", "--jsonl")
    assert result.exit_code == 0, result.output
    assert lines(result) == [
        {"file": "Maildir/new/1", "kind": "hard", "delivery": None, "consequence": "strange"},
        {"file": "Maildir/cur/2:2,S", "kind": "none", "delivery": None, "consequence": "ignored"},
    ]
    assert (folder / "Maildir" / "new" / "1").is_file()


def test_read_wants_a_folder(run, folder):
    (folder / "config.toml").write_text(CONFIG)
    result = run("bounce", "read", "absent")
    assert result.exit_code == 2
    assert "absent: is no folder; name a Maildir or a folder of mails" in result.output


def test_read_suppresses_the_reader_whose_mail_came_back(run, folder):
    (folder / "config.toml").write_text(CONFIG)
    (folder / "readers.csv").write_text("email\nada@example.com\nbob@example.com\n")
    assert run("subscribers", "import", "readers.csv").exit_code == 0
    secret = (folder / "var" / "secret.key").read_text().strip()
    ours = message_id(DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(1)), "example.org", secret)
    (folder / "bounces").mkdir()
    (folder / "bounces" / "1.eml").write_bytes(dsn(message_id=ours))
    for consequence in ("suppressed", "known"):
        (answer,) = lines(run("bounce", "read", "bounces", "--jsonl"))
        assert (answer["delivery"], answer["consequence"]) == ("weekly-2026-11-24/1", consequence)


def test_read_goes_on_behind_a_mail_that_cannot_be_heard(run, folder, monkeypatch):
    (folder / "config.toml").write_text(CONFIG)
    (folder / "bounces").mkdir()
    for name, mail in (("1", b"Subject: odd\n\n"), ("2", dsn())):
        (folder / "bounces" / name).write_bytes(mail)

    def broken(raw):
        if b"odd" in raw:
            raise KeyError("nobody foresaw it")
        return classify(raw)

    monkeypatch.setattr("digest.pipeline.hearing.classify", broken)
    result = run("bounce", "read", "bounces", "--jsonl")
    answers = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert [answer["consequence"] for answer in answers] == ["unheard", "strange"]
