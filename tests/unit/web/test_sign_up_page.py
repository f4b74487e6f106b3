"""What the sign-up page answers to every kind of form, and to a mail server that says no or nothing."""

from __future__ import annotations

import re

import pytest

from digest.errors import TemplateError
from mail_servers import but
from visits import opened, without_mail_server

TOPICS = {"categories": ["privacy", "robotics"]}


def test_a_good_form_is_answered_with_a_redirect_and_one_mail(client, mails):
    answer = client.post("/sign-up/weekly", data={"email": "ada@example.org", **TOPICS}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-up/weekly/sent")
    assert list(mails.bodies) == ["ada@example.org"]


def test_a_known_reader_sees_the_same_answer_as_a_new_one(client, app):
    first = client.post("/sign-up/weekly", data={"email": "ada@example.org", **TOPICS})
    again = client.post("/sign-up/weekly", data={"email": "ada@example.org", **TOPICS})
    assert (first.status_code, first.text) == (again.status_code, again.text)


@pytest.mark.parametrize(
    ("form", "beside"),
    [
        ({"email": "", **TOPICS}, "email"),
        ({"email": "ada at home", **TOPICS}, "email"),
        ({"email": "ada@example.org\r\nBcc: x@evil.test", **TOPICS}, "email"),
        ({"email": "a" * 50_000 + "@example.org", **TOPICS}, "email"),
        ({"email": "<script>alert(1)</script>", **TOPICS}, "email"),
        ({"email": "ada@example.org"}, "categories"),
        ({"email": "ada@example.org", "categories": ["privacy", "sponsored-content"]}, "categories"),
        ({"email": "ada@example.org", "categories": ["<b>", "'; drop table subscribers"]}, "categories"),
    ],
    ids=["none", "no address", "header", "long", "markup", "no topic", "topic that cannot be chosen", "made up"],
)
def test_a_wrong_field_is_answered_beside_it_and_nobody_is_mailed(client, mails, form, beside):
    answer = client.post("/sign-up/weekly", data=form)
    assert answer.status_code == 400
    assert answer.text.count('role="alert"') == 1
    before, _, _ = answer.text.partition('role="alert"')
    assert ('id="email"' in before, "<legend>" in before) == (True, beside == "categories")
    assert "<script>" not in answer.text
    assert not mails.bodies


def test_what_was_written_is_kept_and_escaped(client):
    name = 'Ada "><img src=x onerror=alert(1)>'
    answer = client.post("/sign-up/weekly", data={"email": "wrong", "name": name, "categories": ["robotics"]})
    assert "<img" not in answer.text
    assert "Ada &#34;&gt;&lt;img" in answer.text
    assert re.findall(r'value="(\w+)" checked', answer.text) == ["robotics"]


def test_a_mail_server_that_is_away_is_said_plainly_and_keeps_the_form(app):
    with opened(without_mail_server(app)) as client:
        answer = client.post("/sign-up/weekly", data={"email": "ada@example.org", **TOPICS})
    assert answer.status_code == 503
    assert "Our mail server does not answer" in answer.text
    assert 'value="ada@example.org"' in answer.text
    assert "127.0.0.1" not in answer.text


def test_an_address_that_the_mail_server_refuses_is_a_slip_in_that_field(client, mails):
    mails.answer = but({"RCPT": "550 5.1.1 no such user"})
    answer = client.post("/sign-up/weekly", data={"email": "nobody@example.org", **TOPICS})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert "refused" in answer.text


def test_a_server_that_wants_nothing_from_us_is_our_trouble_not_the_readers(client, mails):
    mails.answer = but({"RCPT": "550 5.7.1 policy"})
    answer = client.post("/sign-up/weekly", data={"email": "ada@example.org", **TOPICS})
    assert answer.status_code == 503
    assert "aria-invalid" not in answer.text


def test_a_broken_template_is_our_trouble_and_its_path_is_not_shown(client, monkeypatch):
    def broken(*_: object) -> None:
        raise TemplateError("/srv/templates/email/single/confirm.txt:3", "unexpected '}'")

    monkeypatch.setattr("digest.web.reader.sign_up.sign_up", broken)
    answer = client.post("/sign-up/weekly", data={"email": "ada@example.org", **TOPICS})
    assert answer.status_code == 500
    assert "broke on our side" in answer.text
    assert "/srv" not in answer.text
