"""Adding an article by its address at the desk, from a real web site."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from digest.config.machine import GatherSettings
from digest.model.ids import article_id
from digest.model.issue import IssueState
from digest.model.stories import TeaserSource
from visits import opened
from web_site import SENTENCE, web_site

ID = "weekly-2026-11-24"
ADD = f"/editor/issues/{ID}/add"


@pytest.fixture
def outlet():
    with web_site() as site:
        yield site


@pytest.fixture
def desk(app):
    """A desk that may fetch from this machine."""
    settings = app.settings.model_copy(update={"gather": GatherSettings(allow_networks=("127.0.0.0/8",))})
    own = replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))
    with opened(own) as program:
        yield program


def added(client, url: str, category: str = "robotics"):
    token = re.search(r'name="csrf" value="([^"]+)"', client.get(ADD).text)[1]
    return client.post(ADD, data={"csrf": token, "url": url, "category": category})


def test_the_article_stands_on_the_board_with_a_teaser_of_its_own_words(desk, app, outlet):
    board = added(desk, f"{outlet.url}/1")
    assert board.url.path == f"/editor/issues/{ID}"
    assert "Council switches cameras off" in board.text
    content = app.press.issue(ID).content
    item = next(item for item in content.stories if item.url == f"{outlet.url}/1")
    assert (item.teaser.text, item.outlet, item.categories) == (SENTENCE, "Ravensmoor Post", ("robotics",))
    assert item.teaser.source in {TeaserSource.DESCRIPTION, TeaserSource.EXTRACT}
    assert content.sections[-1].stories[-1] == item.story
    assert app.press.store.access.deeds(1)[0].detail == "brought “Council switches cameras off” into Robotics"
    assert app.press.store.feeds.all()[-1].source.url == "api:desk"


def test_what_is_known_is_not_fetched_again_nor_told_twice(desk, app, outlet):
    outlet.pages["/old"] = (301, "/1", b"")
    added(desk, f"{outlet.url}/old")
    assert app.press.store.articles.get(article_id(f"{outlet.url}/1"))
    again = added(desk, f"{outlet.url}/1?utm_source=x")
    assert again.status_code == 400
    assert "is in the issue already" in again.text
    assert outlet.asked == ["/old", "/1"]


def test_errors_name_the_address_and_the_reason_and_keep_what_was_typed(desk, app, outlet):
    outlet.pages |= {
        "/pdf": (200, "application/pdf", b"%PDF"),
        "/empty": (200, "text/html", b"<html><body><p>x</p></body></html>"),
        "/loop": (302, "/loop", b""),
        "/large": (200, "text/html", b"<p>" + bytes(6_000_000)),
    }
    for url, said in (
        ("nonsense", "is no http address"),
        ("javascript:alert(1)", "is no http address"),
        (f"{outlet.url}/gone", "cannot be fetched: the server said 404"),
        (f"{outlet.url}/pdf", "is application/pdf, not a web page"),
        (f"{outlet.url}/empty", "the page has no title"),
        (f"{outlet.url}/loop", "cannot be fetched: more than 5 redirects"),
        (f"{outlet.url}/large", "cannot be fetched: "),
        ("http://127.0.0.1:1/", "cannot be fetched: "),
        ("http://192.168.1.1/", "cannot be fetched: "),
    ):
        refused = added(desk, url)
        assert refused.status_code == 400, url
        assert f"<code>{url}</code> {said}" in refused.text
        assert f'value="{url}"' in refused.text
        assert '<option value="robotics" selected>' in refused.text
    assert "is none of the newsletter" in added(desk, f"{outlet.url}/1", "nonsense").text
    assert app.press.issue(ID).version == 1
    assert app.press.store.articles.count() == 0


def test_this_machine_is_not_asked_unless_the_settings_allow_it(client, outlet):
    refused = added(client, f"{outlet.url}/1")
    assert "cannot be fetched: " in refused.text
    assert outlet.asked == []


def test_an_issue_on_its_way_takes_no_more(desk, app):
    for state in (IssueState.APPROVED, IssueState.LOCKED):
        app.press.store.issues.advance(ID, state, app.clock())
    assert "it can no longer be changed" in desk.get(ADD).text
