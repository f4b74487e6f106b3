"""Test mails, from the desk and the command line: marked, harmless, recorded nowhere."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from build import NOW, WEEKLY, consent, preferences, subscriber_draft
from digest.app import App
from digest.config.machine import SmtpSettings
from digest.deliver.message_id import whose
from digest.errors import DigestError
from digest.model.people import ConsentKind
from digest.pipeline.approving import approve_issue
from digest.pipeline.testing import MOST, addresses_named
from mail_servers import MailServer, but
from visits import SECRET, opened

ID = "weekly-2026-11-24"
PAGE = f"/editor/issues/{ID}/test"
TEAM = {"team": ("ed@example.org", "bea@example.org"), "boss": ("boss@example.org",)}


@pytest.fixture
def desk(app: App) -> App:
    """A site with saved lists."""
    return configured(app, test_lists=TEAM)


def configured(app: App, **settings: object) -> App:
    return replace(app, loaded=replace(app.loaded, settings=app.settings.model_copy(update=settings)))


def posted(app: App, **fields: object):
    with opened(app) as program:
        token = re.search(r'name="csrf" value="([^"]+)"', program.get(PAGE).text)[1]
        return program.post(PAGE, data={"csrf": token, "reader": "all", "lists": ["team"]} | fields)


def mail(mails: MailServer, address: str) -> EmailMessage:
    return message_from_bytes(mails.bodies[address], policy=policy.default)


def test_the_page_offers_saved_lists_and_made_up_readers(desk: App):
    with opened(desk) as program:
        page = program.get(PAGE).text
    assert 'value="team"' in page and "ed@example.org, bea@example.org" in page
    assert 'value="few"' in page


def test_without_a_saved_list_the_page_says_how_to_save_one(client):
    assert "[test_lists]" in client.get(PAGE).text


def test_a_test_goes_to_all_of_the_list_and_the_page_says_what_became_of_it(desk: App, mails: MailServer):
    mails.answer = but({"RCPT TO:<bea@": "550 5.1.1 <i>no</i> such user"})
    answer = posted(desk, others="me@example.org; ed@example.org")
    assert set(mails.bodies) == {"ed@example.org", "me@example.org"}
    assert "ed@example.org" in answer.text and "refused: 550 5.1.1 &lt;i&gt;no" in answer.text
    (deed,) = desk.press.store.access.deeds(about=ID)
    assert (deed.who, deed.what, deed.detail) == ("you", "sent a test", "as all, 2 of 3")


def test_a_test_says_so_and_no_press_in_it_can_harm_anybody(desk: App, mails: MailServer):
    posted(desk)
    found = mail(mails, "ed@example.org")
    assert found["Subject"].startswith("[Test] ")
    for header in ("List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"):
        assert found[header] is None
    assert found["List-Id"]
    links = set(re.findall(r'http://localhost:8000/r/[^\s"#]*', found.get_body(("html",)).get_content()))
    assert links == {f"http://localhost:8000/r/test{way}" for way in ("", "/less", "/drop", "/more")}
    assert "/r/unsubscribe" not in found.get_body(("plain",)).get_content()
    assert whose(found["Message-ID"], [SECRET]).subscriber == 0
    with opened(desk) as program:
        assert "That mail was a test" in program.get("/r/test").text
        assert program.get("/r/test/drop").status_code == 200
        assert program.get("/r/test").headers["X-Robots-Tag"] == "noindex"


def test_the_body_is_the_readers_but_for_their_links(desk: App, mails: MailServer):
    from digest.pipeline.previewing import persona_named, preview

    posted(desk, reader="few")
    reader = persona_named(desk.personas(), "few")
    shown = preview(desk.press, desk.press.issue(ID), reader, NOW)
    sent = mail(mails, "ed@example.org").get_body(("html",)).get_content().replace("\r\n", "\n")
    harmless = re.sub(r"http://localhost:8000/r/[a-z]+/[\w.-]+", "http://localhost:8000/r/test", shown.html)
    assert sent.strip() == harmless.strip()


def test_a_subscribers_mail_goes_to_the_testers_and_never_to_them(desk: App, mails: MailServer):
    rows = [(subscriber_draft("ada@example.com", name="Ada"), WEEKLY, preferences("robotics"))]
    desk.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    posted(desk, address="ada@example.com", lists=["boss"])
    assert set(mails.bodies) == {"boss@example.org"}
    assert "The hand that sews" in mail(mails, "boss@example.org").get_body(("plain",)).get_content()
    assert "ada@example.com" not in mails.bodies["boss@example.org"].decode()


def test_nothing_is_reserved_or_recorded(desk: App, mails: MailServer):
    approve_issue(desk.press, desk.press.issue(ID), "ed", NOW)
    before, asked = desk.press.issue(ID), mails.said.count("RCPT TO:<ed@example.org>")
    posted(desk)
    posted(desk)
    assert desk.press.issue(ID) == before
    assert desk.press.store.ledger.counts(ID) == {}
    assert mails.said.count("RCPT TO:<ed@example.org>") - asked == 2, "a test may be sent as often as one likes"


def test_a_rehearsal_mails_only_whom_it_may(desk: App, mails: MailServer):
    smtp = SmtpSettings(host="127.0.0.1", port=mails.port, security="none", timeout=5, only_to=("ed@example.org",))
    answer = posted(configured(desk, smtp=smtp))
    assert set(mails.bodies) == {"ed@example.org"}
    assert "not among [smtp] only_to" in answer.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lists": []}, "Test nobody is named"),
        ({"lists": ["nobody"]}, "There is none of that name"),
        ({"lists": [], "others": "no-address@"}, "no-address@"),
        ({"lists": [], "others": "a@example.org\r\nBcc:b@example.org"}, "Bcc:b@example.org"),
        ({"address": "stranger@example.com"}, "does not read weekly"),
        ({"reader": "<script>"}, "&lt;script&gt;"),
        ({"others": " ".join(f"a{n}@example.org" for n in range(MOST))}, "too many"),
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_goes(desk: App, mails: MailServer, fields, said: str):
    answer = posted(desk, **fields)
    assert answer.status_code == 400
    assert said.lower() in answer.text.lower()
    assert mails.bodies == {}


def test_a_mail_server_that_is_away_is_named(desk: App):
    away = configured(desk, smtp=SmtpSettings(host="127.0.0.1", port=1, security="none"))
    answer = posted(away)
    assert answer.status_code == 400 and "127.0.0.1:1" in answer.text


def test_lists_and_addresses_are_taken_once_each(desk: App):
    assert addresses_named(desk.settings, ["team", "ED@example.org", "ed@example.org"])[:2] == TEAM["team"]
    with pytest.raises(DigestError, match="team, boss"):
        addresses_named(desk.settings, ["nobody"])
