"""Every route of the desk that changes something, as the server lists them: refused without a token of ours, with one
of somebody else, from another site, under another name, and for whoever's role does not cover it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from build import NOW
from digest.access.sessions import form_token, key_of
from digest.app import App
from digest.model.access import Role, Session, User
from digest.web.server import Offer
from visits import opened

ISSUE = "weekly-2026-11-24"
LOGIN = "/editor/login"
OWN = frozenset(
    f"/editor/{path}"
    for path in ("logout", "account/sessions", "account/password", "account/codes", "account/codes/off")
)
"""What every user may do, for it changes nothing but their own account."""
LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})


def routes(server, changing: bool) -> list[tuple[str, str]]:
    """Method and path of the desk's routes, those that change something or those that only look."""
    found = {
        (method, str(route.path))
        for route in iter_route_contexts(server.routes)
        if str(route.path).startswith("/editor")
        for method in route.methods or ()
    }
    return sorted(one for one in found if (one[0] not in LOOKS) is changing)


def placed(path: str) -> str:
    """The path with a real issue in it."""
    return re.sub(r"\{\w+\}", "privacy", path.replace("{identity}", ISSUE))


@pytest.fixture
def users(app: App) -> dict[Role, tuple[dict[str, str], str]]:
    """For each role a cookie of somebody who has logged in, and what their forms carry."""
    found = {}
    for role in Role:
        app.press.store.access.add_user(User(f"{role}-ada", role, "no hash", NOW))
        key = key_of(f"token-{role}")
        app.press.store.access.open_session(Session(key, f"{role}-ada", NOW, NOW))
        found[role] = ({"Cookie": f"digest=token-{role}"}, form_token(key, app.press.secret))
    return found


@pytest.fixture
def desk(app: App) -> Iterator[TestClient]:
    """The desk behind its login."""
    with opened(app, Offer(editor=True), client=("testclient", 50_000)) as program:
        yield program


@pytest.fixture(autouse=True)
def _nothing_happens(app: App) -> Iterator[None]:
    yield
    issue, access = app.press.issue(ISSUE), app.press.store.access
    assert (issue.version, issue.state, len(access.sessions()), access.deeds()) in {
        (1, "draft", 0, ()),
        (1, "draft", len(Role), ()),
    }


FORM, ROLE, PLACE = "not from", "your role is", "on this machine only"
"""What a refusal says: of the form, of the role, of where it comes from."""


def refused(program: TestClient, path: str, token: str | None, *why: str, **headers: str) -> bool:
    form = {"name": "ada", "password": "x"} | ({} if token is None else {"csrf": token})
    answer = program.post(path, data=form, headers=headers, follow_redirects=False)
    return answer.status_code == 403 and any(words in answer.text for words in why)


def test_there_are_routes_to_look_at(desk: TestClient):
    assert len(routes(desk.app, changing=True)) >= 15
    assert {method for method, _ in routes(desk.app, changing=True)} == {"POST"}
    assert {path for _, path in routes(desk.app, changing=True)} > OWN


def test_behind_a_login_what_is_not_from_a_page_of_ours_is_refused(desk: TestClient, users):
    cookie, own = users[Role.ADMIN]
    _, other = users[Role.EDITOR]
    for _, path in routes(desk.app, changing=True):
        where = placed(path)
        if path != LOGIN:  # nobody has a session there, so there is no token; where it comes from is asked below
            for token in (None, "", "x", other, own[:-1], own.upper()):
                assert refused(desk, where, token, FORM, **cookie), (path, token)
        for headers in (
            {"Origin": "http://evil.test"},
            {"Origin": "null"},
            {"Origin": "http://localhost:8001"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            assert refused(desk, where, own, FORM, **cookie, **headers), (path, headers)


def test_on_this_machine_the_same_holds_and_a_foreign_host_sees_nothing_at_all(app: App):
    with opened(app) as program:
        own = form_token("", app.press.secret)
        for _, path in routes(program.app, changing=True):
            where = placed(path)
            for token in (None, "", "x", own[:-1]):
                assert refused(program, where, token, FORM), (path, token)
            for headers in (
                {"Origin": "http://evil.test"},
                {"Sec-Fetch-Site": "cross-site"},
                {"Host": "evil.test"},
                {"Host": "localhost.evil.test"},
                {"X-Forwarded-For": "127.0.0.1"},
            ):
                assert refused(program, where, own, FORM, PLACE, **headers), (path, headers)
        for _, path in routes(program.app, changing=False):
            assert program.get(placed(path), headers={"Host": "evil.test"}).status_code == 403, path


def test_a_viewer_may_change_nothing_but_their_own_account(desk: TestClient, users):
    cookie, token = users[Role.VIEWER]
    for _, path in routes(desk.app, changing=True):
        if path not in OWN | {LOGIN}:
            assert refused(desk, placed(path), token, ROLE, **cookie), path


def test_only_admins_change_users(desk: TestClient, users):
    cookie, token = users[Role.EDITOR]
    paths = [path for _, path in routes(desk.app, changing=True) if path.startswith("/editor/users")]
    assert paths
    assert all(refused(desk, path, token, ROLE, **cookie) for path in paths)


def test_with_a_token_of_ours_an_editor_gets_past_the_guard(desk: TestClient, users):
    """A desk that refuses everybody would pass all of the above. An issue that is not there cannot be changed."""
    cookie, token = users[Role.EDITOR]
    for _, path in routes(desk.app, changing=True):
        if path.startswith("/editor/issues"):
            where = re.sub(r"\{\w+\}", "weekly-2000-01-01", path)
            assert not refused(desk, where, token, FORM, ROLE, **cookie), path
