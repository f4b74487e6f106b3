"""Whatever is asked for is answered with a page that says what to do; nothing is reflected, leaked or run."""

from __future__ import annotations

import pytest

from build import NOW
from digest.links import LinkClaim, Purpose
from digest.model.ids import SubscriberId
from digest.web.gate import SAFE_HEADERS
from digest.web.server import LONGEST_FORM
from visits import opened, small_app


@pytest.fixture(scope="module")
def app(sqlite_template, mail_room, tmp_path_factory):
    """One for all of these tests: none may change anything."""
    with small_app(tmp_path_factory.mktemp("site"), sqlite_template, mail_room.port) as built:
        yield built


@pytest.fixture(scope="module")
def client(app):
    with opened(app) as program:
        yield program


LOST = [
    "/nowhere", "/archive/weekly/2026-13-45", "/archive/weekly/yesterday", "/archive/weekly/0000-00-00",
    "/archive/weekly/2026-11-24", "/archive/nothing", "/sign-up/nothing", "/sign-up/%00", "/sign-up/..%2f..%2fetc",
    "/editor/issues/nothing", "/editor/issues/..%2f..%2fconfig", "/editor/issues/%00", "/editor/issues/" + "x" * 5000,
    "/editor/issues/weekly-2026-11-24/preview?part=script", "/editor/issues/weekly-2026-11-24/preview?reader=nobody",
    "/editor/issues/weekly-2026-11-24/html", "/editor/issues/weekly-2026-11-24/html?reader=%00@example.org",
    "/static/../server.py", "/static/%2e%2e/server.py", "/media/..%2f..%2fconfig.toml", "/media/nothing.jpg",
]  # fmt: skip


@pytest.mark.parametrize("path", LOST)
def test_what_is_not_there_is_a_page_with_404(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in answer.text


@pytest.mark.parametrize("purpose", ["confirm", "preferences", "unsubscribe", "view"])
@pytest.mark.parametrize(
    "token", ["x", "...", "1.1.weekly.AAAAAAAAAAAAAAAAAAAAAA", "%00", "%ff", "\u00fc.\u00fc", "1" * 9000, "<b>x<b>"]
)
def test_a_forged_link_is_said_to_be_no_longer_good(client, purpose, token):
    answer = client.get(f"/r/{purpose}/{token}")
    assert answer.status_code == 400
    assert "no longer good" in answer.text
    assert "<b>" not in answer.text


def test_what_cannot_be_done_is_said_in_the_readers_language_with_the_next_step(client):
    for path, language, says, leads in (
        ("/r/preferences/x", "en", "no longer good", "/preferences"),
        ("/r/preferences/x", "de", "Dieser Link gilt nicht mehr.", "/preferences"),
        ("/r/confirm/x", "ar,en;q=0.5", "لم يعد هذا الرابط صالحًا.", "/preferences"),
        ("/nowhere", "fr-CA", "Cette page n’existe pas", "/"),
        ("/archive/none", "es", "Esta página no existe", "/"),
        ("/editor/nowhere", "de", "There is no such page", "/"),
    ):
        page = client.get(path, headers={"accept-language": language}).text
        assert says in page, path
        assert f'<a href="{leads}">' in page, path


def test_a_good_link_to_a_reader_who_is_gone_leads_to_signing_up_again(client, app):
    token = app.press.links.token(LinkClaim(Purpose.PREFERENCES, SubscriberId(99), NOW.date(), "weekly"))
    answer = client.get(f"/r/preferences/{token}")
    assert answer.status_code == 400
    assert "Sign up again." in answer.text


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/sign-up/weekly"), ("DELETE", "/archive/weekly"), ("POST", "/editor")]
)
def test_a_wrong_method_is_told_the_right_ones(client, method, path):
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "<h1>" in answer.text


def test_head_is_answered_like_get(client):
    """Programs that look at links before people do ask so (RFC 9110, section 9.3.2)."""
    assert client.head("/sign-up/weekly").status_code == 200
    assert client.head("/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"email=" + b"a" * LONGEST_FORM, "application/x-www-form-urlencoded"),
        (b"a=b&" * LONGEST_FORM, "application/x-www-form-urlencoded"),
        (b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + b"a" * LONGEST_FORM + b"\r\n--x--\r\n",
         "multipart/form-data; boundary=x"),
    ],
)  # fmt: skip
def test_a_body_longer_than_any_form_is_refused_while_it_is_read(client, body, kind):
    answer = client.post("/sign-up/weekly", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 413


def test_a_body_in_pieces_of_unknown_length_is_counted_too(client):
    pieces = (b"a" * 1000 for _ in range(100))
    answer = client.post(
        "/sign-up/weekly", content=pieces, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"email": "ada@example.org"}', "application/json"),
        (b"\xff\xfe=\x00", "application/x-www-form-urlencoded"),
        (b"not a part of anything", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b'--x\r\nContent-Disposition: form-data; name="email"; filename="a"\r\n\r\nada@example.org\r\n--x--\r\n',
         "multipart/form-data; boundary=x"),
    ],
    ids=["json", "bytes", "no parts", "no boundary", "a file"],
)  # fmt: skip
def test_a_body_that_is_no_form_of_ours_is_a_page_with_400(client, body, kind):
    answer = client.post("/sign-up/weekly", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/editor", "/static/site.css", "/healthz", "/archive/weekly"])
def test_every_answer_has_the_safe_headers(client, path):
    headers = client.get(path, follow_redirects=False).headers
    desk = {"Referrer-Policy": "same-origin"} if path == "/editor" else {}
    assert {name: headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS | desk


def test_a_bug_is_answered_without_its_words_and_with_the_safe_headers(client, monkeypatch):
    monkeypatch.setattr("digest.web.reader.sign_up._form", lambda *_: 1 / 0)
    answer = client.get("/sign-up/weekly")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert {name: answer.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS


def test_personal_pages_are_for_no_search_engine_and_the_sign_up_page_is(client):
    assert client.get("/r/preferences/x").headers["x-robots-tag"] == "noindex"
    assert 'name="robots" content="index"' in client.get("/sign-up/weekly").text


def test_a_page_allows_nothing_inline_and_nothing_from_elsewhere(client):
    policy = dict(part.strip().split(" ", 1) for part in client.get("/").headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in " ".join(policy.values())


def test_a_database_that_does_not_answer_makes_the_process_unready(app, monkeypatch):
    def gone() -> int:
        raise OSError("gone")

    with opened(app) as client:
        assert client.get("/readyz").status_code == 200
        monkeypatch.setattr(app.press.store.measures, "is_ready", gone)
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
