"""Logging in at the desk: who may, who may what, and what no other site can make a browser do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi import Depends, Form
from fastapi.testclient import TestClient

from build import NOW
from digest.access.passwords import hashed
from digest.app import App
from digest.model.access import Actor, Role, User
from digest.web.access.actor import LOCAL, Access, by_method, require
from digest.web.server import Offer, create_server
from digest.web.site import MOST_OF_NAME, MOST_OF_NETWORK
from serving import PREVIEW
from visits import BASE, opened

PASSWORD = "four plain words here"
ISSUE = "/editor/issues/weekly-2026-11-24"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id that takes a hundredth of its time: tests/unit/access looks at the real one."""
    monkeypatch.setattr("digest.access.passwords._HASHER", PasswordHasher(1, 64, 1))


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(app: App, clock: Clock) -> App:
    """A site with a user of each role."""
    for role in Role:
        app.press.store.access.add_user(User(f"{role}-ada", role, hashed(PASSWORD), NOW))
    return replace(app, clock=clock)


def browser(app: App, **where: object) -> AbstractContextManager[TestClient]:
    """Somebody anywhere, who has not logged in."""
    return opened(app, Offer(editor=True), **({"client": ("192.0.2.7", 50_000)} | where))


@pytest.fixture
def stranger(desk: App) -> Iterator[TestClient]:
    with browser(desk) as program:
        yield program


def log_in(program: TestClient, name: str = "editor-ada", password: str = PASSWORD, **fields: str):
    data = {"name": name, "password": password, **fields}
    return program.post("/editor/login", data=data, follow_redirects=False)


@pytest.fixture
def editor(stranger: TestClient) -> TestClient:
    assert log_in(stranger).headers["location"] == "/editor"
    return stranger


def token(program: TestClient) -> str:
    """What forms of the account page carry."""
    return re.search(r'name="csrf" value="(\w+)"', program.get("/editor/account").text)[1]


def test_a_stranger_is_led_to_the_login_from_every_page_of_the_desk(stranger: TestClient):
    paths = {path: found for path, found in stranger.app.openapi()["paths"].items() if path.startswith("/editor")}
    assert len(paths) > 8
    del paths["/editor/login"]
    for path, methods in paths.items():
        for method in methods:
            answer = stranger.request(method, re.sub(r"\{\w+\}", "weekly-2026-11-24", path), follow_redirects=False)
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/editor/login"), (method, path)


def test_whoever_logs_in_goes_where_they_wanted(stranger: TestClient):
    asked = stranger.get(f"{ISSUE}/preview?part=text", follow_redirects=False).headers["location"]
    assert f'value="{ISSUE}/preview?part=text"' in stranger.get(asked).text
    answer = log_in(stranger, next=f"{ISSUE}/preview?part=text")
    assert answer.headers["location"] == f"{ISSUE}/preview?part=text"
    assert stranger.get(f"{ISSUE}/preview?part=text").status_code == 200


@pytest.mark.parametrize(
    "next_",
    ["//evil.test", "https://evil.test/editor", "/editor/../..//evil.test\\", "/r/x", "/editorial", "/editor/login"],
)  # fmt: skip
def test_nobody_is_led_elsewhere(stranger: TestClient, next_: str):
    assert 'name="next" value="/editor"' in stranger.get("/editor/login", params={"next": next_}).text
    assert log_in(stranger, next=next_).headers["location"] == "/editor"


