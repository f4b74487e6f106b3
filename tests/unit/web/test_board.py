"""The board: what its buttons say is done, kept, refused by name when it no longer fits, and escaped."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import press as small
from build import NOW, article, feed_source
from digest.model.access import Actor, Role
from digest.model.editing import Drop, Retitle
from digest.model.issue import Headline, IssueState
from digest.pipeline.editing import edit_issue
from visits import BASE

ISSUE = "/editor/issues/weekly-2026-11-24"
SCRIPT = {"HX-Request": "true"}
BEA = Actor("bea", Role.EDITOR)


class Desk:
    """Somebody at the board, with the token that its forms carry."""

    def __init__(self, client, press):
        self._press = press
        self._token = re.search(r'name="csrf" value="([^"]+)"', client.get(ISSUE).text)[1]
        self.get, self._post = client.get, client.post

    def send(self, path, headers=None, token=None, **fields):
        headers = {"Origin": BASE} | (headers or {})
        data = {"csrf": self._token if token is None else token} | fields
        return self._post(f"{ISSUE}{path}", data=data, headers=headers, follow_redirects=False)

    def do(self, line, **how):
        return self.send("/deeds", deed=line, **how)

    def issue(self):
        return self._press.issue("weekly-2026-11-24")

    def stories(self):
        return [item.story for item in self.issue().content.stories]

    def under(self, slug):
        return next((s.stories for s in self.issue().content.sections if s.category == slug), ())


@pytest.fixture
def desk(client, app):
    """A desk at the weekly's draft."""
    return Desk(client, app.press)


def test_the_board_shows_every_story_under_its_category_and_every_category_to_drop_into(desk):
    page = desk.get(ISSUE).text
    for item in desk.issue().content.stories:
        assert f'data-story="{item.story}"' in page
    assert [*re.findall(r'data-category="([a-z-]+)"', page)] == ["privacy", "security", "robotics"]


def test_a_board_without_scripts_comes_back_after_each_deed(desk):
    first, *rest = desk.stories()
    answer = desk.do(f"drop {first}")
    assert (answer.status_code, answer.headers["location"]) == (303, ISSUE)
    assert desk.stories() == rest


def test_a_script_gets_the_board_alone(desk):
    answer = desk.do(f"pin {desk.stories()[2]}", headers=SCRIPT)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div class="draft" id="board"')
    assert "pinned" in answer.text


def test_stories_go_up_down_across_and_to_the_end(desk):
    one, two = desk.under("privacy")
    desk.do(f"down {one} privacy")
    assert desk.under("privacy") == (two, one)
    desk.do(f"up {one} privacy")
    assert desk.under("privacy") == (one, two)
    desk.do(f"place {one} privacy robotics -")
    assert desk.under("privacy") == (two,)
    assert desk.under("robotics")[-1] == one
    desk.do("arrange robotics privacy")
    assert desk.issue().content.sections[0].category == "robotics"


def test_undo_redo_and_starting_over(desk):
    before = desk.stories()
    desk.do(f"drop {before[0]}")
    desk.do("undo")
    assert desk.stories() == before
    desk.do("redo")
    assert desk.stories() == before[1:]
    assert "1 edit<" in desk.get(ISSUE).text
    desk.do("start-over")
    assert desk.stories() == before


def test_sponsors_and_events_move_and_go(desk):
    key = desk.issue().content.sponsors[0].key
    desk.do(f"book {key} 3")
    assert desk.issue().content.sponsors[0].after == 3
    desk.do(f"take-out {key}")
    assert desk.issue().content.sponsors == ()
    assert desk.do("book nothing 1").status_code == 400


def test_what_no_longer_fits_is_named_and_changes_nothing(desk, app):
    first = desk.issue().content.stories[0]
    edit_issue(app.press, desk.issue().id, Drop(first.story), BEA, NOW)
    version = desk.issue().version
    answer = desk.do(f"pin {first.story}")
    assert answer.status_code == 409
    assert "is not in the issue any more" in answer.text
    assert desk.do(f"pin {first.story}", headers=SCRIPT).status_code == 200
    assert desk.issue().version == version


@pytest.mark.parametrize("line", ["", "drop", "fly away", "place a b", "bring x nowhere -", "undo twice", "drop a b c"])
def test_a_line_that_says_nothing_is_refused(desk, line):
    assert desk.do(line).status_code in {400, 409, 422}
    assert desk.issue().version == 1


def test_nothing_is_changed_without_the_token_or_from_elsewhere(desk):
    line = f"drop {desk.stories()[0]}"
    assert desk.do(line, token="").status_code == 403
    assert desk.do(line, headers={"Origin": "http://evil.test"}).status_code == 403
    assert desk.get(f"{ISSUE}/deeds?deed={line}").status_code == 405
    assert desk.issue().version == 1


def test_an_issue_on_its_way_has_no_buttons_and_refuses_deeds(desk, app):
    for state in (IssueState.APPROVED, IssueState.LOCKED):
        app.press.store.issues.advance(desk.issue().id, state, NOW)
    page = desk.get(ISSUE).text
    assert 'value="drop ' not in page
    assert "can no longer be edited" in desk.do(f"drop {desk.stories()[0]}").text


def test_another_editors_edit_is_seen_by_its_version(desk, app):
    assert desk.get(f"{ISSUE}/version").json()["version"] == 1
    edit_issue(app.press, desk.issue().id, Drop(desk.stories()[0]), BEA, NOW)
    assert desk.get(f"{ISSUE}/version").json()["version"] == 2


