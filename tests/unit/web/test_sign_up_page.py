"""What the sign-up page answers to every kind of form, and to a mail server that says no or nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

import build
from digest.config.sign_up import SignUpSettings
from digest.model.issue import IssueState
from digest.model.people import SuppressionReason
from digest.pipeline.errands import run_errands
from digest.web.guard import is_solved
from mail_servers import but
from visits import BASE, opened, without_mail_server

TOPICS = {"categories": ["privacy", "robotics"]}


def send(client, address: str = "/sign-up/weekly", **fields):
    """Fills the form that the page shows, waits as long as a person would, and sends it."""
    shown = client.get(address)
    token = re.search(r'name="token" value="([^"]+)"', shown.text)[1]
    moment, _, proof = token.partition(".")
    client.clock.now += timedelta(seconds=5)
    data = {"token": f"{moment}.{proof}", "email": "ada@example.org", **TOPICS} | fields
    return client.post(address, data=data, follow_redirects=False)


def test_a_good_form_is_answered_with_a_redirect_and_one_mail(client, mails):
    answer = send(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-up/weekly/sent")
    assert list(mails.bodies) == ["ada@example.org"]


def test_a_known_reader_sees_the_same_answer_as_a_new_one(client, app):
    first, again = send(client), send(client)
    assert (first.status_code, first.headers["location"]) == (again.status_code, again.headers["location"])


def test_one_address_is_mailed_once_a_day_whatever_strangers_do(client, mails):
    assert send(client).status_code == 303
    mails.bodies.clear()
    assert {send(client).status_code for _ in range(5)} == {303}
    assert not mails.bodies
    client.clock.now += timedelta(days=1)
    send(client)
    assert list(mails.bodies) == ["ada@example.org"]


def test_a_network_that_sends_too_many_forms_is_told_to_wait(client, mails, app):
    most = app.settings.sign_up.per_network
    answers = [send(client, email=f"r{n}@example.org").status_code for n in range(most + 2)]
    assert answers == [303] * most + [429] * 2
    assert len(mails.bodies) == most


def asked(answer) -> dict[str, str]:
    """What the page adds to the form when it asks about a slip of the keyboard."""
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', answer.text)[1] for name in ("asked", "meant")
    }  # fmt: skip


@pytest.mark.parametrize("email", ["ada@gmial.com", " Ada@GMIAL.com "])
def test_a_slip_in_a_domain_is_asked_about_and_mended_by_one_press(client, mails, email):
    answer = send(client, email=email)
    assert (answer.status_code, "Did you mean" in answer.text, list(mails.bodies)) == (200, True, [])
    assert send(client, email=email, **asked(answer)).status_code == 303
    assert [address.lower() for address in mails.bodies] == ["ada@gmail.com"]


def test_whoever_meant_what_they_wrote_is_asked_once(client, mails):
    found = asked(send(client, email="ada@gmial.com"))
    assert send(client, email="ada@gmial.com", asked=found["asked"]).status_code == 303
    assert list(mails.bodies) == ["ada@gmial.com"]


def test_a_correction_of_ones_own_counts_more_than_the_one_offered(client, mails):
    found = asked(send(client, email="ada@gmial.com"))
    assert send(client, email="ada@example.org", **found).status_code == 303
    assert list(mails.bodies) == ["ada@example.org"]


def test_an_address_that_nobody_asked_about_is_not_put_in_place_of_another(client, mails):
    send(client, email="ada@gmial.com", asked="ada@gmial.com", meant="eve@example.org")
    assert list(mails.bodies) == ["ada@gmial.com"]


def test_the_question_is_the_same_for_known_and_unknown_addresses(client, app):
    known = app.press.store.readers.sign_up(
        build.subscriber_draft("ada@gmail.com"), build.WEEKLY, build.preferences(), build.consent()
    )
    app.press.store.readers.confirm(known.id, build.WEEKLY, build.consent())
    one, other = (send(client, email=email).text for email in ("ada@gmial.com", "eve@gmial.com"))
    token = r'name="token" value="[^"]+"'
    assert re.sub(token, "", one).replace("ada@", "eve@") == re.sub(token, "", other)


@pytest.mark.parametrize(
    ("reason", "newsletter", "mailed"),
    [
        (SuppressionReason.BOUNCE, None, False), (SuppressionReason.COMPLAINT, build.WEEKLY, False),
        (SuppressionReason.COMPLAINT, "daily", True), (SuppressionReason.ERASED, None, True),
    ],
    ids=["bounced", "complained", "complained of another", "erased"],
)  # fmt: skip
def test_a_suppressed_address_gets_the_same_answer_and_no_mail(client, app, mails, reason, newsletter, mailed):
    app.press.store.readers.suppress("ada@example.org", reason, build.NOW, newsletter)
    answer = send(client, email="ADA@example.org")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-up/weekly/sent")
    assert bool(mails.bodies) is mailed


def test_a_country_that_is_none_is_refused(client, mails):
    answer = send(client, country="XX")
    assert (answer.status_code, "is no country code" in answer.text, list(mails.bodies)) == (400, True, [])
    assert send(client, country="gb").status_code == 303


def test_a_choice_that_has_no_place_of_its_own_is_said_above_the_form(client, mails):
    answer = send(client, hour="7")
    assert (answer.status_code, answer.text.count('role="alert"'), list(mails.bodies)) == (400, 1, [])


def test_the_country_that_the_browser_names_is_chosen_beforehand(client):
    shown = client.get("/sign-up/weekly", headers={"accept-language": "de-AT, en;q=0.5"}).text
    assert 'value="AT" selected' in shown


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"token": ""}, 400), ({"token": "1.2"}, 400), ({"token": "9999999999.ab"}, 400),
        ({"token": "\x00.\u00fc"}, 400), ({"website": "https://spam.example"}, 303),
    ],
    ids=["no token", "made up", "of tomorrow", "bytes", "the trap"],
)  # fmt: skip
def test_a_form_that_no_person_sent_brings_no_mail(client, mails, fields, status):
    assert send(client, **fields).status_code == status
    assert not mails.bodies


def test_a_form_sent_at_once_is_thanked_and_forgotten(client, mails):
    token = re.search(r'name="token" value="([^"]+)"', client.get("/sign-up/weekly").text)[1]
    answer = client.post("/sign-up/weekly", data={"token": token, "email": "ada@example.org", **TOPICS})
    assert (answer.status_code, list(mails.bodies)) == (200, [])


def test_a_token_of_another_form_or_of_yesterday_is_no_good(client, mails):
    token = re.search(r'name="token" value="([^"]+)"', client.get("/preferences").text)[1]
    assert send(client, token=token).status_code == 400
    yesterday = re.search(r'name="token" value="([^"]+)"', client.get("/sign-up/weekly").text)[1]
    client.clock.now += timedelta(hours=25)
    assert send(client, token=yesterday).status_code == 400
    assert not mails.bodies


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_on_another_site_is_refused(client, mails, headers):
    client.headers.update(headers)
    assert send(client).status_code == 400
    assert not mails.bodies


@pytest.mark.parametrize("origin", [BASE, BASE.upper(), "null"])
def test_a_proxy_that_passes_on_another_host_and_a_browser_that_says_little_are_welcome(client, mails, origin):
    client.headers.update({"Host": "backend:8000", "Origin": origin})
    assert send(client).status_code == 303
    assert len(mails.bodies) == 1


def test_a_puzzle_must_be_solved_where_the_settings_ask_for_one(app, mails):
    settings = app.settings.model_copy(update={"sign_up": SignUpSettings(proof_of_work=8)})
    app = replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))
    with opened(app) as client:
        client.clock = app.clock
        assert send(client, answer="").status_code == 400
        token = re.search(r'name="token" value="([^"]+)"', client.get("/sign-up/weekly").text)[1]
        answer = next(n for n in count() if is_solved(token, str(n), 8))
        assert send(client, token=token, answer=str(answer)).status_code == 303
        for once_more in range(3):
            again = send(client, token=token, answer=str(answer), email=f"eve{once_more}@example.org")
            assert (again.status_code, "lain for too long" in again.text) == (400, True), "a puzzle is good once"
        tokens = re.findall(r'name="token" value="([^"]+)"', "".join(client.get("/sign-up/weekly").text for _ in "ab"))
        assert len(set(tokens)) == 2, "two who load the form in one second have a puzzle each"
    assert list(mails.bodies) == ["ada@example.org"]


@pytest.mark.parametrize(
    ("form", "beside"),
    [
        ({"email": "", **TOPICS}, "email"),
        ({"email": "ada at home", **TOPICS}, "email"),
        ({"email": "ada@example.org\r\nBcc: x@evil.test", **TOPICS}, "email"),
        ({"email": "a" * 50_000 + "@example.org", **TOPICS}, "email"),
        ({"email": "<script>alert(1)</script>", **TOPICS}, "email"),
        ({"email": "ada@example.org", "name": "WIN at https://evil.example/?id=7", **TOPICS}, "name"),
        ({"email": "ada@example.org", "name": "go to evil.example now", **TOPICS}, "name"),
        ({"email": "ada@example.org"}, "categories"),
        ({"email": "ada@example.org", "categories": ["privacy", "sponsored-content"]}, "categories"),
        ({"email": "ada@example.org", "categories": ["<b>", "'; drop table subscribers"]}, "categories"),
    ],
    ids=[
        "none",
        "no address",
        "header",
        "long",
        "markup",
        "url",
        "host",
        "no topic",
        "topic that cannot be chosen",
        "made up",
    ],
)
def test_a_wrong_field_is_answered_beside_it_and_nobody_is_mailed(client, mails, form, beside):
    answer = client.post("/sign-up/weekly", data=form)
    assert answer.status_code == 400
    assert answer.text.count('role="alert"') == 1
    before, _, _ = answer.text.partition('role="alert"')
    assert ('id="email"' in before, "<legend>" in before) == (True, beside in {"categories", "name"})
    assert before.rfind('aria-invalid="true"') > before.rfind(f'id="{beside}"') or beside == "categories"
    assert "<script>" not in answer.text
    assert not mails.bodies


def test_what_was_written_is_kept_and_escaped(client):
    name = 'Ada "><img src=x onerror=alert(1)>'
    answer = client.post("/sign-up/weekly", data={"email": "wrong", "name": name, "categories": ["robotics"]})
    assert "<img" not in answer.text
    assert "Ada &#34;&gt;&lt;img" in answer.text
    assert re.findall(r'value="(\w+)" checked', answer.text) == ["robotics"]


def test_a_mail_server_that_is_away_costs_nobody_their_wish(app, mails):
    with opened(without_mail_server(app)) as client:
        client.clock = app.clock
        assert send(client).status_code == 303
    assert not mails.bodies
    app.clock.now += timedelta(minutes=10)
    assert run_errands(app.press, app.transport, app.clock()) == 1
    assert list(mails.bodies) == ["ada@example.org"]


def test_an_address_that_the_mail_server_refuses_is_not_told_from_others(client, mails, app):
    mails.answer = but({"RCPT": "550 5.1.1 no such user"})
    assert send(client, email="nobody@example.org").status_code == 303
    app.clock.now += timedelta(days=2)
    assert run_errands(app.press, app.transport, app.clock()) == 0


def test_no_address_stands_in_the_log(client, mails, caplog):
    mails.answer = but({"RCPT": "450 4.2.0 not now"})
    with caplog.at_level("DEBUG"):
        send(client, email="ada.secret@example.org")
    assert "ada.secret" not in caplog.text


@pytest.mark.parametrize(
    ("language", "heading"), [("de", "Ihre Adresse"), ("fr", "Votre adresse"), ("es", "Su dirección"), ("ar", "عنوانك")]
)
def test_the_page_speaks_the_readers_language(client, language, heading):
    page = client.get("/sign-up/weekly", headers={"Accept-Language": f"{language}-XX, en;q=0.5"}).text
    assert heading in page
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page


def test_a_language_that_the_address_asks_for_stays_until_the_end(client, mails):
    german = client.get("/sign-up/weekly?lang=de").text
    action = re.search('<form method="post" action="([^"]+)"', german)[1]
    again = client.post(
        action, data={"email": "ada@example.org", "name": "see evil.example/x", "categories": "privacy"}
    )
    assert "Ein Name kann keine Web- oder Mailadresse enthalten." in again.text
    assert f'action="{action}"' in again.text
    sample = re.search('formaction="([^"]+)"', german)
    assert sample is None or sample[1].endswith("?lang=de")
    taken = send(client, action)
    assert taken.headers["location"] == "/sign-up/weekly/sent?lang=de"
    assert 'action="/preferences?lang=de"' in client.get("/preferences?lang=de").text


def test_countries_are_all_there_in_the_order_of_the_language(client):
    german = client.get("/sign-up/weekly?lang=de").text
    assert re.findall(r'<option value="[A-Z]{2}"[^>]*>([^<]+)', german)[:4] == [
        "Afghanistan", "Ägypten", "Ålandinseln", "Albanien",
    ]  # fmt: skip
    assert len(re.findall(r'<option value="[A-Z]{2}"', german)) == 249
    british = client.get("/sign-up/weekly", headers={"Accept-Language": "en-GB"}).text
    assert '<option value="GB" selected>United Kingdom' in british


def test_the_sample_shows_stories_of_the_ticked_topics_only(client, app):
    press, sent = app.press, app.press.store.issues.all()[0]
    press.store.issues.approve(sent.id, "editor", "a" * 64, build.compiled(sent.id), sent.version, app.clock())
    for state in ("locked", "sending"):
        press.store.issues.advance(sent.id, IssueState(state), app.clock())
    shown = client.post("/sign-up/weekly/sample", data={"email": "ada@example.org", "categories": ["robotics"]})
    told = re.search(r'id="sample".*?</section>', shown.text, re.DOTALL)[0]
    assert "The hand that sews" in told and "Regulator" not in told
    assert 'value="ada@example.org"' in shown.text
    assert "ada" not in str(shown.url)
