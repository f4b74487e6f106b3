"""`digest doctor` as a person runs it: against a name server, a mail server and a running site."""

from __future__ import annotations

import json
from pathlib import Path

from commands import run_digest
from mail_servers import mail_server
from name_server import name_server

ZONE = {
    ("press.test", "TXT"): ['"v=spf1 ip4:192.0.2.10 -all"'],
    ("press.test", "MX"): ["10 mx.press.test."],
    ("_dmarc.press.test", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@press.test"'],
    ("10.2.0.192.in-addr.arpa", "PTR"): ["out.press.test."],
    ("out.press.test", "A"): ["192.0.2.10"],
}
CONFIG = """\
[site]
postal_address = "1 Example Quay"
[web]
public_url = "http://127.0.0.1:1"
[doctor]
sends_from = ["192.0.2.10"]
[smtp]
host = "127.0.0.1"
security = "none"
[[categories]]
slug = "privacy"
name = "Privacy"
[[newsletters]]
slug = "weekly"
name = "The Weekly"
sender = { name = "Weekly", address = "weekly@press.test" }
cadence = "weekly"
"""


def doctor(folder: Path, port: int, resolver: str, *arguments: str, status: int) -> dict[tuple[str, str], dict]:
    said = run_digest(
        "--set", f"smtp.port={port}", "doctor", "--resolver", resolver, "--json", *arguments, cwd=folder, status=status
    )
    return {(check["name"], check["standing"]): check for check in json.loads(said)["checks"]}


def test_every_check_is_made_and_each_problem_has_a_remedy(tmp_path: Path):
    (tmp_path / "config.toml").write_text(CONFIG)
    with mail_server() as mails, name_server(ZONE) as resolver:
        found = doctor(tmp_path, mails.port, resolver, status=1)
        problems = {name for name, standing in found if standing == "problem"}
        assert problems == {"unsubscribing"}  # nothing runs at web.public_url
        assert "does not answer" in found["unsubscribing", "problem"]["detail"]
        assert all(check["remedy"] for check in found.values() if check["standing"] != "ok")
        good = {name for name, standing in found if standing == "ok"}
        assert good >= {
            "configuration", "database", "signing key", "postal address", "templates", "mail server", "disk",
            "write rights", "SPF", "DMARC", "alignment", "reverse DNS", "bounces", "MTA-STS",
        }  # fmt: skip
        assert ("DKIM", "advice") in found
        assert ("database file", "problem") not in found
        database = tmp_path / "var" / "digest.sqlite3"
        assert database.stat().st_mode & 0o777 == 0o600
        database.chmod(0o644)
        (tmp_path / "var" / "secret.key").chmod(0o644)
        found = doctor(tmp_path, mails.port, resolver, "--offline", status=1)
    assert "chmod 600" in found["key files", "problem"]["remedy"]
    assert found["database file", "problem"]["remedy"].startswith(f"chmod o= {database}")
    assert ("SPF", "ok") not in found
