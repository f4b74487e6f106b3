"""What an editor's silence leads to, and the mail that tells editors of a draft."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

import build
import press as small
from build import NOW, at
from digest.config.machine import ScheduleSettings
from digest.config.publication import SilentPolicy
from digest.deliver.message_id import whose
from digest.model.issue import IssueContent, IssueState
from digest.pipeline.approving import approve_issue
from digest.pipeline.errands import run_errands
from digest.pipeline.outlook import outlook
from digest.pipeline.press import Press
from digest.pipeline.silence import BY_SCHEDULE, HELD, silence
from digest.pipeline.telling import tell_editors
from digest.store.store import SqlStore
from fakes import FakeTransport
from send_ground import SECRET, press_on

DUE = build.issue().send_at
HOURS_LEFT = (DUE - NOW).total_seconds() / 3600
EDITORS = ("ed@example.com", "Bea@example.com")


def said(silent: str, hours: float, **fields: object) -> str:
    settings = small.newsletter(silent=silent, timezone="Europe/Berlin")
    return silence(build.issue(**fields), settings, ScheduleSettings(catch_up_hours=6), at(hours))


@pytest.mark.parametrize(
    ("silent", "before", "after"),
    [
        ("send", "it goes as it is on Tuesday, 24 November, 13:00 (Europe/Berlin).", "about to go as it is"),
        ("hold", "waits until somebody approves it", "It is held: it was due on Tuesday, 24 November, 13:00"),
        ("skip", "Unless somebody approves it before Tuesday, 24 November, 13:00", "about to be skipped"),
    ],
)  # fmt: skip
def test_a_draft_says_what_silence_leads_to_before_and_after_its_hour(silent: str, before: str, after: str):
    assert before in said(silent, 0)
    assert after in said(silent, HOURS_LEFT)
    assert "until Tuesday, 24 November, 19:00" in said("hold", HOURS_LEFT)


def test_a_draft_that_preflight_holds_waits_whatever_the_newsletter_says():
    for silent in SilentPolicy:
        assert "waits until somebody approves it" in said(silent, HOURS_LEFT, note=f"{HELD}preflight found size-clip")


def test_who_approved_it_is_told_and_past_issues_tell_only_of_silence():
    approved = {"approved_at": NOW, "state": IssueState.APPROVED}
    assert said("send", 0, approved_by="ed", **approved).startswith("ed approved it; it goes on")
    assert said("send", 0, approved_by=BY_SCHEDULE, **approved).startswith("No editor has spoken")
    sent = approved | {"state": IssueState.SENT}
    assert said("send", 30, approved_by=BY_SCHEDULE, **sent) == "It went as it was: no editor had spoken by its hour."
    assert said("send", 30, approved_by="ed", **sent) == ""


@pytest.fixture
def waiting(sqlite_store: SqlStore) -> Press:
    """A draft, and two editors."""
    press = press_on(sqlite_store, editors=EDITORS)
    sqlite_store.issues.create(small.issue(), NOW)
    return press


def told(press: Press, hours: float = 0) -> list[str]:
    """Whom a tick at that time mails."""
    server = FakeTransport()
    tell_editors(press, at(hours))
    run_errands(press, lambda: server, at(hours))
    return [message.recipient for message in server.taken]


def test_editors_are_told_once_that_a_draft_waits(waiting: Press):
    assert told(waiting) == ["ed@example.com", "Bea@example.com"]
    assert told(waiting, 1) == [] and told(waiting, 2) == []


def test_the_mail_says_what_happens_and_leads_to_the_desk_and_is_no_list_mail(waiting: Press):
    server = FakeTransport()
    assert tell_editors(waiting, NOW) == 2
    run_errands(waiting, lambda: server, NOW)
    mail = message_from_bytes(b"".join(server.taken[0].segments), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "A draft waits: The Example Weekly, 24 November 2026"
    assert "Unless somebody stops it, it goes as it is on Tuesday, 24 November, 12:00 (UTC)." in " ".join(text.split())
    assert "https://press.example.com/editor/issues/weekly-2026-11-24" in text
    assert "Regulator tells hospitals to stop" in text
    assert mail["Auto-Submitted"] == "auto-generated" and not mail["List-Unsubscribe"]
    key = whose(mail["Message-ID"], [SECRET])
    assert key and key.subscriber == 0, "a bounce of it is nobody's"
    assert all(len(line) <= 72 for line in text.split("\n"))


def test_a_mail_server_that_is_away_delays_the_mail_and_loses_nothing(waiting: Press):
    server = FakeTransport(down=True)
    tell_editors(waiting, NOW)
    run_errands(waiting, lambda: server, NOW)
    assert server.taken == []
    assert len(told(waiting, 1)) == 2


def test_nobody_is_told_of_what_is_decided_or_too_late(waiting: Press):
    assert tell_editors(waiting, at(HOURS_LEFT)) == 0, "by then it goes as it is"
    tell_editors(waiting, NOW)
    approve_issue(waiting, waiting.issue("weekly-2026-11-24"), "ed", NOW)
    assert told(waiting) == []


def test_a_draft_that_is_held_after_its_hour_is_told_of_until_it_is_too_late(sqlite_store: SqlStore):
    press = press_on(sqlite_store, editors=EDITORS[:1], silent="hold")
    sqlite_store.issues.create(small.issue(), NOW)
    assert tell_editors(press, at(HOURS_LEFT + 24)) == 0
    assert told(press, HOURS_LEFT + 1) == ["ed@example.com"]


def test_without_editors_nobody_is_told(sqlite_store: SqlStore):
    sqlite_store.issues.create(small.issue(), NOW)
    assert tell_editors(press_on(sqlite_store), NOW) == 0


def test_a_draft_without_stories_is_nothing_to_look_at(sqlite_store: SqlStore):
    sqlite_store.issues.create(replace(small.issue(), content=IssueContent()), NOW)
    assert tell_editors(press_on(sqlite_store, editors=EDITORS), NOW) == 0


def test_the_outlook_tells_what_waits_and_why_the_last_issue_did_not_go(waiting: Press):
    newsletter = waiting.newsletter("weekly")
    ahead = outlook(waiting, newsletter, 1, NOW)
    assert [(issue.id, "goes as it is" in says) for issue, says in ahead.waiting] == [("weekly-2026-11-24", True)]
    assert ahead.why == "nothing has been due yet"
    held = press_on(waiting.store, silent="hold")
    late = outlook(held, held.newsletter("weekly"), 1, at(HOURS_LEFT + 1))
    assert late.why.startswith("the last, weekly-2026-11-24, is draft. It is held: it was due on Tuesday")
    assert late.waiting == ()
