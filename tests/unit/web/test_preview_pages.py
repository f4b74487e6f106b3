"""Ways to look at a mail at the desk: eyes, pictures, headers, meters, checks, and whose mail it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import build
import press as tests_press
from build import NOW
from digest.config.personas import load_personas
from digest.config.shipped import shipped
from digest.model.access import Actor, Role
from digest.model.ids import NewsletterSlug
from digest.model.people import ConsentEvent, ConsentKind, Preferences, SubscriberDraft
from digest.pipeline.comparing import since_last
from digest.web.access.actor import ForbiddenError
from digest.web.editor.readers import matching, reader_of
from digest.web.editor.sights import Sight, document, in_scheme
from digest.web.pages import Pages
from digest.web.site import Site
from visits import opened

ISSUE = "/editor/issues/weekly-2026-11-24"
WEEKLY = NewsletterSlug("weekly")
TOPICS = frozenset(build.slugs("privacy", "security", "robotics"))


@pytest.fixture
def readers(app):
    """Ada, who wants all; Bob, who wants what the issue does not have; Cy, who has paused."""
    rows = [
        (SubscriberDraft("ada@example.com", "Ada Lovelace"), WEEKLY, Preferences(TOPICS)),
        (SubscriberDraft("bob@example.com", "Bob <b>"), WEEKLY, Preferences(frozenset(build.slugs("research")))),
        (
            SubscriberDraft("cy@example.com", "Cy"),
            WEEKLY,
            Preferences(TOPICS, paused_until=NOW.date().replace(year=2030)),
        ),
    ]
    app.press.store.readers.import_(rows, ConsentEvent(ConsentKind.IMPORTED, NOW, "test"))


def test_the_personas_that_a_template_must_survive_are_there():
    personas = {p.slug: p.recipient for p in load_personas(shipped("subscribers/personas.toml"))}
    assert {"all", "one-category", "no-name", "long-name", "right-to-left", "brand-new"} <= personas.keys()
    assert not personas["no-name"].subscriber.name
    assert len(personas["long-name"].subscriber.name) > 60
    assert personas["right-to-left"].subscriber.language == "ar"
    assert len(personas["one-category"].preferences.categories) == 1


@pytest.mark.parametrize("sight", list(Sight))
def test_every_sight_shows_the_words_and_a_place_before_each_block(client, sight):
    page = client.get(f"{ISSUE}/html?reader=all&sight={sight}").text
    assert "Regulator tells hospitals" in page
    assert 'id="block-footer"' in page
    assert page.count('id="story-') == 4


def test_a_scheme_is_shown_whatever_the_system_has():
    meta = '<meta name="color-scheme" content="light dark">'
    page = f"<head><style>@media (prefers-color-scheme:dark){{a{{b:c}}}}</style>{meta}</head>"
    assert "@media (min-width:0px){" in in_scheme(page, "dark")
    assert "@media (max-width:0px){" in in_scheme(page, "light")
    assert "only dark" in in_scheme(page, "dark")
    assert "prefers-color-scheme" in in_scheme("<p>(prefers-color-scheme:dark)</p>", "dark")


def test_a_mail_is_shown_as_it_is_but_for_places_and_the_scheme():
    pieces = [("head", "<html><head></head><body>"), ("teaser:a:b", "<p>x</p>"), ("tail", "</body></html>")]
    page = document(pieces, Sight.GMAIL)
    assert page.index('id="block-teaser:a:b"') < page.index("<p>x</p>")
    assert "<base" in page


def test_without_pictures_none_may_be_loaded(client):
    policy = client.get(f"{ISSUE}/html?reader=all&pictures=0").headers["content-security-policy"]
    assert "img-src 'none'" in policy
    assert policy.startswith("sandbox")


def test_headers_are_explained_one_by_one(client):
    page = client.get(f"{ISSUE}/headers?reader=all").text
    for name in ("List-Unsubscribe", "List-Id", "Feedback-ID", "Message-ID", "DKIM-Signature", "MAIL FROM"):
        assert f"<dt>{name}</dt>" in page
    assert "Carried along" not in page


def test_a_mail_can_be_saved_as_a_file(client):
    saved = client.get(f"{ISSUE}/mail.eml?reader=all")
    assert saved.headers["content-disposition"] == 'attachment; filename="weekly-2026-11-24-all.eml"'
    assert b"\r\nList-Id: " in saved.content


def test_meters_weigh_every_block(client):
    page = client.get(f"{ISSUE}/preview/facts?reader=all").text
    assert "of 102,400 bytes" in page
    assert "of 16,384 characters" in page
    assert 'href="/editor/issues/weekly-2026-11-24/html?reader=all#block-footer"' in page


def test_findings_lead_to_their_place(client):
    page = client.get(f"{ISSUE}/preview/findings?reader=all").text
    assert "#block-" in page
    assert "caniemail" in page


def test_who_gets_nothing_is_told_with_the_reason(client, app, readers):
    page = client.get(f"{ISSUE}/preview/audience").text
    assert "1 of 3 readers get a mail, in 1 edition" in page
    assert "Has paused" in page
    assert "cy@example.com" in page
    assert "bob@example.com" in page


def test_a_large_list_is_counted_when_asked(client, app, readers, monkeypatch):
    monkeypatch.setattr("digest.web.editor.checks.COUNTED_UNASKED", 2)
    assert "Count now" in client.get(f"{ISSUE}/preview/audience").text
    assert "1 of 3 readers" in client.get(f"{ISSUE}/preview/audience?count=true").text


def test_the_first_issue_says_so_and_shows_what_it_covers(client):
    page = client.get(f"{ISSUE}/preview/since").text
    assert "first issue" in page
    assert "By source" in page
    assert "Privacy" in page


def test_what_is_new_since_the_last_issue_is_told(app, tmp_path):
    from datetime import timedelta

    from digest.model.issue import IssueState
    from digest.pipeline.approving import approve_issue
    from digest.pipeline.recompiling import Drafts
    from digest.render.templates import Templates

    press = app.press
    first = approve_issue(press, press.issue("weekly-2026-11-24"), "test", NOW)
    later = build.issue(
        id="weekly-2026-12-01", slot=first.slot + timedelta(days=7), send_at=first.send_at + timedelta(days=7),
        content=tests_press.content(build.story_item(9, title="A new one")),
    )  # fmt: skip
    assert first.state is IssueState.APPROVED
    found = since_last(press, later, Drafts().fragments(press, later))
    assert found is not None
    assert [one.what for one in found.told if one.kind == "in"] == ["A new one"]
    assert {item.title for item in first.content.stories} <= {one.what for one in found.told if one.kind == "out"}
    assert found.redrawn == ()
    own = tmp_path / "own" / "email" / "blocks"
    own.mkdir(parents=True)
    shipped_header = (shipped("templates") / "email" / "blocks" / "header.mjml").read_text()
    (own / "header.mjml").write_text(shipped_header.replace("{{ newsletter.name }}", "Renamed"))
    press = replace(press, templates=Templates(tmp_path / "own"))
    found = since_last(press, later, Drafts().fragments(press, later))
    assert found is not None
    assert [one.kind for one in found.redrawn] == ["header"]
    assert any(line.startswith("+") and "Renamed" in line for line in found.redrawn[0].lines)


def test_a_subscriber_is_found_by_part_of_name_or_address(client, readers):
    found = client.get(f"{ISSUE}/readers?search=LOVE").json()
    assert found == [{"address": "ada@example.com", "name": "Ada Lovelace"}]
    assert client.get(f"{ISSUE}/readers?search=").json() == []
    page = client.get(f"{ISSUE}/preview?reader=lovelace").text
    assert "To Ada Lovelace" in page
    assert "Bob &lt;b&gt;" in client.get(f"{ISSUE}/preview?reader=bob@example.com").text


def test_a_viewer_sees_personas_and_no_subscriber(app, readers):
    site, viewer = Site(app, Pages(None)), Actor("vera", Role.VIEWER)
    issue = app.press.issue("weekly-2026-11-24")
    assert reader_of(site, issue, "all", viewer).subscriber.id == 0
    for name in ("ada@example.com", "ada", "nobody@example.com"):
        with pytest.raises(ForbiddenError):
            reader_of(site, issue, name, viewer)
    assert len(matching(site, issue, "example.com")) == 3


def test_an_unknown_reader_is_an_error_that_says_what_there_is(client):
    answer = client.get(f"{ISSUE}/preview?reader=nobody")
    assert answer.status_code == 404
    assert "ersonas are: all" in answer.text


def test_the_pane_is_the_same_without_what_is_around_it(client):
    pane = client.get(f"{ISSUE}/preview?pane=1&reader=few").text
    assert 'id="mail"' in pane
    assert re.findall('data-load="([a-z]+)"', pane) == ["findings"]
    assert 'class="rail"' not in pane
    assert "width=desktop&amp;pane=1" in pane


def test_an_edit_shows_at_once(app):
    with opened(app) as client:
        assert "Rewritten" not in client.get(f"{ISSUE}/html?reader=all").text
        issue = app.press.issue("weekly-2026-11-24")
        first, *others = issue.content.stories
        told = replace(issue.content, stories=(replace(first, title="Rewritten"), *others))
        app.press.store.issues.save_content(issue.id, told, issue.version, NOW)
        assert "Rewritten" in client.get(f"{ISSUE}/html?reader=all").text
