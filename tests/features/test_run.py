"""`digest run` gathers, builds and sends a due issue by itself, once, and serves the readers' pages meanwhile."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from commands import forker, run_digest
from digest.demo.mailroom import free_port
from digest.demo.show import Stage, stage, write_config
from processes import children

# The slot of the weekly newsletter: Tuesday, 07:00 in London, in winter.
SLOT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SOON = SLOT - timedelta(seconds=4)
PATIENCE = 60.0


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    """The outlets and the mail server of the demonstration, dated by the moment of the test."""
    with stage(tmp_path, SOON) as playing:
        write_config(playing, free_port())
        (tmp_path / "readers.csv").write_text("email,name,categories\nada@example.org,Ada,privacy;security\n")
        digest(playing, "subscribers", "import", "readers.csv")
        yield playing


def digest(on: Stage, *arguments: str, now: datetime = SOON, status: int = 0) -> str:
    return run_digest("--now", now.isoformat(), *arguments, cwd=on.folder, status=status)


@contextmanager
def running(on: Stage, now: datetime) -> Iterator[None]:
    """`digest run` with the clock moved; SIGTERM at the end, to all of its processes, must stop it well."""
    settings = ("--set", "schedule.tick_seconds=1", "--set", "schedule.lead_minutes=0")
    log = on.folder / "run.log"
    process = forker().start(("--now", now.isoformat(), *settings, "run"), on.folder, log, log)
    try:
        wait_for(lambda: answers(f"{address(on)}/healthz"), on)
        yield
    finally:
        for one in (process, *children(process)):
            os.kill(one, signal.SIGTERM)
        status = forker().wait(process, 20)
    assert status == 0, log.read_text()
    assert "Traceback" not in log.read_text()


def wait_for(what: Callable[[], bool], on: Stage) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, (on.folder / "run.log").read_text()
        time.sleep(0.1)


def state_of(on: Stage, issue: str) -> str:
    lines = digest(on, "issue", "list").splitlines()
    return next((line.split("\t")[1] for line in lines if line.startswith(issue)), "")


def test_a_due_issue_goes_out_by_itself_and_only_once(on):
    with running(on, SOON):
        wait_for(lambda: state_of(on, "weekly-2026-11-24") == "sent", on)
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in on.mailroom.files()]
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == ["ada@example.org"]
    assert "weekly" in mails[0]["List-Id"]
    with running(on, SLOT + timedelta(hours=2)):
        time.sleep(3)
    assert len(on.mailroom.files()) == 1


def test_a_slot_that_nothing_ran_for_is_shown_as_missed_and_never_sent(on):
    digest(on, "gather", now=SLOT - timedelta(hours=2))
    digest(on, "issue", "build", "weekly", now=SLOT - timedelta(minutes=30))
    digest(on, "issue", "approve", "weekly-2026-11-24", now=SLOT)
    digest(on, "send", "weekly-2026-11-24", now=SLOT)
    with running(on, SLOT + timedelta(days=8, hours=6)):
        wait_for(lambda: state_of(on, "weekly-2026-12-01") == "missed", on)
    assert len(on.mailroom.files()) == 1


def test_a_reader_signs_up_confirms_chooses_and_leaves(on):
    with running(on, SLOT + timedelta(hours=1)):
        base = address(on)
        form = re.search(r'name="token" value="([^"]+)"', get(f"{base}/sign-up/weekly"))[1]
        wish = {"email": "new@example.org", "name": "New Reader", "categories": ["robotics", "security"], "token": form}
        time.sleep(2.2)  # as long as a person needs at least
        assert "Look into your inbox" in post(f"{base}/sign-up/weekly", wish)
        wait_for(lambda: len(on.mailroom.files()) == 1, on)
        mail = message_from_bytes(on.mailroom.files()[0].read_bytes(), policy=policy.default)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert not mail["List-Unsubscribe"]
        link = re.search(r"http\S+/r/confirm/\S+", mail.get_body(("plain",)).get_content())[0]

        assert "Confirm The Weekly Digest" in get(link)
        assert "unconfirmed" in digest(on, "subscribers", "list", "--search", "new@")
        preferences = post(link, {})
        assert "Confirmed." in preferences
        wait_for(lambda: len(on.mailroom.files()) == 2, on)  # the welcome
        assert "\tconfirmed\t" in digest(on, "subscribers", "list", "--search", "new@")

        action = base + re.search(r'action="(/r/preferences/[^"]+)"', preferences)[1]
        saved = post(action, {"categories": ["privacy"]})
        assert re.search(r'value="privacy"\s+checked', saved)
        assert not re.search(r'value="robotics"\s+checked', saved)

        leave = base + re.search(r'href="(/r/unsubscribe/[^"]+)"', saved)[1]
        assert "Leave this newsletter" in get(leave)
        assert "new@example.org" in digest(on, "subscribers", "list")
        for _ in range(2):
            assert "You have left" in post(leave, {"List-Unsubscribe": "One-Click"})
        assert "new@example.org" not in digest(on, "subscribers", "list")

        for path in ("r/unsubscribe/1.1.weekly.AAAAAAAAAAAAAAAAAAAAAA", "r/confirm/x", "r/view/..."):
            assert "no longer good" in get(f"{base}/{path}", status=400)
        assert "name@example.org" in post(f"{base}/sign-up/weekly", {"email": "nonsense"}, status=400)
        assert "digest user add" in get(f"{base}/editor", status=403)


def address(on: Stage) -> str:
    return re.search(r'public_url = "([^"]+)"', (on.folder / "config.toml").read_text())[1]


def answers(url: str) -> bool:
    try:
        return "ok" in get(url)
    except OSError:
        return False


def get(url: str, status: int = 200) -> str:
    return _fetch(Request(url), status)


def post(url: str, fields: dict[str, object], status: int = 200) -> str:
    return _fetch(Request(url, urlencode(fields, doseq=True).encode()), status)


def _fetch(request: Request, status: int) -> str:
    try:
        with urlopen(request, timeout=10) as answer:
            code, body = answer.status, answer.read().decode()
    except HTTPError as error:
        code, body = error.code, error.read().decode()
    assert code == status, body
    return " ".join(body.split())
