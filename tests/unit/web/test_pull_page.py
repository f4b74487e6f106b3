"""Pulling a story at the desk: asked first, done once, listed afterwards, and gone from the web."""

from __future__ import annotations

import re

import pytest

import press as small
from build import NOW
from digest.links import LinkClaim, Purpose
from digest.model.access import Actor, Role
from digest.model.issue import IssueState
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import deliver_issue
from digest.web.access import actor as access
from fakes import FakeTransport
from send_ground import with_readers

ID = "weekly-2026-11-24"
PULL = f"/editor/issues/{ID}/pull"
STORY = small.stories()[0].story
TITLE = "Regulator tells"


@pytest.fixture
def half(app):
    """The issue on its way to thirty readers, of which some have it."""
    with_readers(app.press.store, 30, "privacy", "security", "robotics")
    issue = approve_issue(app.press, app.press.issue(ID), "ed", NOW)
    sent: list[object] = []
    deliver_issue(app.press, issue, FakeTransport(), app.clock, on_outcome=sent.append, stopping=lambda: len(sent) > 4)
    return len(sent)


def pressed(client, address: str, form: str = ""):
    token = re.search(r'name="csrf" value="([^"]+)"', client.get(form or address).text)
    return client.post(address, data={"csrf": token[1] if token else ""})


def test_it_is_asked_with_numbers_before_anything_happens(client, app, half):
    page = client.get(PULL).text
    assert f'href="{PULL}/{STORY}"' in page
    page = " ".join(client.get(f"{PULL}/{STORY}").text.split())
    assert f"<dt>have it, or may</dt><dd>{half}</dd>" in page
    assert f"<dt>wait for it</dt><dd>{30 - half}</dd>" in page
    assert app.press.issue(ID).state is IssueState.SENDING


def test_it_is_pulled_and_those_who_have_it_are_listed(client, app, half):
    page = pressed(client, f"{PULL}/{STORY}").text
    issue = app.press.issue(ID)
    assert (issue.state, issue.revision) == (IssueState.PAUSED, 2)
    assert issue.approval_hash in page
    assert "Resume sending without it" in page
    listed = client.get(f"{PULL}/{STORY}/readers.csv").text.splitlines()
    assert listed[0] == "subscriber,state,at"
    assert len(listed) == 1 + half
    again = pressed(client, f"{PULL}/{STORY}", form=PULL)
    assert (again.status_code, "is not told by" in again.text) == (409, True)
    assert app.press.issue(ID).revision == 2


def test_the_web_no_longer_shows_it_to_anybody(client, app, half):
    reader = app.press.store.ledger.deliveries(ID)[0].key.subscriber
    mine = app.press.links.token(LinkClaim(Purpose.VIEW, reader, NOW.date(), ID))
    assert TITLE in client.get(f"/r/view/{mine}").text
    pressed(client, f"{PULL}/{STORY}")
    app.press.store.issues.advance(ID, IssueState.SENDING, NOW)
    for address in (f"/r/view/{mine}", "/archive/weekly/2026-11-24", "/latest/weekly", "/archive/weekly/feed.json"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert TITLE not in answer.text
    assert "Revision 2 of this issue" in client.get("/archive/weekly/2026-11-24").text


def test_only_editors_pull_and_only_what_is_on_its_way(client, app, half, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(access, "LOCAL", Actor("vic", Role.VIEWER))
        assert "Only editors may pull a story" in client.get(PULL).text
        assert pressed(client, f"{PULL}/{STORY}").status_code == 403
    app.press.store.issues.advance(ID, IssueState.CANCELLED, NOW)
    assert "nobody waits for it any more" in client.get(PULL).text
    assert client.get(f"{PULL}/{STORY}").status_code == 400
    assert app.press.issue(ID).revision == 1
