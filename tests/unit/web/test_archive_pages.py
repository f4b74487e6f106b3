"""The archive: issues, stories by topic and words, feeds for readers of feeds; and what it does not show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import feedparser
import pytest

import build
import press as small
from digest.model.ids import issue_id
from digest.model.issue import IssueState
from visits import opened


@pytest.fixture
def sent(app):
    """The draft of the small site, sent."""
    return send(app, app.press.store.issues.all()[0].id)


def send(app, identity):
    """Gives the issue, sent."""
    issues = app.press.store.issues
    issues.approve(identity, "editor", "a" * 64, build.compiled(identity), issues.get(identity).version, app.clock())
    for state in (IssueState.LOCKED, IssueState.SENDING, IssueState.SENT):
        issues.advance(identity, state, app.clock())
    return issues.get(identity)


def test_a_draft_is_shown_nowhere(client):
    for address in ("/archive/weekly", "/latest/weekly", "/archive/weekly/feed.xml", "/archive/weekly/feed.json"):
        assert "Regulator" not in client.get(address).text
    assert client.get("/archive/weekly/2026-11-24").status_code == 404


def test_a_sent_issue_is_listed_with_its_day(client, sent):
    page = client.get("/archive/weekly").text
    assert "November 24, 2026" in page and "Regulator tells hospitals to stop" in page


def test_stories_of_a_later_issue_are_there_as_soon_as_it_is_sent(app, client, sent):
    """What was read of earlier issues is kept, and their stories are not told twice."""
    assert client.get("/latest/weekly").text.count("Regulator tells") == 1
    later = replace(
        sent, id=issue_id(sent.newsletter, date(2026, 12, 1)), slot=date(2026, 12, 1), state=IssueState.DRAFT
    )
    told = replace(later.content.stories[0], title="Regulator tells hospitals again")
    content = replace(later.content, stories=(told, *later.content.stories[1:]))
    app.press.store.issues.create(replace(later, content=content), app.clock())
    assert "again" not in client.get("/latest/weekly").text
    send(app, later.id)
    page = client.get("/latest/weekly").text
    assert page.count("Regulator tells") == 1 and "Regulator tells hospitals again" in page
    assert client.get("/archive/weekly").text.count("December 1, 2026") == 1


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Regulator tells", "The hand that sews", "patch"}),
        ("?topic=robotics", {"The hand that sews"}),
        ("?q=HAND+sews", {"The hand that sews"}),
        ("?q=nothing+like+it", set()),
        ("?topic=privacy&q=hand", set()),
    ],
)
def test_stories_are_found_by_topic_and_words(client, sent, query, titles):
    page = client.get(f"/latest/weekly{query}").text
    assert {title for title in ("Regulator tells", "The hand that sews", "patch") if title in page} == titles


def test_a_search_that_finds_nothing_says_so_and_leads_back(client, sent):
    for query, says in (("?q=nothing+like+it", "No story has these words."), ("?topic=nothing", "No story yet.")):
        page = client.get(f"/latest/weekly{query}").text
        assert says in page and '<a href="/latest/weekly">Show all stories</a>' in page


def test_mails_lead_to_all_stories(client, sent):
    assert client.get("/archive/weekly/latest").text == client.get("/latest/weekly").text


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?q=" + "a" * 300])
def test_an_address_that_nobody_made_is_no_page(client, sent, query):
    assert client.get(f"/latest/weekly{query}").status_code == 404


@pytest.mark.parametrize("query", ["?page=99", "?topic=%3Cscript%3E", "?q=%22%3E%3Cimg+src%3Dx%3E"])
def test_a_hostile_or_far_page_is_a_page_all_the_same(client, sent, query):
    answer = client.get(f"/latest/weekly{query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text and "<img src=x" not in answer.text


def test_the_feeds_are_read_by_a_feed_reader(client, sent):
    answer = client.get("/archive/weekly/feed.xml")
    read = feedparser.parse(answer.content)
    assert (read.bozo, read.feed.title, len(read.entries)) == (False, "The Example Weekly", 1)
    assert read.entries[0].link == "http://localhost:8000/archive/weekly/2026-11-24"
    assert read.entries[0].title == "Regulator tells hospitals to stop"
    feed = client.get("/archive/weekly/feed.json").json()
    assert (feed["version"], feed["items"][0]["url"]) == ("https://jsonfeed.org/version/1.1", read.entries[0].link)


def test_a_newsletter_that_is_not_listed_is_read_by_whoever_has_its_address(app, sent):
    hidden = small.newsletter(slug="hidden", name="The Hidden Letter", listed=False)
    settings = app.settings.model_copy(update={"newsletters": (*app.settings.newsletters, hidden)})
    app = replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))
    with opened(app) as client:
        assert "Hidden" not in client.get("/archive").text + client.get("/sign-up/weekly").text
        page = client.get("/archive/hidden")
        assert page.status_code == 200 and 'content="noindex"' in page.text


def test_what_is_not_there_is_a_page_with_404(client):
    for address in ("/archive/nothing", "/latest/nothing", "/archive/nothing/feed.xml", "/archive/weekly/2031-01-01"):
        answer = client.get(address)
        assert (answer.status_code, "There is no such page" in answer.text) == (404, True)


@pytest.mark.parametrize("way", ["drop", "more", "less"])
def test_what_a_mail_offers_its_reader_leads_to_signing_up_from_the_web(client, way):
    assert client.get(f"/sign-up/weekly/{way}", follow_redirects=False).headers["location"] == "/sign-up/weekly"


@pytest.mark.parametrize("address", ["/archive", "/archive/weekly", "/latest/weekly", "/sign-up/weekly"])
def test_every_link_to_another_page_keeps_the_language_that_was_asked_for(client, sent, address: str):
    page = client.get(f"{address}?lang=de").text
    links = re.findall(r'<a [^>]*href="(/(?:sign-up|preferences|latest|archive)\b[^"]*)"', page)
    pages = [link for link in links if not re.search(r"/archive/\w+/|feed\.", link)]  # an issue speaks its own
    assert pages
    assert [link for link in pages if not re.search(r"(\?|&amp;)lang=de$", link)] == []
