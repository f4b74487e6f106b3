"""`digest issue export` and `digest issue import`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from test_delivery_commands import CONFIG

from digest.app import build
from digest.config.load import load
from digest.errors import ExitStatus
from mail_servers import mail_server
from send_ground import approved, with_readers

ISSUE = "weekly-2026-11-24"
ONE = "review/stories/01-regulator-tells-hospitals-to-stop.md"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_out_and_back_again(app, run):
    assert "files of weekly-2026-11-24" in run("issue", "export", ISSUE, "--out", "review").stdout
    before = snapshot(Path("review"))
    assert "nothing differs" in run("issue", "import", "review").stdout
    Path(ONE).write_text(Path(ONE).read_text().replace("Regulator tells", "Court tells"))
    said = json.loads(run("issue", "import", "review", "--dry-run", "--json").stdout)
    assert (said["saved"], [one["kind"] for one in said["differences"]]) == (False, ["rewritten"])
    assert "title: Court tells hospitals to stop" in run("issue", "import", "review", "--by", "ada").stdout
    assert app.press.issue(ISSUE).content.stories[0].title == "Court tells hospitals to stop"
    run("issue", "export", ISSUE, "--out", "review")
    after = snapshot(Path("review"))
    assert ONE.removeprefix("review/") in before.keys() - after.keys()
    assert "stories/01-court-tells-hospitals-to-stop.md" in after


def test_as_a_zip(app, run):
    run("issue", "export", ISSUE, "--out", "issue.zip")
    assert "nothing differs" in run("issue", "import", "issue.zip").stdout


def test_a_folder_of_other_things_is_left_alone(app, run):
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("mine")
    refused = run("issue", "export", ISSUE, "--out", "mine")
    assert refused.exit_code == ExitStatus.USAGE
    assert "is not empty and holds no issue" in refused.stderr
    run("issue", "export", ISSUE, "--out", "review")
    toml = Path("review/issue.toml")
    toml.write_text(toml.read_text().replace(ISSUE, "weekly-2026-12-01"))
    assert "holds weekly-2026-12-01; name another folder" in run("issue", "export", ISSUE, "--out", "review").stderr
    Path("review/readme.md").write_text("kept")
    toml.write_text(toml.read_text().replace("weekly-2026-12-01", ISSUE))
    run("issue", "export", ISSUE, "--out", "review")
    assert Path("review/readme.md").read_text() == "kept"


def test_links_that_lead_elsewhere_are_neither_read_nor_written_through(app, run):
    run("issue", "export", ISSUE, "--out", "review")
    Path("secret.md").write_text("secret")
    Path("review/stories/09-x.md").symlink_to(Path("secret.md").absolute())
    assert "is a link to somewhere else" in run("issue", "import", "review").stderr
    assert "is a link to somewhere else" in run("issue", "export", ISSUE, "--out", "review").stderr
    assert Path("secret.md").read_text() == "secret"


def test_errors_name_the_file_and_the_line(app, run):
    assert "is not there; write one first" in run("issue", "import", "nowhere").stderr
    run("issue", "export", ISSUE, "--out", "review")
    Path(ONE).write_text(Path(ONE).read_text().replace("minutes", "minuts"))
    refused = run("issue", "import", "review")
    assert refused.exit_code == ExitStatus.FINDINGS
    assert f"{ONE.removeprefix('review/')}:8: minuts: unknown key; did you mean minutes?" in refused.stderr
    Path(ONE).write_bytes(bytes(300_000))
    assert "has 300,000 bytes, more than 262,144" in run("issue", "import", "review").stderr


def test_a_reviewed_issue_is_what_readers_get_and_the_record_says_who(folder, run):
    with mail_server() as server:
        Path("config.toml").write_text(CONFIG.format(port=server.port), encoding="utf-8")
        app = build(load(Path("config.toml")), lambda: datetime.now(UTC))
        with_readers(app.press.store, 1, "privacy")
        approved(app.press)
        run("issue", "export", ISSUE, "--out", "review")
        Path(ONE).write_text(Path(ONE).read_text().replace("Regulator tells", "Court tells"))
        run("issue", "import", "review", "--by", "rae")
        said = json.loads(run("issue", "approve", ISSUE, "--by", "ada", "--json").stdout)["issue"]
        sent = run("send", ISSUE)
        assert sent.exit_code == 0, sent.stderr
        [body] = server.bodies.values()
    mail = message_from_bytes(body, policy=policy.default)
    assert "Court tells" in mail["Subject"]
    assert f"hash={said['approval_hash']}" in "".join(str(mail["Digest-Issue"]).split())
    log = [line.split("\t")[1:] for line in run("issue", "log", ISSUE).stdout.splitlines()]
    assert ["rae", "imported the issue"] in log
    assert ["ada", f"approved: hash {said['approval_hash'][:16]}"] in log
    app.press.store.close()