def test_a_part_of_a_page_leads_the_whole_page_to_the_login(stranger: TestClient):
    headers = {"HX-Request": "true", "HX-Current-URL": f"{BASE}{ISSUE}"}
    answer = stranger.get("/editor", headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (
        401,
        "/editor/login?next=%2Feditor%2Fissues%2Fweekly-2026-11-24",
    )


def test_a_stranger_who_names_no_page_is_led_to_the_login_all_the_same(stranger: TestClient):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[::1"}
    answer = stranger.get("/editor", headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["hx-redirect"].partition("?")[0]) == (401, "/editor/login")


@pytest.mark.parametrize(
    ("name", "password"),
    [("editor-ada", "wrong"), ("eve", PASSWORD), ("\x00", PASSWORD), ("e" * 900, PASSWORD),
     ("editor-ada", PASSWORD * 9)],
)  # fmt: skip
def test_what_is_wrong_with_a_login_is_not_told(stranger: TestClient, name: str, password: str):
    answer = log_in(stranger, name, password)
    assert answer.status_code == 403
    assert "The name, the password or the code is wrong" in answer.text
    assert "set-cookie" not in answer.headers
    assert stranger.get("/editor", follow_redirects=False).status_code == 303


def test_an_unknown_name_is_hashed_like_a_known_one(stranger: TestClient, monkeypatch):
    compared = []
    monkeypatch.setattr("digest.pipeline.entering.matches", lambda password, kept: bool(compared.append(kept)))
    log_in(stranger, "eve")
    log_in(stranger, "editor-ada")
    assert [bool(kept) for kept in compared] == [False, True]


def test_logging_in_again_ends_the_session_that_the_browser_had(stranger: TestClient, desk: App):
    log_in(stranger)
    log_in(stranger, "viewer-ada")
    assert [session.user for session in desk.press.store.access.sessions()] == ["viewer-ada"]


def test_names_are_taken_in_any_case(stranger: TestClient):
    assert log_in(stranger, " Editor-ADA ").status_code == 303


def test_the_cookie_is_for_the_desk_and_the_browser_only(stranger: TestClient, desk: App):
    cookie = log_in(stranger).headers["set-cookie"]
    assert {"HttpOnly", "Path=/editor", "SameSite=lax"} <= set(cookie.split("; "))
    value = cookie.split("=")[1].split(";")[0]
    assert len(value) >= 43
    (session,) = desk.press.store.access.sessions()
    assert value not in repr(session)


def test_behind_https_the_cookie_never_travels_in_the_clear(desk: App):
    web = desk.settings.web.model_copy(update={"public_url": "https://news.example.org"})
    settings = desk.settings.model_copy(update={"web": web})
    secure = replace(desk, loaded=replace(desk.loaded, settings=settings), press=replace(desk.press, settings=settings))
    with browser(secure, base_url="https://news.example.org") as program:
        cookie = log_in(program).headers["set-cookie"]
        assert cookie.startswith("__Secure-digest=")
        assert "Secure" in cookie.split("; ")
        assert program.get("/editor").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_no_other_site_can_log_somebody_in_or_send_a_form(editor: TestClient, headers: dict[str, str]):
    assert editor.post("/editor/account/sessions", data={"csrf": token(editor)}, headers=headers).status_code == 403
    data = {"name": "editor-ada", "password": PASSWORD}
    assert editor.post("/editor/login", data=data, headers=headers).status_code == 403


def test_a_form_without_the_sessions_own_token_changes_nothing(editor: TestClient, desk: App):
    with browser(desk) as other:
        log_in(other, "viewer-ada")
        for wrong in ("", "x", "\u00fc", token(other)):
            assert editor.post("/editor/logout", data={"csrf": wrong}, follow_redirects=False).status_code == 403
    assert editor.post("/editor/logout", follow_redirects=False).status_code == 403
    assert editor.get("/editor").status_code == 200


def test_the_token_is_taken_from_the_header_too(editor: TestClient):
    headers = {"X-CSRF-Token": token(editor)}
    assert editor.post("/editor/logout", headers=headers, follow_redirects=False).headers["location"] == "/editor/login"
    assert editor.get("/editor", follow_redirects=False).status_code == 303


def test_a_session_that_is_not_used_is_over_and_one_that_is_goes_on(editor: TestClient, desk: App, clock: Clock):
    for _ in range(5):
        clock.now += timedelta(hours=11)
        assert editor.get("/editor", follow_redirects=False).status_code == 200
    clock.now += timedelta(hours=12)
    assert editor.get("/editor", follow_redirects=False).status_code == 303
    assert desk.press.store.access.sessions() == ()


def test_after_thirty_days_everybody_logs_in_again(editor: TestClient, clock: Clock):
    for _ in range(60):
        clock.now += timedelta(hours=11, minutes=59)
        assert editor.get("/editor/account", follow_redirects=False).status_code == 200
    clock.now += timedelta(hours=1)
    assert editor.get("/editor/account", follow_redirects=False).status_code == 303


def test_a_removed_user_is_out_at_once(editor: TestClient, desk: App):
    desk.press.store.access.remove_user("editor-ada")
    assert editor.get("/editor", follow_redirects=False).status_code == 303


def test_nobody_may_try_often_even_with_the_right_password(stranger: TestClient, clock: Clock, monkeypatch):
    monkeypatch.setattr("digest.pipeline.entering.matches", lambda password, kept: password == PASSWORD)
    for _ in range(MOST_OF_NAME):
        assert log_in(stranger, password="guess").status_code == 403
    held = log_in(stranger)
    assert (held.status_code, held.headers["retry-after"]) == (429, "900")
    assert "Wait 15 minutes" in held.text
    assert log_in(stranger, "viewer-ada").status_code == 303, "others may"
    clock.now += timedelta(minutes=15)
    assert log_in(stranger).status_code == 303


def test_a_name_is_counted_once_however_it_is_written(stranger: TestClient, monkeypatch):
    """Fullwidth letters, ligatures and case make no other user, and so no other ten tries."""
    monkeypatch.setattr("digest.pipeline.entering.matches", lambda password, kept: password == PASSWORD)
    wide = "\uff45ditor-ada"
    spellings = ["editor-ada", wide, "Editor-Ada", " editor-ada ", "edi\uff54or-ada", "editor\uff0dada"]
    for number in range(MOST_OF_NAME):
        assert log_in(stranger, spellings[number % len(spellings)], "guess").status_code == 403
    assert [log_in(stranger, name).status_code for name in (*spellings, "editor-\uff41da")] == [429] * 7
    assert log_in(stranger, "viewer-ada").status_code == 303, "others may"


def test_addresses_of_one_ipv6_network_are_one_visitor(desk: App, monkeypatch):
    """A provider gives each customer millions of them."""
    monkeypatch.setattr("digest.pipeline.entering.matches", lambda password, kept: password == PASSWORD)
    with browser(desk, client=("127.0.0.1", 50_000)) as proxied:
        for number in range(MOST_OF_NETWORK):
            proxied.headers["X-Forwarded-For"] = f"2001:db8:0:{number}::{number + 1:x}"
            assert log_in(proxied, f"name{number}", "guess").status_code == 403
        proxied.headers["X-Forwarded-For"] = "2001:db8:0:99::1"
        assert log_in(proxied, "another", "guess").status_code == 429
        proxied.headers["X-Forwarded-For"] = "2001:db8:0:100::1"
        assert log_in(proxied).status_code == 303, "the next network"


def test_one_network_may_not_try_all_names(stranger: TestClient, monkeypatch):
    monkeypatch.setattr("digest.pipeline.entering.matches", lambda password, kept: False)
    for number in range(MOST_OF_NETWORK):
        assert log_in(stranger, f"name{number}").status_code == 403
    assert log_in(stranger, "another").status_code == 429


def test_strangers_who_try_a_name_do_not_lock_its_owner_out_at_their_own_place(editor: TestClient, desk: App):
    with TestClient(editor.app, base_url=BASE, client=("203.0.113.9", 50_000)) as stranger:
        for _ in range(MOST_OF_NAME):
            assert log_in(stranger, password="guess").status_code == 403
        assert log_in(stranger).status_code == 429
    assert log_in(editor).status_code == 303


def test_behind_a_web_server_its_word_for_the_network_counts_and_nobody_elses(desk: App, monkeypatch):
    monkeypatch.setattr("digest.pipeline.entering.matches", lambda password, kept: password == PASSWORD)
    with browser(desk, client=("127.0.0.1", 50_000)) as proxied:
        for number in range(MOST_OF_NETWORK):
            proxied.headers["X-Forwarded-For"] = f"10.0.0.{number}, 203.0.113.9"
            log_in(proxied, f"name{number}", "guess")
        assert log_in(proxied).status_code == 429
        proxied.headers["X-Forwarded-For"] = "198.51.100.10"
        assert log_in(proxied).status_code == 303
        for number in range(MOST_OF_NETWORK + 1):
            proxied.headers["X-Forwarded-For"] = ["", "nonsense"][number % 2]
            assert log_in(proxied, f"more{number}", "guess").status_code == 403, "a silent server is no one visitor"
    with browser(desk) as far:
        far.headers["X-Forwarded-For"] = "203.0.113.11"
        log_in(far)
    assert [s.network for s in desk.press.store.access.sessions("editor-ada")].count("203.0.113.11") == 0


@pytest.mark.parametrize(("name", "status"), [("viewer-ada", 403), ("editor-ada", 403), ("admin-ada", 200)])
def test_only_admins_see_who_did_what(stranger: TestClient, name: str, status: int):
    log_in(stranger, name)
    answer = stranger.get("/editor/users")
    assert answer.status_code == status
    assert ("logged in" in answer.text) == (status == 200)


def test_an_admin_ends_the_sessions_of_another(editor: TestClient, desk: App):
    with browser(desk) as admin:
        log_in(admin, "admin-ada")
        data = {"csrf": token(admin), "user": "editor-ada"}
        assert "1 session ended" in admin.post("/editor/users/sessions", data=data).text
        assert "ended sessions" in admin.get("/editor/users").text
    assert editor.get("/editor", follow_redirects=False).status_code == 303


def test_users_end_one_or_all_of_their_other_sessions(editor: TestClient, desk: App):
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    with browser(desk, headers=firefox) as second, browser(desk) as third:
        for program in (second, third):
            log_in(program)
        assert "Firefox on Linux" in editor.get("/editor/account").text
        csrf = token(editor)
        (number,) = [s.number for s in desk.press.store.access.sessions() if "Firefox" in s.program]
        editor.post("/editor/account/sessions", data={"csrf": csrf, "session": number})
        assert second.get("/editor", follow_redirects=False).status_code == 303
        assert third.get("/editor", follow_redirects=False).status_code == 200
        editor.post("/editor/account/sessions", data={"csrf": csrf})
        assert third.get("/editor", follow_redirects=False).status_code == 303
        assert editor.get("/editor", follow_redirects=False).status_code == 200


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(editor: TestClient, desk: App):
    with browser(desk) as other:
        log_in(other)
        csrf = token(editor)
        wrong = editor.post(
            "/editor/account/password", data={"csrf": csrf, "old": "wrong", "new": "a new one of words"}
        )
        assert (wrong.status_code, "is not your password" in wrong.text) == (400, True)
        short = editor.post("/editor/account/password", data={"csrf": csrf, "old": PASSWORD, "new": "short"})
        assert "has 5 characters" in short.text
        good = {"csrf": csrf, "old": PASSWORD, "new": "a new one of words"}
        assert "Your password is changed" in editor.post("/editor/account/password", data=good).text
        assert other.get("/editor", follow_redirects=False).status_code == 303
    assert editor.get("/editor").status_code == 200


def test_codes_are_set_up_asked_for_used_once_and_turned_off(editor: TestClient, desk: App, clock: Clock):
    page = editor.get("/editor/account").text
    assert "<svg" in page
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    app, csrf = pyotp.TOTP(secret), token(editor)
    form = {"csrf": csrf, "old": PASSWORD, "code": "000000"}
    assert "is not the one that the app shows" in editor.post("/editor/account/codes", data=form).text
    first = app.at(clock.now)
    done = editor.post("/editor/account/codes", data=form | {"code": f"{first[:3]} {first[3:]}"})
    assert "asks for a code" in done.text
    assert secret not in repr(desk.press.store.access.user("editor-ada").totp)

    with browser(desk) as phone:
        assert log_in(phone).status_code == 403
        assert log_in(phone, code=first).status_code == 403, "used up"
        clock.now += timedelta(seconds=60)
        assert log_in(phone, code=app.at(clock.now - timedelta(seconds=30))).status_code == 303, "a slow clock"
        assert log_in(phone, code=app.at(clock.now - timedelta(seconds=30))).status_code == 403
        assert log_in(phone, password="wrong", code=app.at(clock.now)).status_code == 403
    clock.now += timedelta(seconds=60)
    off = editor.post("/editor/account/codes/off", data=form | {"code": app.at(clock.now)})
    assert "asks for no code" in off.text
    with browser(desk) as phone:
        assert log_in(phone).status_code == 303


def test_while_there_is_no_user_the_desk_is_closed_and_says_how_to_open_it(app: App):
    with browser(app) as program:
        answer = program.get("/editor")
        assert answer.status_code == 403
        assert "digest user add NAME" in answer.text
        assert log_in(program).status_code == 403
        assert program.get("/sign-up/weekly").status_code == 200


def test_what_was_tried_and_done_is_on_record_without_what_was_typed(stranger: TestClient, desk: App):
    log_in(stranger, "my secret words")
    log_in(stranger, password="wrong")
    log_in(stranger)
    stranger.post("/editor/logout", data={"csrf": token(stranger)})
    found = [(deed.who, deed.what, deed.detail) for deed in reversed(desk.press.store.access.deeds())]
    assert found == [
        ("somebody unknown", "failed to log in", "192.0.2.7"),
        ("editor-ada", "failed to log in", "192.0.2.7"),
        ("editor-ada", "logged in", "192.0.2.7"),
        ("editor-ada", "logged out", "1"),
    ]


def test_names_from_outside_are_escaped(stranger: TestClient):
    assert "<b>x" not in log_in(stranger, '"><b>x').text
    assert "<b>x" not in stranger.get("/editor/login", params={"next": '"><b>x'}).text
    stranger.headers["User-Agent"] = "<b>x</b>"
    log_in(stranger)
    assert "&lt;b&gt;x" in stranger.get("/editor/account").text


@pytest.mark.parametrize(("name", "shapes", "rules"), [("viewer", 403, 403), ("editor", 200, 403), ("admin", 200, 200)])
def test_a_role_does_what_it_covers(desk: App, name: str, shapes: int, rules: int):
    """As a route of the desk asks: all may look, editors may change, and some things only admins may do."""
    server = create_server(desk, Offer(editor=True))

    @server.post("/editor/trial/shape", dependencies=[Depends(by_method)])
    def shape(title: Annotated[str, Form()]) -> str:
        return title

    @server.put("/editor/trial/rule")
    def rule(actor: Annotated[Actor, Depends(require(Role.ADMIN))], body: dict[str, str]) -> str:
        return actor.name

    @server.get("/editor/trial/look", dependencies=[Depends(by_method)])
    def look() -> str:
        return "seen"

    stranger = TestClient(server, BASE, raise_server_exceptions=False)
    log_in(stranger, f"{name}-ada")
    csrf = token(stranger)
    assert stranger.get("/editor/trial/look").status_code == 200
    shaped = stranger.post("/editor/trial/shape", data={"csrf": csrf, "title": "New"})
    assert (shaped.status_code, "New" in shaped.text) == (shapes, shapes == 200)
    assert stranger.post("/editor/trial/shape", data={"title": "New"}).status_code == 403
    ruled = stranger.put("/editor/trial/rule", json={"a": "b"}, headers={"X-CSRF-Token": csrf})
    assert ruled.status_code == rules
    assert stranger.put("/editor/trial/rule", json={"csrf": csrf}).status_code == 403


def test_on_this_machine_nobody_logs_in_and_forms_still_carry_a_token(app: App):
    server = create_server(app, PREVIEW)
    access: Access = server.state.access

    @server.post("/editor/trial")
    def trial(actor: Annotated[Actor, Depends(require(Role.ADMIN))]) -> str:
        return actor.name

    with TestClient(server, BASE, client=("127.0.0.1", 50_000)) as local:
        csrf = access.form_token(LOCAL)
        assert local.post("/editor/trial").status_code == 403
        assert local.post("/editor/trial", data={"csrf": csrf}).json() == LOCAL.name
        another = {"Origin": "http://localhost:9999"}
        assert local.post("/editor/trial", data={"csrf": csrf}, headers=another).status_code == 403
        assert local.get("/editor/login").status_code == 404
        assert "Log out" not in local.get("/editor").text
