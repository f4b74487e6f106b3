"""POST /api/v1/feedback: a mail that came back, pushed as it is."""

from __future__ import annotations

import pytest

import build
from api import READERS, token
from build import NOW, WEEKLY
from digest.config.load import load
from digest.deliver.message_id import message_id
from digest.model.api import Scope
from digest.model.delivery import DeliveryKey
from digest.model.ids import IssueId
from returned import UNREADABLE, dsn
from visits import opened


@pytest.fixture
def app(tmp_path):
    from digest.app import build as build_app

    (tmp_path / "config.toml").write_text("[curate]\nembeddings = false\n")
    app = build_app(load(tmp_path / "config.toml"), lambda: NOW)
    yield app
    app.press.store.close()


@pytest.fixture
def client(app):
    with opened(app, READERS, headers={"Authorization": f"Bearer {token(app, Scope.FEEDBACK_WRITE)}"}) as client:
        yield client


def push(client, raw, **headers):
    return client.post("/api/v1/feedback", content=raw, headers={"Content-Type": "message/rfc822", **headers})


def test_a_bounce_of_ours_suppresses_its_reader_once(app, client):
    readers = app.press.store.readers
    ada = readers.sign_up(build.subscriber_draft(), WEEKLY, build.preferences(), build.consent())
    ours = message_id(DeliveryKey(IssueId("weekly-2026-11-24"), ada.id), "example.org", app.press.secret)
    raw = dsn(message_id=ours)
    expected = {"kind": "hard", "consequence": "suppressed", "delivery": "weekly-2026-11-24/1"}
    assert (push(client, raw).status_code, push(client, raw).json()) == (200, expected | {"consequence": "known"})
    assert len(readers.suppressions()) == 1


def test_a_bounce_that_names_nothing_of_ours_changes_nothing(app, client):
    assert push(client, dsn()).json() == {"kind": "hard", "consequence": "strange", "delivery": None}
    assert push(client, b"\x00\xff").json()["consequence"] == "ignored"
    assert app.press.store.readers.suppressions() == ()


@pytest.mark.parametrize("raw", UNREADABLE, ids=["mixed", "long number"])
def test_a_mail_that_nobody_can_read_is_taken_and_not_pushed_again(client, raw):
    assert (push(client, raw).status_code, push(client, raw).json()["consequence"]) == (200, "ignored")


def test_without_a_token_nothing_is_heard(client):
    assert push(client, dsn(), Authorization="Bearer wrong").status_code == 401
