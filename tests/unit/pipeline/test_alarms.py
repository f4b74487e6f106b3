"""The operator is told of each trouble once, and once that it is over; an editor's own pause is no trouble."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pydantic import SecretStr

from build import NOW, feed_source
from digest.config.alarms import AlarmSettings, CanarySettings
from digest.errors import OutsideError
from digest.feedback.hook import HttpHook
from digest.model.feeds import FeedState
from digest.model.issue import IssueState
from digest.pipeline.alarms import raise_alarms, troubles
from digest.pipeline.delivering import BLOCKED, begin_issue
from digest.pipeline.errands import run_errands
from digest.pipeline.press import Press
from digest.tasks import due_steps
from fakes import FakeTransport
from send_ground import Clock, ground

MINUTE = timedelta(minutes=1)


class Seed:
    """A mailbox that holds what it is told to."""

    def __init__(self, folder: str | None = None) -> None:
        self.folder = folder
        self.asked: list[str] = []

    def find(self, message_id: str) -> str | None:
        self.asked.append(message_id)
        if self.folder == "broken":
            raise OutsideError("imap x:993", "login refused")
        return self.folder


def alarmed(press: Press, **fields: object) -> Press:
    settings = press.settings.model_copy(update={"alarms": AlarmSettings(**({"to": ("ops@example.com",)} | fields))})
    return replace(press, settings=settings)


@pytest.fixture
def at_work(sqlite_store):
    found = ground(sqlite_store, 2)
    found.press = alarmed(found.press)
    return found


def look(press: Press, now, seed=None) -> int:
    return raise_alarms(press, due_steps(press, now), seed, now)


def keys(press: Press, now, seed=None) -> set[str]:
    return {key for key, _ in troubles(press, due_steps(press, now), seed, now)}


def mails(press: Press, now) -> list[tuple[str, str, str]]:
    transport = FakeTransport()
    run_errands(press, lambda: transport, now)
    parsed = [message_from_bytes(b"".join(m.segments), policy=policy.default) for m in transport.taken]
    return [(str(m["To"]), m["Subject"], m.get_body(("plain",)).get_content()) for m in parsed]


def test_a_late_slot_is_told_once_and_again_when_it_is_over(at_work):
    press, due = at_work.press, at_work.issue.send_at
    assert look(press, due + 29 * MINUTE) == 0
    assert look(press, due + 30 * MINUTE) == 1
    assert look(press, due + 31 * MINUTE) == 0
    ((to, subject, text),) = mails(press, due + 31 * MINUTE)
    assert (to, subject) == ("ops@example.com", "Alarm: weekly-2026-11-24 is late")
    assert "30 minutes after its hour it has not begun" in " ".join(text.split())
    at_work.clock.now = due + 32 * MINUTE
    at_work.send()
    assert look(press, due + 33 * MINUTE) == 1
    ((_, subject, text),) = mails(press, due + 33 * MINUTE)
    assert subject == "Over: weekly-2026-11-24 is late"
    assert look(press, due + 34 * MINUTE) == 0


def test_a_slot_that_was_never_built_is_late_too(sqlite_store):
    press = alarmed(ground(sqlite_store, 1).press)
    later = press.issue("weekly-2026-11-24").send_at + timedelta(days=7)
    assert "late:weekly-2026-12-01" in keys(press, later + 31 * MINUTE)


def test_a_paused_feed_is_told_until_it_is_resumed(at_work):
    press = at_work.press
    feed = press.store.feeds.add(feed_source(), NOW)
    press.store.feeds.record(feed.id, FeedState(paused_at=NOW, error="404"))
    assert look(press, NOW) == 1
    assert "https://feeds.example.com/news.xml is paused" in mails(press, NOW)[0][2].replace("\n", " ")
    press.store.feeds.record(feed.id, FeedState())
    assert look(press, NOW) == 1
    assert mails(press, NOW)[0][1].startswith("Over: feed")


@pytest.mark.parametrize(
    ("note", "rings"),
    [
        (BLOCKED + "550 5.7.1 no", True),
        ("5 mails came back as a matter of policy, the last: 5.7.1", True),
        ("paused by an editor", False),
        ("the lead is wrong", False),
    ],
)
def test_a_breaker_rings_and_an_editors_pause_does_not(at_work, note, rings):
    press, issue = at_work.press, at_work.issue
    begin_issue(press, issue, at_work.clock)
    press.store.issues.advance(issue.id, IssueState.SENDING, at_work.clock())
    press.store.issues.advance(issue.id, IssueState.PAUSED, at_work.clock(), note)
    assert (f"breaker:{issue.id}" in keys(press, at_work.clock())) is rings


def test_a_queue_that_stands_still_rings(at_work):
    at_work.freeze()
    assert keys(at_work.press, NOW + 29 * MINUTE) == set()
    assert "queue" in keys(at_work.press, NOW + 32 * MINUTE)


def test_a_missed_slot_rings_for_two_days(at_work):
    press, issue = at_work.press, at_work.issue
    press.store.issues.advance(issue.id, IssueState.MISSED, NOW)
    missed = f"missed:{issue.id}"
    assert missed in keys(press, issue.send_at + timedelta(hours=1))
    assert missed not in keys(press, issue.send_at + timedelta(days=3))


@pytest.fixture
def sent(at_work):
    canary = CanarySettings(host="x", username="u", address="reader1@example.com", within_minutes=10)
    at_work.press = alarmed(at_work.press, canary=canary)
    at_work.clock = Clock(at_work.issue.send_at)
    at_work.send()
    return at_work


def test_a_canary_that_does_not_arrive_rings_after_its_time_and_is_over_when_it_does(sent):
    press, begun = sent.press, sent.clock()
    seed = Seed()
    assert keys(press, begun + 5 * MINUTE, seed) == set()
    assert keys(press, begun + 11 * MINUTE, seed) == {f"canary:{sent.issue.id}"}
    mail = next(m for m in sent.transport.taken if m.recipient == "reader1@example.com")
    name = message_from_bytes(b"".join(mail.segments), policy=policy.default)["Message-ID"]
    assert {asked.strip("<>") for asked in seed.asked} == {name.strip("<>")}
    seed.folder = "INBOX"
    assert keys(press, begun + 12 * MINUTE, seed) == set()
    asked = len(seed.asked)
    assert keys(press, begun + 13 * MINUTE, seed) == set()
    assert len(seed.asked) == asked  # once found, it is not looked for again


def test_a_canary_among_the_spam_and_a_mailbox_that_cannot_be_read_ring(sent):
    assert keys(sent.press, sent.clock(), Seed("broken")) == {"canary"}
    assert keys(sent.press, sent.clock(), Seed("Junk")) == {f"junk:{sent.issue.id}"}


def test_nothing_that_a_server_said_breaks_the_mail(at_work):
    press = at_work.press
    feed = press.store.feeds.add(feed_source("https://x.example/=?utf-8?q?=0ABcc:_x@evil.test?="), NOW)
    press.store.feeds.record(feed.id, FeedState(paused_at=NOW, error="<b>\r\nBcc: x@evil.test"))
    look(press, NOW)
    transport = FakeTransport()
    run_errands(press, lambda: transport, NOW)
    (mail,) = transport.taken
    parsed = message_from_bytes(b"".join(mail.segments), policy=policy.default)
    assert "Bcc" not in parsed
    assert "&lt;b&gt;" in parsed.get_body(("html",)).get_content()


@contextmanager
def listener(status: int) -> Iterator[tuple[str, list[tuple[str, dict]]]]:
    """A program that hears webhooks."""
    heard: list[tuple[str, dict]] = []

    class Hearing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers.get("Authorization", ""), json.loads(body)))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Hearing) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/secret-path", heard
        finally:
            server.shutdown()
            thread.join()


def test_a_webhook_is_told_in_json_with_the_token(at_work):
    with listener(204) as (url, heard):
        press = alarmed(at_work.press, to=(), webhook=url, webhook_token=SecretStr("t0ken"))
        press = replace(press, hook=HttpHook(url, "t0ken"))
        now = at_work.issue.send_at + 30 * MINUTE
        look(press, now)
        assert mails(press, now) == []
    ((token, facts),) = heard
    assert token == "Bearer t0ken"
    assert facts == {
        "alarm": "late:weekly-2026-11-24", "over": False, "at": now.isoformat(),
        "text": "weekly-2026-11-24 is late: 30 minutes after its hour it has not begun",
    }  # fmt: skip


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_does_not_take_it_is_told_again(at_work, status):
    now = at_work.issue.send_at + 30 * MINUTE
    with listener(status) as (url, heard):
        press = replace(alarmed(at_work.press, to=(), webhook=url), hook=HttpHook(url))
        look(press, now)
        assert run_errands(press, FakeTransport, now) == 0
        assert run_errands(press, FakeTransport, now + 6 * MINUTE) == 0
    assert len(heard) == 2
    with pytest.raises(OutsideError) as refused:
        HttpHook("http://127.0.0.1:1/secret-path").tell({})
    assert "secret-path" not in str(refused.value)