def pooled(app, *numbers):
    app.press.store.feeds.sync([feed_source()], NOW)
    articles = [article(n, title=f"Pooled {n}", outlet=f"Outlet {n % 2}") for n in numbers]
    app.press.store.articles.save(articles)
    return articles


def test_an_article_is_found_in_the_pool_and_brought_in_with_a_teaser(desk, app):
    one, _ = pooled(app, 31, 32)
    page = desk.get(f"{ISSUE}/pool?search=pooled+31").text
    assert "Pooled 31" in page
    assert "Pooled 32" not in page
    assert "Gathered after the issue was built." in page
    desk.do(f"bring {one.id} security -")
    assert desk.under("security")[-1] == one.id
    brought = desk.issue().content.stories[-1]
    assert (brought.title, brought.teaser.text) == ("Pooled 31", "Description 31 is a sentence of its own.")
    assert "Pooled 31" not in desk.get(f"{ISSUE}/pool").text
    assert "Nothing fits" in desk.get(f"{ISSUE}/pool?search=nothing").text


def test_a_long_pool_comes_in_pages(desk, app):
    pooled(app, *range(100, 150))
    page = desk.get(f"{ISSUE}/pool").text
    assert page.count('data-article="') == 40
    assert "skip=40" in page
    assert desk.get(f"{ISSUE}/pool?skip=40", headers=SCRIPT).text.count('data-article="') == 10


def form_of(desk, **fields):
    first = desk.issue().content.stories[0]
    seen = {"title": first.title, "was_title": first.title, "teaser": first.teaser.text,
            "was_teaser": first.teaser.text, "was_picture": first.picture.url, "alt": first.picture.alt,
            "under": "privacy", "to": "privacy"}  # fmt: skip
    return first, seen | fields


def test_words_picture_and_category_are_saved_together(desk):
    first, fields = form_of(desk, title=" New\u202e title ", teaser="Mine.", picture="none", to="robotics")
    assert desk.send(f"/stories/{first.story}", **fields).status_code == 303
    now = desk.issue().content.stories[0]
    assert (now.title, now.teaser.text, now.teaser.source, now.picture) == ("New title", "Mine.", "editor", None)
    assert first.story in desk.under("robotics")
    assert "rewritten" in desk.get(ISSUE).text


def test_a_form_that_changes_nothing_makes_no_edit(desk):
    first, fields = form_of(desk)
    desk.send(f"/stories/{first.story}", **fields)
    assert desk.issue().version == 1


def test_words_of_another_editor_are_not_overwritten_and_ones_own_stay_in_the_form(desk, app):
    first, fields = form_of(desk, title="My title")
    edit_issue(app.press, desk.issue().id, Retitle(first.story, first.title, "Her title"), BEA, NOW)
    answer = desk.send(f"/stories/{first.story}", **fields)
    assert answer.status_code == 409
    assert "Her title" in answer.text
    assert ">My title</textarea>" in answer.text
    assert desk.issue().content.stories[0].title == "Her title"


@pytest.mark.parametrize("empty", ["title", "teaser"])
def test_a_story_needs_words(desk, empty):
    first, fields = form_of(desk, **{empty: " \u200b "})
    assert "needs a title and a teaser" in desk.send(f"/stories/{first.story}", **fields).text
    assert desk.issue().version == 1


def test_what_the_article_does_not_say_is_told_while_typing(desk, app):
    [one] = pooled(app, 33)
    desk.do(f"bring {one.id} security -")
    said = {"title": "Pooled 33", "teaser": "It cost 99 million euros."}
    page = desk.get(f"{ISSUE}/stories/{one.id}/doubts", params=said).text
    assert "Not in the article" in page
    assert "99 million" in page
    right = {"title": "Pooled 33", "teaser": "Description 33 is a sentence of its own."}
    assert "Not in the article" not in desk.get(f"{ISSUE}/stories/{one.id}/doubts", params=right).text


def test_the_story_page_marks_where_the_teaser_comes_from(desk, app):
    [one] = pooled(app, 34)
    desk.do(f"bring {one.id} security -")
    page = desk.get(f"{ISSUE}/stories/{one.id}").text
    assert "<mark>Description 34 is a sentence of its own.</mark>" in page
    assert "First paragraph of 34." in page


def test_a_subject_is_written_for_those_who_get_its_stories_and_left_to_the_rules_again(desk):
    first = desk.stories()[0]
    desk.send("/lines/subject", text="Two \n big ones", was="", stories=[first, "0123456789abcdef"])
    assert desk.issue().content.subject == Headline("Two big ones", (first,))
    desk.send("/lines/subject", text="", was="Two big ones")
    assert desk.issue().content.subject is None
    assert desk.send("/lines/subject", text="Late", was="Two big ones").status_code == 409


def test_an_introduction_keeps_its_paragraphs(desk):
    desk.send("/lines/intro", text="One\r\n\r\ntwo\r\nthree", was="")
    assert desk.issue().content.intro == Headline("One\n\ntwo three")


def test_hostile_words_are_escaped_on_every_page_of_the_board(desk, app):
    hostile = replace(small.stories()[0], title="<script>alert(1)</script>", outlet='"><b>x')
    app.press.store.issues.save_content(desk.issue().id, small.content(hostile), 1, NOW)
    app.press.store.feeds.sync([feed_source()], NOW)
    app.press.store.articles.save(
        [article(35, title="<script>alert(2)</script>", outlet="'\"><b>x", url='https://x.example/"><b>x')]
    )
    desk.send("/lines/subject", text="<script>alert(3)</script>", was="")
    for path in ("", "/pool", f"/stories/{hostile.story}", "/lines/subject"):
        page = desk.get(f"{ISSUE}{path}").text
        assert "<script>alert" not in page
        assert "<b>x" not in page
