"""POST /api/v1/articles: who may push, what is kept, and how a wrong field is named."""

from __future__ import annotations

import shutil
from http import HTTPStatus
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import READERS, token
from build import NOW
from digest.config.load import load
from digest.model.api import Scope
from digest.pipeline.gathering import feeds_to_ask
from digest.store.store import SqlStore
from digest.web.api.access import MOST_BYTES
from digest.web.server import Offer
from visits import opened

URL = "https://news.example.com/2026/robots?utm_source=api"
CONFIG = """
[gather]
pictures = "none"
[curate]
embeddings = false
[[categories]]
slug = "robotics"
name = "Robotics"
[[categories]]
slug = "privacy"
name = "Privacy"
"""


@pytest.fixture
def app(sqlite_template, tmp_path):
    """An App without a mail server."""
    from digest.app import build

    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var" / "digest.sqlite3")
    app = build(load(tmp_path / "config.toml"), lambda: NOW)
    yield app
    app.press.store.close()


@pytest.fixture
def secret(app) -> str:
    """The token of the program cms."""
    return token(app, Scope.ARTICLES_WRITE)


@pytest.fixture
def client(app, secret):
    """A client of the whole server."""
    with opened(app, READERS, headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


@pytest.fixture
def store(app) -> SqlStore:
    return app.press.store


def push(client: TestClient, body: Any = None, **headers: str) -> Any:
    sent = {"url": URL, "title": "Robots"} if body is None else body
    return client.post("/api/v1/articles", json=sent, headers=headers)


def test_an_article_is_kept_clean_under_its_canonical_url_and_the_tokens_feed(client, store):
    answer = push(
        client,
        {
            "url": URL, "title": "Robots <b>fold</b> towels", "outlet": "The Wire", "author": "A. Author",
            "html": "<p>First <script>alert(1)</script>one.</p><p onclick=x>Second.</p>",
            "description": "In <i>short</i>.",
            "published_at": "2026-11-24T09:00:00+01:00", "categories": ["robotics"], "tags": ["Laundry"],
            "image": "https://news.example.com/robot.jpg", "language": "en-gb",
        },
    )  # fmt: skip
    assert answer.status_code == 201
    said = answer.json()
    assert {key: said[key] for key in ("new", "changed", "same")} == {"new": 1, "changed": 0, "same": 0}
    (kept,) = (store.articles.get(identity) for identity in said["ids"])
    assert (kept.url, kept.title, kept.outlet) == (
        "https://news.example.com/2026/robots", "Robots fold towels", "The Wire",
    )  # fmt: skip
    assert (kept.text, kept.description) == ("First one.\n\nSecond.", "In short.")
    assert (kept.hints, kept.tags, kept.language) == (("robotics",), ("Laundry",), "en-GB")
    assert kept.published_at.isoformat() == "2026-11-24T08:00:00+00:00"
    assert kept.picture.url == "https://news.example.com/robot.jpg"
    (feed,) = store.feeds.all()
    assert (feed.id, feed.source.url, feed.state.checked_at) == (kept.feed, "api:cms", NOW)


def test_a_whole_page_gives_the_article_between_its_menus(client, store):
    paragraph = "<p>The robot folded forty towels in an hour on Monday, its maker said, and dropped two of them.</p>"
    page = f"<html><body><nav><a href=/>Home</a></nav><article>{paragraph * 8}</article></body></html>"
    identity = push(client, {"url": URL, "title": "Robots", "html": page}).json()["ids"][0]
    kept = store.articles.get(identity)
    assert "forty towels" in kept.text
    assert "Home" not in kept.text


def test_text_outweighs_html_and_the_host_stands_for_a_missing_outlet(client, store):
    sent = {"url": URL, "title": "Robots", "text": "One.\n\nTwo.", "html": "<p>Other</p>"}
    kept = store.articles.get(push(client, sent).json()["ids"][0])
    assert (kept.text, kept.outlet, kept.published_at) == ("One.\n\nTwo.", "news.example.com", NOW)


def test_sent_again_an_article_is_the_same_or_changed_and_the_answer_is_200(client):
    assert push(client).status_code == 201
    again = push(client)
    assert (again.status_code, again.json()["same"]) == (200, 1)
    changed = push(client, {"url": URL, "title": "Robots, corrected"})
    assert (changed.status_code, changed.json()["changed"]) == (200, 1)


def test_a_list_is_kept_in_order_or_not_at_all(client, store):
    many = [{"url": f"https://a.example/{n}", "title": f"Title {n}"} for n in range(3)]
    said = push(client, many).json()
    assert [store.articles.get(identity).title for identity in said["ids"]] == ["Title 0", "Title 1", "Title 2"]
    wrong = [{"url": "https://a.example/9", "title": "Title 9"}, {"url": "ftp://a.example", "title": "x"}]
    answer = push(client, wrong)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "1.url")
    assert store.articles.count() == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": 7}, "url"),
        ({"title": "<b> </b>"}, "title"),
        ({"title": None}, "title"),
        ({"published_at": "yesterday"}, "published_at"),
        ({"published_at": "2026-11-24T09:00:00"}, "published_at"),
        ({"image": "data:image/png;base64,AAAA"}, "image"),
        ({"categories": ["robotics", "robtics"]}, "categories.1"),
        ({"categories": "robotics"}, "categories"),
        ({"text": "x" * 1_000_001}, "text"),
        ({"titel": "x"}, "titel"),
    ],
)
def test_a_wrong_field_is_named_in_a_problem(client, store, change: dict[str, Any], field: str):
    answer = push(client, {"url": URL, "title": "Robots"} | change)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    said = answer.json()
    assert (said["status"], said["errors"][0]["field"]) == (422, field)
    assert said["detail"].startswith(f"{field}: ")
    assert store.articles.count() == 0


