"""Who gets into the API: every route asks for a scope; tokens expire, are revoked, counted, and kept as a hash."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api import READERS, program, scopes_but, token
from build import NOW
from digest.errors import UsageError
from digest.model.api import Scope
from digest.pipeline.tokens import add_token
from digest.pipeline.users import OPERATOR
from digest.store.api_schema import tokens
from visits import everything, opened, served

ANY = {"subscriber": "1", "newsletter": "weekly", "category": "privacy", "issue": "weekly-2026-11-24",
       "article": "0" * 16}  # fmt: skip
COUNTED = ("api_token", "deed", "limit_count")
"""Tables of tokens, of how they came to be, and of what counts requests."""


@pytest.fixture
def server(app):
    """The whole application."""
    with served(app, READERS) as server:
        yield server


def operations(server) -> list[tuple[str, str, list[str]]]:
    """Method, path and scopes of everything that the API offers, from the application itself."""
    [api] = [route.app for route in server.routes if getattr(route, "name", "") == "api"]
    described = api.openapi()["paths"]
    found = [
        (method.upper(), path.format(**ANY), [scope for one in operation["security"] for scope in one["token"]])
        for path, methods in described.items()
        for method, operation in methods.items()
    ]
    offered = {
        (method, route.path)
        for included in api.routes
        for route in getattr(getattr(included, "original_router", None), "routes", ())
        for method in route.methods - {"HEAD"}
    }
    assert len(offered) == len(found), "a route that the description leaves out"
    return found


def test_every_route_asks_for_one_scope_and_those_that_change_something_for_one_to_write(server):
    found = operations(server)
    assert len(found) > 25
    for method, path, scopes in found:
        assert len(scopes) == 1, path
        read_only = method == "GET" or path.endswith("/search")
        assert scopes[0].endswith(":read" if read_only else ":write"), path
    assert {scope for *_, scopes in found for scope in scopes} | {"consent:record"} == set(Scope)


@pytest.mark.parametrize("case", ["no token", "a foreign token", "an expired token", "a revoked token", "other scopes"])
def test_every_route_refuses_whoever_may_not(app, server, case):
    """All methods of all routes, with a body that would be good."""
    good = token(app, name="other")
    if case == "an expired token":
        good = token(app, name="old", days=1)
        app.clock.now = NOW + timedelta(days=1)
    if case == "a revoked token":
        app.press.store.tokens.revoke("other", NOW)
    before, client = everything(app, *COUNTED), TestClient(server, raise_server_exceptions=False)
    for number, (method, path, scopes) in enumerate(operations(server)):
        if case == "other scopes":
            good = token(app, *scopes_but(*map(Scope, scopes)), name=f"other-{number}")
        header = {"no token": {}, "a foreign token": {"Authorization": f"Bearer {good[:-1]}x"}}
        headers = header.get(case, {"Authorization": f"Bearer {good}"})
        body = {"email": "ada@example.com", "newsletter": "weekly", "subscription": {"newsletter": "weekly"}}
        sent = None if method in {"GET", "DELETE"} else body
        answer = client.request(method, f"/api/v1{path}", json=sent, headers=headers)
        wrong = 403 if case == "other scopes" else 401
        assert answer.status_code == wrong, (method, path, answer.status_code)
        assert answer.headers["content-type"] == "application/problem+json"
    assert everything(app, *COUNTED) == before


@pytest.mark.parametrize("case", ["newsletters", "issues", "nothing/at/all", "openapi.json"])
def test_a_path_that_only_ends_like_the_descriptions_is_no_way_past_the_gate(app, server, case):
    """Nobody's body is read, whatever the method; the description itself is for everybody, to read."""
    client = TestClient(server, raise_server_exceptions=False)
    body = iter([b"x" * 1000])
    headers = {"Idempotency-Key": "order-1"}
    assert client.post(f"/api/v1/{case}/openapi.json", content=body, headers=headers).status_code == 401
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        answer = client.request(method, f"/api/v1/{case}/openapi.json")
        assert (answer.status_code, "www-authenticate" in answer.headers) == (401, True), method
    assert client.post("/api/v1/openapi.json", content=b"x").status_code == 401
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.")


def test_a_missing_scope_is_named(app):
    with program(app, Scope.ARTICLES_READ) as reader:
        answer = reader.get("subscribers")
        assert answer.json()["detail"] == "this token lacks the scope subscribers:read"
        assert 'scope="subscribers:read"' in answer.headers["www-authenticate"]


def test_a_token_is_kept_as_a_hash_and_its_use_is_noted(app):
    secret = token(app)
    with app.press.store.engine.connect() as connection:
        kept = repr(connection.execute(select(tokens)).all())
    assert secret not in kept
    assert secret.removeprefix("digest_") not in kept
    assert app.press.store.tokens.all()[0].seen_at is None
    with opened(app) as client:
        client.get("/api/v1/newsletters", headers={"Authorization": f"Bearer {secret}"})
    assert app.press.store.tokens.all()[0].seen_at == NOW


def test_a_token_makes_so_many_requests_a_minute_and_another_is_not_held_up(app):
    api = app.settings.api.model_copy(update={"per_minute": 3})
    app.press.settings.__dict__["api"] = api
    with program(app) as busy, program(app, name="other") as other:
        answers = [busy.get("newsletters") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        last = answers[-1]
        assert (last.headers["retry-after"], last.headers["content-type"]) == ("60", "application/problem+json")
        assert other.get("newsletters").status_code == 200
        app.clock.now = NOW + timedelta(minutes=1)
        assert busy.get("newsletters").status_code == 200


@pytest.mark.parametrize("name", ["", "Cms", "c m s", "cms-", "ada@example.org", "x" * 41])
def test_what_is_no_name_names_no_token(app, name):
    with pytest.raises(UsageError, match="is no name"):
        add_token(app.press, OPERATOR, name, [Scope.ARTICLES_READ], 0, bytes(16), NOW)


def test_a_token_has_at_least_128_bits_of_chance(app):
    with pytest.raises(ValueError, match="128 bits"):
        add_token(app.press, OPERATOR, "cms", [Scope.ARTICLES_READ], 0, bytes(15), NOW)


def test_whatever_is_not_there_is_a_problem(app):
    with program(app) as one:
        for method, path, status in (
            ("GET", "nothing", 404), ("PUT", "subscribers", 405), ("DELETE", "newsletters", 405),
            ("GET", "newsletters/nothing", 404), ("GET", "categories/nothing", 404), ("GET", "issues/nothing-1", 404),
            ("GET", "articles/" + "0" * 16, 404), ("GET", "articles/x", 422), ("GET", "subscribers/x", 404),
            ("GET", "subscribers/1%0A/consent", 404),
            ("GET", "subscribers/99", 404), ("GET", "subscribers/9223372036854775808", 422),
            ("GET", "subscribers?limit=0", 422), ("GET", "subscribers?newsletter=%00", 422),
        ):  # fmt: skip
            answer = one.request(method, path)
            said = answer.json()
            assert (answer.status_code, said["status"]) == (status, status), path
            assert answer.headers["content-type"] == "application/problem+json"
            assert (said["type"], bool(said["title"]), bool(said["detail"])) == ("about:blank", True, True)
        assert one.put("subscribers").headers["allow"] == "GET, POST"
        assert one.put("subscribers/search").headers["allow"] == "POST"
