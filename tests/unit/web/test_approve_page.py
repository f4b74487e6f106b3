"""Approving an issue at the desk, in spite of what preflight says, and taking it back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from build import NOW
from digest.config.machine import WebSettings
from digest.model.access import Actor, Role
from digest.model.issue import IssueState
from digest.web.access import actor as access
from good_mail import PUBLIC
from visits import opened

ID = "weekly-2026-11-24"
PAGE = f"/editor/issues/{ID}"


def pressed(client, button: str, **fields):
    page = client.get(f"{PAGE}/approve").text
    form = {"csrf": re.search(r'name="csrf" value="([^"]+)"', page)[1]}
    version = re.search(r'name="version" value="(\d+)"', page)
    return client.post(f"{PAGE}/{button}", data=form | ({"version": version[1]} if version else {}) | fields)


@pytest.fixture
def bad(app):
    """A program at a site on the internet whose issue links into a private network."""
    issue = app.press.issue(ID)
    first = replace(issue.content.stories[0], url="http://192.168.1.7/story", title="<script>alert(1)</script>")
    content = replace(issue.content, stories=(first, *issue.content.stories[1:]))
    app.press.store.issues.save_content(issue.id, content, issue.version, NOW)
    public = app.settings.model_copy(update={"web": WebSettings(public_url=PUBLIC)})
    loaded, press = replace(app.loaded, settings=public), replace(app.press, settings=public)
    with opened(replace(app, loaded=loaded, press=press)) as program:
        yield program


def test_the_approval_its_hash_and_who_gave_it_stand_on_the_page(client, app):
    page = pressed(client, "approve").text
    issue = app.press.issue(ID)
    assert (issue.state, issue.approved_by, issue.overridden) == (IssueState.APPROVED, "you", ())
    assert f'<code id="hash">{issue.approval_hash}</code>' in page
    assert "Approved by you on 24 Nov, 09:00 UTC" in page
    deed = app.press.store.access.deeds(1)[0]
    assert (deed.who, deed.what, deed.about) == ("you", "approved", ID)
    assert deed.detail.startswith(f"hash {issue.approval_hash[:16]}")


def test_an_error_stops_it_unless_it_is_overridden_by_name(app, bad):
    assert "Looking at every block" in bad.get(f"{PAGE}/approve").text
    page = bad.get(f"{PAGE}/approve?look=true").text
    rules = re.findall(r'name="override" value="([^"]+)"', page)
    assert rules
    assert re.findall(r'name="override" value="([^"]+)"', bad.get(f"{PAGE}/approve/findings").text) == rules
    assert "<script>alert" not in page
    refused = pressed(bad, "approve", override=rules[1:])
    assert refused.status_code == 409
    assert f"preflight found {rules[0]}" in refused.text.lower()
    assert app.press.issue(ID).state is IssueState.DRAFT
    pressed(bad, "approve", override=[*rules, "nonsense"])
    assert app.press.issue(ID).overridden == tuple(sorted(rules))
    assert f"in spite of {', '.join(sorted(rules))}" in app.press.store.access.deeds(1)[0].detail


def test_the_button_comes_with_what_preflight_says_and_does_not_move_under_the_hand(client):
    assert 'id="approve"' not in client.get(f"{PAGE}/approve").text
    assert 'id="approve"' in client.get(f"{PAGE}/approve/findings").text
    assert 'id="approve"' in client.get(f"{PAGE}/approve?look=true").text


def test_the_hash_stands_in_the_archive(client, app):
    pressed(client, "approve")
    for state in (IssueState.LOCKED, IssueState.SENDING, IssueState.SENT):
        app.press.store.issues.advance(ID, state, NOW)
    page = client.get("/archive/weekly/2026-11-24").text
    assert f"Revision 1 of this issue, approved as {app.press.issue(ID).approval_hash}</p></main></body>" in page


def test_what_somebody_changed_meanwhile_is_not_approved_unseen(client, app):
    refused = pressed(client, "approve", version="7")
    assert refused.status_code == 409
    assert "was changed since you looked at it" in refused.text


def test_an_approval_is_withdrawn_and_then_only_a_person_approves(client, app):
    pressed(client, "approve")
    page = pressed(client, "withdraw").text
    issue = app.press.issue(ID)
    assert (issue.state, issue.approval_hash, issue.overridden) == (IssueState.DRAFT, "", ())
    assert "held (withdrawn by you)" in page
    assert app.press.store.access.deeds(1)[0].what == "withdrew"
    assert pressed(client, "withdraw").status_code == 409


def test_viewers_look_and_do_not_approve(client, app, monkeypatch):
    monkeypatch.setattr(access, "LOCAL", Actor("vic", Role.VIEWER))
    page = client.get(f"{PAGE}/approve?look=true").text
    assert "Only editors may approve it" in page
    assert 'id="approve"' not in page
    assert pressed(client, "approve").status_code == 403
    assert app.press.issue(ID).state is IssueState.DRAFT
