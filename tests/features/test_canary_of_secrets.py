"""A canary of secrets and addresses: `digest run` at debug, through sign-up, sending and failures, tells none of them.

Every secret and every reader's address has a mark in it. What the program wrote (log, figures, error pages, errors and
traces of commands) is searched for the marks.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from commands import Done, forker
from digest.demo.mailroom import free_port
from digest.demo.show import Stage, stage, write_config
from mail_servers import MailServer, mail_server, usual
from returned import dsn

SLOT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SOON = SLOT - timedelta(seconds=4)
MARK = "canary"
ISSUE = "weekly-2026-11-24"
REFUSED, READER, NEW = (f"{who}.{MARK}@{MARK}-mail.example" for who in ("refused", "reader", "new"))
SETTINGS = {
    "WEB__SECRET_KEY": f"{MARK}-web-" + "w" * 30,
    "DATABASE__ADDRESS_KEY": f"{MARK}-address-" + "a" * 30,
    "SMTP__USERNAME": "press",
    "SMTP__PASSWORD": f"{MARK}-smtp",
    "SUMMARISE__API_KEY": f"{MARK}-summary",
    "FEEDBACK__IMAP": json.dumps(
        {"host": "127.0.0.1", "port": 9, "security": "none", "username": "x", "password": f"{MARK}-imap"}
    ),
    "LOG__LEVEL": "debug",
    "METRICS__SECONDS": "0",
    "SCHEDULE__TICK_SECONDS": "1",
    "SCHEDULE__LEAD_MINUTES": "0",
    "SIGN_UP__LEAST_SECONDS": "0",
}


def answering(said: str) -> str:
    """A mail server that wants a password and names whom it refuses."""
    if said.startswith("RCPT") and REFUSED in said:
        return f"550 5.1.1 <{REFUSED}>: no such user here"
    if said.startswith("AUTH"):
        return "235 2.7.0 good"
    return usual(said, ("PIPELINING", "8BITMIME", "AUTH PLAIN"))


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        server.answer = answering
        yield server


@pytest.fixture
def on(tmp_path: Path, mails: MailServer) -> Iterator[Stage]:
    with stage(tmp_path, SOON) as playing:
        write_config(playing, free_port())
        (tmp_path / "readers.csv").write_text(f"email,name\n{READER},Ada\n{REFUSED},Bob\n")
        yield playing


def options(mails: MailServer, now: datetime) -> tuple[str, ...]:
    return ("--now", now.isoformat(), "--set", f"smtp.port={mails.port}")


def surroundings() -> dict[str, str]:
    return {f"DIGEST__{key}": value for key, value in SETTINGS.items()}


def command(on: Stage, mails: MailServer, *arguments: str, now: datetime = SLOT) -> str:
    """What a command said on standard error."""
    return done(on, mails, *arguments, now=now).stderr


def token_of(on: Stage, mails: MailServer) -> str:
    """A token of the API, which the command tells this once."""
    made = done(on, mails, "token", "add", "bounces", "--scope", "feedback:write", "--json")
    told: str = json.loads(made.stdout)["token"]
    assert told not in made.stderr
    return told


def done(on: Stage, mails: MailServer, *arguments: str, now: datetime = SLOT) -> Done:
    return forker().run((*options(mails, now), *arguments), on.folder, surroundings())


@contextmanager
def running(on: Stage, mails: MailServer) -> Iterator[str]:
    """`digest run` with the clock moved to shortly before the slot; gives its address."""
    base = re.search(r'public_url = "([^"]+)"', (on.folder / "config.toml").read_text())[1]
    log = on.folder / "run.log"
    process = forker().start((*options(mails, SOON), "run"), on.folder, log, log, surroundings())
    try:
        wait_for(lambda: ask(f"{base}/healthz")[0] == 200, on)
        yield base
    finally:
        os.kill(process, signal.SIGTERM)
        status = forker().wait(process, 30)
    assert status == 0, log_of(on)


def log_of(on: Stage) -> str:
    return (on.folder / "run.log").read_text()


def wait_for(what, on: Stage) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until, log_of(on)[-4000:]
        time.sleep(0.1)


def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    with suppress(OSError):
        try:
            with urlopen(Request(url, body, headers), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
    return 0, ""


def sign_up(base: str, email: str) -> tuple[int, str]:
    token = re.search(r'name="token" value="([^"]+)"', ask(f"{base}/sign-up/weekly")[1])[1]
    wish = {"email": email, "name": "New", "categories": ["security"], "token": token}
    return ask(f"{base}/sign-up/weekly", urlencode(wish, doseq=True).encode())


def bounce(base: str, mail: bytes, token: str) -> None:
    """A refusal as a matter of policy that quotes the address, told to us by the API: it is written to the log."""
    name = message_from_bytes(mail, policy=policy.default)["Message-ID"]
    said = f"550 5.7.1 mail to <{READER}> is not wanted"
    raw = dsn("5.7.1", recipient=f"rfc822; {READER}", said=said, message_id=name)
    status, answer = ask(f"{base}/api/v1/feedback", raw, Authorization=f"Bearer {token}")
    assert (status, json.loads(answer)["consequence"]) == (200, "told"), answer


def pages_of_trouble(base: str, on: Stage) -> list[str]:
    """Error pages: of a stale link, of a page that is not there, of a refused token, and of a bug over an address."""
    found = [ask(f"{base}/r/confirm/{MARK}.token")[1], ask(f"{base}/{MARK}?email={READER}")[1]]
    found.append(ask(f"{base}/api/v1/articles", b"{", Authorization=f"Bearer {MARK}-wrong")[1])
    with closing(sqlite3.connect(on.folder / "var" / "digest.sqlite3", timeout=30)) as database:
        (content,) = database.execute("SELECT content FROM issue WHERE id = ?", [ISSUE]).fetchone()
        replace_content(database, json.dumps({"stories": READER, "sponsors": SETTINGS["SMTP__PASSWORD"]}))
        status, page = ask(f"{base}/archive/weekly/2026-11-24")
        time.sleep(1.5)  # a tick meets it too
        replace_content(database, content)
    assert status == 500
    return [*found, page]


def replace_content(database: sqlite3.Connection, content: str) -> None:
    with database:
        database.execute("UPDATE issue SET content = ? WHERE id = ?", [content, ISSUE])


def test_no_secret_and_no_address_is_told(on: Stage, mails: MailServer):
    ready = (("subscribers", "import", "readers.csv"), ("gather",), ("issue", "build", "weekly"),
             ("issue", "approve", ISSUE))  # fmt: skip
    told = [command(on, mails, *words, now=SLOT - timedelta(hours=2)) for words in ready]
    token = token_of(on, mails)
    with running(on, mails) as base:
        assert sign_up(base, NEW)[0] == 200
        wait_for(lambda: {READER, NEW} <= mails.bodies.keys(), on)
        bounce(base, mails.bodies[READER], token)
        figures = ask(f"{base}/metrics")[1]
        told += [figures, *pages_of_trouble(base, on)]
    told.append(log_of(on))
    told.append(command(on, mails, "--set", "smtp.port=1", "send", ISSUE))
    told.append(
        command(on, mails, "--set", f"database.url=postgresql://press:{MARK}-db@127.0.0.1:1/x", "issue", "list")
    )

    log = [json.loads(line) for line in log_of(on).splitlines() if line.startswith("{")]
    assert {line["level"] for line in log} >= {"debug", "info", "error"}, "the canary heard too little"
    assert any("trace" in line for line in log)
    assert any("refused as a matter of policy" in line["message"] for line in log)
    assert 'digest_deliveries{newsletter="weekly"' in figures
    assert any("Something broke" in page for page in told)
    hits = [
        text[max(0, found.start() - 200) : found.end() + 100]
        for text in told
        for found in re.finditer(f"{MARK}|{re.escape(token)}", text)
    ]
    assert not hits, f"{len(hits)} hits:\n" + "\n---\n".join(hits[:5])
