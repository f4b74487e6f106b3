"""Watching an issue: its numbers on a page and in files, and what may be done to it, by whom."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from build import NOW, WEEKLY, at, consent, preferences, subscriber_draft
from digest.app import App
from digest.model.access import Actor, Role
from digest.model.delivery import DeliveryState
from digest.model.feedback import FeedbackEvent, FeedbackKind
from digest.model.issue import IssueState
from digest.model.people import ConsentKind
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.releasing import withdraw_issue
from mail_servers import MailServer, but
from playing import with_first_story
from send_ground import Clock
from visits import opened

ID = "weekly-2026-11-24"
WATCH = f"/editor/issues/{ID}/watch"


@pytest.fixture
def watched(app: App) -> App:
    """Eight readers of an approved issue."""
    rows = [
        (subscriber_draft(f"r{n}@example.com"), WEEKLY, preferences("privacy", *["robotics"] * (n % 2)))
        for n in range(8)
    ]
    app.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    app = replace(app, clock=Clock(NOW))
    approve_issue(app.press, app.press.issue(ID), "ed", NOW)
    return app


def send(app: App, mails: MailServer, most: int = 100) -> None:
    mails.answer = but({
        "RCPT TO:<r1@": "550 5.1.1 <b>no</b> such user", "RCPT TO:<r2@": "450 4.2.0 later", "BODY r3@": None,
    })  # fmt: skip
    looks = iter(range(1000))
    deliver_issue(app.press, app.press.issue(ID), app.transport(), app.clock, stopping=lambda: next(looks) > most)


def token(program) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', program.get(f"{WATCH}/cancel").text)[1]


def rows_of(program, name: str) -> list[list[str]]:
    answer = program.get(f"{WATCH}/{name}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert f'filename="{ID}-' in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.text)))


def test_before_it_goes_the_page_says_what_is_missing(client, app):
    page = client.get(WATCH).text
    assert "Unless somebody stops it, it goes as it is on Tuesday, 24 November, 12:00 (UTC)." in page
    assert "What came of it" not in page and "Refused" not in page
    approve_issue(app.press, app.press.issue(ID), "ed", NOW)
    assert "ed approved it; it goes on Tuesday, 24 November" in client.get(WATCH).text


def test_an_issue_on_its_way_shows_states_providers_pace_and_what_to_do(watched, mails):
    send(watched, mails)
    with opened(watched) as program:
        page = program.get(WATCH).text
        part = program.get(f"{WATCH}/live?seen=sending")
    for said in ("6 of 8 done", "a second", "example.com", ">sending<", "Pause", "550 5.1.1", "no such mailbox",
                 "Nothing to do. It is sent again under the same Message-ID."):  # fmt: skip
        assert said in page, said
    assert "<b>no</b>" not in page, "what a mail server says is text"
    assert part.text.lstrip().startswith('<div id="moving"') and "HX-Refresh" not in part.headers


def test_a_page_that_shows_another_state_is_told_to_load_anew(client):
    assert client.get(f"{WATCH}/live?seen=sending").headers["HX-Refresh"] == "true"


def test_pause_resume_and_cancel_do_what_they_say_and_are_on_record(watched, mails):
    send(watched, mails, most=2)
    press = watched.press
    with opened(watched) as program:
        form = {"csrf": token(program)}
        assert program.post(f"{WATCH}/pause", data=form, follow_redirects=False).headers["Location"] == WATCH
        assert press.issue(ID).state is IssueState.PAUSED
        assert "paused by you" in program.get(WATCH).text.lower()
        assert program.post(f"{WATCH}/pause", data=form).status_code == 200, "twice is as once"
        program.post(f"{WATCH}/resume", data=form)
        assert press.issue(ID).state is IssueState.SENDING
        assert "still wait" in program.get(f"{WATCH}/cancel").text
        program.post(f"{WATCH}/cancel", data=form | {"why": "wrong headline"})
        page = program.get(WATCH).text
        late = program.post(f"{WATCH}/resume", data=form)
    assert late.status_code == 409 and "Not done." in late.text
    assert press.issue(ID).state is IssueState.CANCELLED and press.issue(ID).note == "wrong headline"
    assert "Wrong headline." in page and "Pause" not in page and "Cancel …" not in page
    deeds = [(deed.who, deed.what, deed.detail) for deed in press.store.access.deeds(about=ID)]
    assert deeds == [("you", "cancelled", "wrong headline"), ("you", "resumed", ""),
                     ("you", "paused", "")]  # fmt: skip


def test_no_get_changes_anything_and_no_form_without_its_token_does(watched, mails):
    send(watched, mails, most=2)
    before = watched.press.issue(ID), watched.press.store.ledger.counts(ID)
    with opened(watched) as program:
        for path in ("", "/live", "/cancel", "/stories.csv", "/categories.csv", "/deliveries.csv"):
            assert program.get(WATCH + path).status_code == 200
        for path in ("/pause", "/resume", "/cancel"):
            assert program.get(WATCH + path, follow_redirects=False).status_code in {200, 405}
            assert program.post(WATCH + path, data={"csrf": "wrong"}).status_code == 403
    assert (watched.press.issue(ID), watched.press.store.ledger.counts(ID)) == before


def test_afterwards_it_says_what_came_of_it_by_story_and_category(watched, mails):
    send(watched, mails)
    store, clock = watched.press.store, watched.clock
    mails.answer = but({})
    clock.pass_(hours=2)
    deliver_issue(watched.press, watched.press.issue(ID), watched.transport(), clock)
    assert store.ledger.counts(ID) == {DeliveryState.SENT: 7, DeliveryState.FAILED: 1}
    readers = [reader.id for reader, _ in store.readers.all()]
    store.feedback.record(FeedbackEvent(ID, readers[4], FeedbackKind.HARD, "5.1.1", "", at(3)))
    store.feedback.record(FeedbackEvent(ID, readers[5], FeedbackKind.COMPLAINT, "", "", at(3)))
    store.readers.leave(readers[7], WEEKLY, consent(ConsentKind.LEFT, at=clock() + timedelta(hours=1)))
    with opened(watched) as program:
        page = program.get(WATCH).text
        stories, categories = rows_of(program, "stories.csv"), rows_of(program, "categories.csv")
        doubts = rows_of(program, "deliveries.csv?state=uncertain")
        failed = rows_of(program, "deliveries.csv")
    assert "7 readers · 1 left · 1 complained · 1 came back" in page
    assert categories[0] == ["category", "name", "sent", "arrived", "came_back", "complaints", "left", "refused",
                             "skipped", "waiting", "clicks"]  # fmt: skip
    assert categories[1][:7] == ["privacy", "Privacy", "7", "6", "1", "1", "1"]
    assert ["robotics", "Robotics", "3", "3", "0", "1", "1"] in [row[:7] for row in categories]
    assert stories[1][1:7] == ["Regulator tells hospitals to stop", "7", "6", "1", "1", "1"]
    assert [row[:2] for row in doubts[1:]] == [[str(readers[3]), "sent"]]
    assert [row[1] for row in failed[1:]] == ["failed"] and "example.com" not in failed[1][0]


class TestAViewer:
    """Looks at everything but at who the readers are."""

    @pytest.fixture
    def spoken(self, watched, mails):
        """A send in which servers quote the readers' addresses, in one way and another."""
        mails.answer = but({
            "RCPT TO:<r1@": "550 5.1.1 <r1@example.com>: no such user",
            "RCPT TO:<r4@": "554 5.6.0 see https://help.example/?r=r4%40example.com and r4@example.com.",
            "BODY r3@": None,
        })  # fmt: skip
        deliver_issue(watched.press, watched.press.issue(ID), watched.transport(), watched.clock)
        return watched

    @pytest.mark.parametrize("role", list(Role))
    def test_sees_what_went_wrong_without_whom_it_met(self, spoken, monkeypatch, role):
        monkeypatch.setattr("digest.web.access.actor.LOCAL", Actor("bea", role))
        with opened(spoken) as program:
            page, failed = program.get(WATCH).text, program.get(f"{WATCH}/deliveries.csv").text
            doubts = program.get(f"{WATCH}/deliveries.csv?state=uncertain").text
        assert "550 5.1.1" in page and "550 5.1.1" in failed and "no. 2" in page
        assert "There is no such mailbox, and it is mailed no more." in page
        named = role is not Role.VIEWER
        assert ("r1@example.com" in page, "release r1@example.com" in page) == (named, named)
        assert ("r1@example.com" in failed, "r4%40example.com" in failed) == (named, named)
        if not named:
            of_readers = re.findall(r"r\d(?:@|%40)example", page + failed + doubts)
            assert of_readers == [] and "erased" not in page


def test_a_file_starts_no_formula(client, app):
    with_first_story(app, ID, title="=1+1")
    assert rows_of(client, "stories.csv")[1][1] == "'=1+1"


def test_an_unknown_issue_is_not_found(client):
    assert client.get("/editor/issues/weekly-1999-01-01/watch").status_code == 404


def test_a_category_that_everybody_gets_unasked_has_everybody_as_its_readers(watched, mails):
    """Sponsored stories, for example: no edition draws from their category, for nobody chose it."""
    settings = watched.press.settings
    given = [one.model_copy(update={"choosable": one.slug != "security"}) for one in settings.categories]
    press = replace(watched.press, settings=settings.model_copy(update={"categories": tuple(given)}))
    mails.answer = but({})
    withdraw_issue(press, press.issue(ID), Actor("ed", Role.EDITOR), NOW)
    deliver_issue(press, approve_issue(press, press.issue(ID), "ed", NOW), watched.transport(), watched.clock)
    with opened(replace(watched, press=press)) as program:
        rows = {row[0]: row[2] for row in rows_of(program, "categories.csv")[1:]}
    assert rows == {"privacy": "8", "security": "8", "robotics": "4"}