def test_a_missing_field_and_a_near_miss_say_what_to_send(client):
    assert push(client, {"url": URL}).json()["detail"] == "title: Field required"
    listed = push(client, [{"url": URL, "title": "x", "categories": ["robotic"]}]).json()
    assert listed["errors"][0]["field"] == "0.categories.0"
    near = push(client, {"url": URL, "title": "x", "categories": ["robotic"]}).json()
    assert near["detail"] == "categories.0: 'robotic' is no configured category; did you mean robotics?"


@pytest.mark.parametrize("body", [[], "x", 7, None])
def test_what_is_no_article_is_a_problem(client, body: Any):
    answer = client.post("/api/v1/articles", json=body)
    assert (answer.status_code, answer.json()["title"]) == (422, HTTPStatus(422).phrase)


def test_broken_json_is_a_problem(client):
    answer = client.post("/api/v1/articles", content=b'{"url": ', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["detail"].startswith("not JSON: ")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {}", "{}", "Bearer {}0", "Bearer x{}", "Bearer é"],
)
def test_without_a_good_token_nothing_is_read(client, store, secret: str, authorization: str):
    headers = {"Authorization": authorization.format(secret).encode("latin-1"), "Content-Type": "application/json"}
    answer = client.post("/api/v1/articles", content=b"not even JSON", headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="api"')
    assert answer.headers["content-type"] == "application/problem+json"
    assert (store.articles.count(), store.feeds.all()) == (0, ())


def test_each_token_has_its_feed_and_their_outlets_are_their_own(client, app, store):
    other = token(app, Scope.ARTICLES_WRITE, name="partner")
    push(client)
    push(client, {"url": "https://b.example/1", "title": "B"}, Authorization=f"bearer {other}")
    assert [feed.source.url for feed in store.feeds.all()] == ["api:cms", "api:partner"]


def test_a_pushed_feed_is_never_asked(client, app):
    push(client)
    assert feeds_to_ask(app.press, NOW) == feeds_to_ask(app.press, NOW, every=True) == ()


def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so(client, store):
    large = b'{"url": "' + b"x" * MOST_BYTES + b'"}'
    told = client.post("/api/v1/articles", content=large, headers={"Content-Type": "application/json"})

    def drips():
        yield from (large[at : at + 1_000_000] for at in range(0, len(large), 1_000_000))

    silent = client.post("/api/v1/articles", content=drips(), headers={"Content-Type": "application/json"})
    assert (told.status_code, silent.status_code) == (413, 413)
    assert silent.headers["content-type"] == "application/problem+json"


def test_the_description_is_open_and_of_the_api_alone(client):
    said = client.get("/api/v1/openapi.json", headers={"Authorization": ""}).json()
    assert {"/articles", "/feedback"} <= said["paths"].keys()
    assert said["servers"] == [{"url": "/api/v1"}]
    assert "ArticleIn" in said["components"]["schemas"]
    assert said["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_a_server_without_the_api_has_no_such_page(app):
    with opened(app, Offer(api=False)) as client:
        assert client.get("/api/v1/openapi.json").status_code == 404


def test_other_paths_and_methods_are_problems(client):
    assert client.get("/api/v1/nothing").json()["status"] == 404
    assert client.put("/api/v1/articles").json()["status"] == 405


def test_a_bug_is_a_problem_that_tells_nothing(client, monkeypatch):
    def broken(*_: object):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("digest.web.api.articles.push_articles", broken)
    answer = push(client)
    assert (answer.status_code, "secret" in answer.text) == (500, False)
