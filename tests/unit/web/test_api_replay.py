"""Idempotency keys: sent twice, done once, answered the same; what is kept of it tells nobody an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from api import program
from build import NOW
from digest.model.api import Scope
from digest.pipeline.answering import begin, question_of
from digest.pipeline.tidying import tidy
from digest.store.api_schema import answers, tokens

KEY = {"Idempotency-Key": "order-1"}
WANTED = {"email": "ada@example.com", "subscription": {"newsletter": "weekly"}}


def kept(app) -> list:
    with app.press.store.engine.connect() as connection:
        return list(connection.execute(select(answers)))


def test_a_second_try_is_answered_like_the_first_and_does_nothing(app, shop):
    first, second = (shop.post("subscribers", json=WANTED, headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.content, second.headers["location"]) == (first.content, first.headers["location"])
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert len(app.press.store.readers.events(1)) == 1


def test_the_same_key_for_another_request_is_refused(shop):
    shop.post("subscribers", json=WANTED, headers=KEY)
    for path, body in (("subscribers", WANTED | {"name": "Ada"}), ("suppressions", WANTED), ("subscribers", {})):
        answer = shop.post(path, json=body, headers=KEY)
        assert (answer.status_code, "another request" in answer.json()["detail"]) == (422, True)


def test_keys_are_of_a_token(app, shop):
    shop.post("subscribers", json=WANTED, headers=KEY)
    with program(app, name="other") as other:
        assert other.post("suppressions", json={"email": "eve@example.com"}, headers=KEY).status_code == 201


def test_a_token_that_takes_over_a_name_takes_over_no_answer(app):
    """The name is free again after a revocation; what the old token was told is not for one with other scopes."""
    with program(app, Scope.SUBSCRIBERS_READ) as old:
        asked = {"json": {"email": "ada@example.com"}, "headers": KEY}
        assert old.post("subscribers/search", **asked).status_code == 200
        app.press.store.tokens.revoke("cms", NOW)
        assert old.post("subscribers/search", **asked).status_code == 401
    with program(app, Scope.ARTICLES_READ) as new:
        answer = new.post("subscribers/search", **asked)
        assert (answer.status_code, "idempotency-replayed" in answer.headers) == (403, False)
    app.press.store.tokens.revoke("cms", NOW)
    with program(app, Scope.SUBSCRIBERS_READ) as third:
        answer = third.post("subscribers/search", **asked)
        assert (answer.status_code, "idempotency-replayed" in answer.headers) == (200, False)


def test_what_was_answered_with_other_scopes_is_no_answer_now(app, shop):
    shop.post("subscribers/search", json={"email": "ada@example.com"}, headers=KEY)
    with app.press.store.engine.begin() as connection:
        connection.execute(update(tokens).values(scopes="articles:read"))
    answer = shop.post("subscribers/search", json={"email": "ada@example.com"}, headers=KEY)
    assert (answer.status_code, "items" in answer.json()) == (422, False)


def test_while_the_first_is_being_answered_the_second_waits(app, shop):
    path, body = b"/api/v1/feedback", b"x"
    [token] = app.press.store.tokens.all()
    question = question_of(app.press, token, "order-1", b"\n".join([path, b"", b"message/rfc822", body]))
    assert begin(app.press, question, NOW) is None
    sent = {"content": body, "headers": KEY | {"Content-Type": "message/rfc822"}}
    assert shop.post("feedback", **sent).status_code == 409
    app.clock.now = NOW + timedelta(minutes=6)
    assert shop.post("feedback", **sent).status_code == 200, "whoever was to answer it is gone"


def test_after_a_day_the_key_is_new_and_tidy_forgets_it(app, shop):
    shop.post("suppressions", json={"email": "eve@example.com"}, headers=KEY)
    app.clock.now = NOW + timedelta(hours=25)
    assert shop.post("suppressions", json={"email": "bea@example.com"}, headers=KEY).status_code == 201
    assert len(kept(app)) == 1
    tidy(app.press, NOW + timedelta(hours=50))
    assert kept(app) == []


def test_a_refusal_is_kept_too_and_a_failure_of_ours_is_not(app, shop, monkeypatch):
    bad = shop.post("subscribers", json={"email": "x@@y"}, headers=KEY)
    assert (bad.status_code, shop.post("subscribers", json={"email": "x@@y"}, headers=KEY).content) == (
        422,
        bad.content,
    )
    monkeypatch.setattr("digest.web.api.suppressions.checked", lambda email: 1 / 0)
    later = {"Idempotency-Key": "order-2"}
    assert shop.post("suppressions", json={"email": "eve@example.com"}, headers=later).status_code == 500
    monkeypatch.undo()
    again = shop.post("suppressions", json={"email": "eve@example.com"}, headers=later)
    assert (again.status_code, "idempotency-replayed" in again.headers) == (201, False)


def test_what_is_kept_holds_no_address(app, shop):
    key = {"Idempotency-Key": "for ada@example.com"}
    shop.post("subscribers", json=WANTED)
    found = shop.post("subscribers/search", json={"email": "ada@example.com"}, headers=key)
    assert found.json()["items"][0]["email"] == "ada@example.com"
    assert "ada" not in repr(kept(app))
    assert shop.post("subscribers/search", json={"email": "ada@example.com"}, headers=key).json() == found.json()


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "a\tb"])
def test_what_is_no_key_is_refused(shop, key):
    answer = shop.post("subscribers", json=WANTED, headers={"Idempotency-Key": key.encode("latin-1")})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_body_that_is_too_large_is_refused_under_a_key_too(shop):
    pieces = (b"x" * 1_000_000 for _ in range(11))
    assert shop.post("feedback", content=pieces, headers=KEY).status_code == 413
