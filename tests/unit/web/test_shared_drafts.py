"""Shared drafts: signed, for a while, to look at, and without any reader's data."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from build import NOW, WEEKLY, consent, preferences, subscriber_draft
from digest.app import App
from digest.links import LinkClaim, Purpose
from digest.model.access import Actor, Role
from digest.model.ids import SubscriberId
from digest.model.people import ConsentKind
from digest.pipeline.sharing import MOST_DAYS, lend, link_of
from playing import with_first_story
from visits import opened

ID = "weekly-2026-11-24"
PAGE = f"/editor/issues/{ID}/share"
ADA = Actor("ada", Role.EDITOR)


def lent(app: App, reader: str = "all", days: int = 7) -> str:
    """The path of a fresh link."""
    share = lend(app.press, app.press.issue(ID), app.personas(), reader, days, ADA, app.clock())
    return link_of(app.press, share).removeprefix("http://localhost:8000")


def posted(program, path: str = PAGE, **fields: object):
    token = re.search(r'name="csrf" value="([^"]+)"', program.get(PAGE).text)[1]
    return program.post(path, data={"csrf": token} | fields)


def test_a_link_is_made_listed_opened_and_ended(client, app):
    assert "No link is good at present." in client.get(PAGE).text
    posted(client, reader="few", days="3")
    page = client.get(PAGE).text
    link = re.search(r'value="http://localhost:8000(/r/share/[^"]+)"', page)[1]
    assert "by you, until 27 Nov, 09:00 UTC" in page
    shown = client.get(link)
    assert shown.status_code == 200 and "The Example Weekly" in shown.text
    number = re.search(r'name="share" value="(\d+)"', page)[1]
    posted(client, f"{PAGE}/end", share=number)
    assert client.get(link).status_code == 410 and "This link is over" in client.get(link).text
    assert client.get(f"{link}/html").status_code == client.get(f"{link}/text").status_code == 400
    assert "1 earlier link is over." in client.get(PAGE).text
    assert [deed.what for deed in app.press.store.access.deeds(about=ID)] == ["ended a share", "shared"]


def test_whoever_has_the_link_needs_no_login_and_can_change_nothing(app):
    link = lent(app)
    with opened(app, client=("203.0.113.9", 50_000)) as stranger:
        for path in (link, f"{link}/html", f"{link}/text"):
            assert stranger.get(path).status_code == 200
            assert stranger.get(path).headers["X-Robots-Tag"] == "noindex"
            assert stranger.get(path).headers["Cache-Control"] == "no-store"
            assert stranger.get(path).headers["Referrer-Policy"] == "no-referrer"
            assert stranger.post(path).status_code == 405
        assert "form" not in stranger.get(link).text.replace("form-action", "")
        assert stranger.get("/editor").status_code == 403


def test_no_readers_data_is_in_it_and_its_personal_links_lead_nowhere(client, app):
    rows = [(subscriber_draft("ada@example.com", name="Ada"), WEEKLY, preferences())]
    app.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    link = lent(app)
    for part in ("html", "text"):
        seen = client.get(f"{link}/{part}").text
        assert "Regulator tells hospitals" in seen
        assert "/r/" not in seen and "ada@example.com" not in seen


def test_it_shows_the_issue_as_it_stands_at_that_moment(client, app):
    link = lent(app)
    with_first_story(app, ID, title="Quite another headline")
    assert "Quite another headline" in client.get(f"{link}/html").text


def test_the_mail_in_it_can_do_nothing(client, app):
    answer = client.get(f"{lent(app)}/html")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_a_reader_who_gets_nothing_is_told_so(app, tmp_path):
    (tmp_path / "personas.toml").write_text('[none]\nemail = "none@example.com"\n')
    settings = app.settings.model_copy(update={"personas": tmp_path / "personas.toml"})
    app = replace(app, loaded=replace(app.loaded, settings=settings))
    link = lent(app, "none")
    with opened(app) as anybody:
        assert "There is no mail to look at" in anybody.get(link).text
        assert "gets no mail" in anybody.get(f"{link}/html").text
        assert "gets no mail" in anybody.get(f"{link}/text").text


def test_a_link_is_over_when_its_time_is(client, app):
    link = lent(app, days=1)
    app.clock.now = NOW + timedelta(hours=23)
    assert client.get(link).status_code == 200
    app.clock.now = NOW + timedelta(days=1)
    assert client.get(link).status_code == 410


def test_forged_links_and_links_of_other_purposes_lead_nowhere(client, app):
    token = lent(app).rpartition("/")[2]
    share = app.press.store.shares.of(ID)[0]
    other = app.press.links.token(LinkClaim(Purpose.VIEW, SubscriberId(0), NOW.date(), f"{ID}.{share.id}"))
    unknown = app.press.links.token(LinkClaim(Purpose.SHARE, SubscriberId(0), NOW.date(), f"{ID}.99"))
    strange = app.press.links.token(LinkClaim(Purpose.SHARE, SubscriberId(0), NOW.date(), f"daily.{share.id}"))
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), other, unknown, strange, "x", "%00", "a" * 400):
        assert client.get(f"/r/share/{wrong}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"reader": "nobody", "days": "7"}, 400),
        ({"reader": "ada@example.com", "days": "7"}, 400),
        ({"reader": "all", "days": "0"}, 400),
        ({"reader": "all", "days": f"{MOST_DAYS + 1}"}, 400),
        ({"reader": "all", "days": "x"}, 400),
        ({"reader": "", "days": "7"}, 400),
    ],
)
def test_what_cannot_be_shared_is_refused(client, app, fields, status):
    assert posted(client, **fields).status_code == status
    assert app.press.store.shares.of(ID) == ()


def test_only_a_share_of_this_issue_is_ended(client, app):
    lent(app)
    assert posted(client, f"{PAGE}/end", share="99").status_code == 400
    assert posted(client, f"{PAGE}/end", share=f"{10**30}").status_code == 400
    assert len(app.press.store.shares.of(ID)) == 1


def test_a_share_whose_persona_is_gone_says_so(client, app):
    link = lent(app)
    share = app.press.store.shares.of(ID)[0]
    gone = app.press.store.shares.add(ID, "gone", "ada", NOW, share.until)
    path = link_of(app.press, gone).removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 404 and client.get(link).status_code == 200
