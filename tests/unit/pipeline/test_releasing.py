"""What is sent is what was approved: not another template, not other settings, not errors that nobody has accepted."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

import press as small
from build import NOW, at
from digest.config.machine import WebSettings
from digest.errors import StateError
from digest.model.access import Actor, Role
from digest.model.issue import IssueState
from digest.pipeline.approving import compile_draft, is_as_approved
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.releasing import approve_checked, withdraw_issue
from digest.pipeline.silence import silence
from digest.render.templates import Templates
from digest.tasks import run_due
from fakes import FakeTransport
from good_mail import PUBLIC
from send_ground import Clock, ground, press_on, with_readers

ADA = Actor("ada", Role.EDITOR)


@pytest.fixture
def sent(sqlite_store):
    return ground(sqlite_store, 2, ("privacy", "security"))


def headers(transport: FakeTransport) -> list[str]:
    mails = [message_from_bytes(b"".join(m.segments), policy=policy.default) for m in transport.taken]
    return ["".join(str(mail["Digest-Issue"]).split()) for mail in mails]


def test_the_hash_of_the_approval_is_in_every_mail(sent):
    sent.send()
    assert headers(sent.transport) == [f"{sent.issue.id};revision=1;hash={sent.issue.approval_hash}"] * 2


def test_templates_that_change_after_the_approval_change_no_mail(sent, tmp_path):
    (tmp_path / "email" / "blocks").mkdir(parents=True)
    new = "<mj-section><mj-column><mj-text>ANOTHER FOOTER</mj-text></mj-column></mj-section>"
    (tmp_path / "email" / "blocks" / "footer.mjml").write_text(new)
    press = replace(sent.press, templates=Templates(tmp_path))
    assert b"ANOTHER FOOTER" in b"".join(compile_draft(press, sent.issue).fragments["footer"].html)
    deliver_issue(press, press.issue(sent.issue.id), sent.transport, sent.clock)
    assert len(sent.transport.taken) == 2
    assert b"ANOTHER FOOTER" not in b"".join(sent.transport.taken[0].segments)


def test_settings_that_change_what_is_told_ask_for_another_approval(sent):
    smaller = sent.press.settings.newsletters[0].model_copy(update={"max_bytes": 20_000})
    press = replace(sent.press, settings=sent.press.settings.model_copy(update={"newsletters": (smaller,)}))
    assert not is_as_approved(press, sent.issue)
    with pytest.raises(StateError, match="settings have changed since it was approved; look at it again"):
        deliver_issue(press, sent.issue, sent.transport, sent.clock)
    run_due(press, lambda: sent.transport, Clock(at(4)))
    held = press.issue(sent.issue.id)
    assert (held.state, sent.transport.taken) == (IssueState.DRAFT, [])
    assert "settings have changed" in silence(held, smaller, press.settings.schedule, at(4))


@pytest.fixture
def bad(sqlite_store):
    """A draft that links into a private network, and a press on the internet."""
    press = press_on(sqlite_store)
    press = replace(press, settings=press.settings.model_copy(update={"web": WebSettings(public_url=PUBLIC)}))
    first, *others = small.stories()
    draft = replace(small.issue(replace(first, url="http://192.168.1.7/story"), *others), send_at=NOW)
    press.store.issues.create(draft, NOW)
    with_readers(sqlite_store, 2)
    return press, draft


def test_an_error_that_the_editor_accepted_does_not_stop_the_schedule(bad):
    press, draft = bad
    with pytest.raises(StateError, match="preflight found link-local"):
        approve_checked(press, draft, ADA, (), 1, NOW)
    approved = approve_checked(press, draft, ADA, ("link-local",), 1, NOW)
    assert approved.overridden == ("link-local",)
    transport = FakeTransport()
    run_due(press, lambda: transport, Clock())
    assert (press.issue(draft.id).state, len(transport.taken)) == (IssueState.SENT, 2)


def test_a_withdrawn_issue_is_not_approved_by_the_schedule(sent):
    withdraw_issue(sent.press, sent.issue, ADA, NOW)
    run_due(sent.press, lambda: sent.transport, Clock(at(4)))
    held = sent.press.issue(sent.issue.id)
    assert (held.state, held.note) == (IssueState.DRAFT, "held: withdrawn by ada")
    with pytest.raises(StateError, match="is draft, not approved"):
        withdraw_issue(sent.press, held, ADA, NOW)
    assert approve_checked(sent.press, held, ADA, (), held.version, NOW).state is IssueState.APPROVED
