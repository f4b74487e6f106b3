"""What a reader can do by the links of their mails: choose, pause, move, take their data, leave, be erased."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest

import build
import press as small
from build import NOW, WEEKLY
from digest.config.machine import DatabaseSettings
from digest.config.publication import SenderSettings, WelcomePolicy
from digest.config.timing import CadenceDays
from digest.links import LinkClaim, Purpose
from digest.model.ids import SubscriberId
from digest.model.issue import Cadence, IssueState
from digest.model.people import ConsentKind, SubscriberState, SuppressionReason
from digest.pipeline.approving import approve_issue
from visits import everything, opened

DAILY_SENDER = SenderSettings(name="Daily", address="daily@press.example.com")


@pytest.fixture
def app(app):
    """Two newsletters; the first may come daily, weekly on two days, or monthly, at the reader's own hour."""
    weekly = small.newsletter(
        days=(2, 5), also={Cadence.DAILY: CadenceDays(), Cadence.MONTHLY: CadenceDays()}, reader_time=True
    )
    daily = small.newsletter(slug="daily", name="The Example Daily", sender=DAILY_SENDER)
    settings = app.settings.model_copy(update={"newsletters": (weekly, daily)})
    return replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))


@pytest.fixture
def client(app):
    with opened(app) as program:
        program.clock = app.clock
        yield program


@pytest.fixture
def ada(app) -> SubscriberId:
    """A confirmed reader of both."""
    readers = app.press.store.readers
    for newsletter in (WEEKLY, "daily"):
        reader = readers.sign_up(
            build.subscriber_draft(), newsletter, build.preferences("privacy", "security"),
            build.consent(newsletter=newsletter),
        )  # fmt: skip
        readers.confirm(reader.id, newsletter, build.consent(ConsentKind.CONFIRMED, newsletter=newsletter))
    return reader.id


def path(app, reader, purpose=Purpose.PREFERENCES, subject=WEEKLY) -> str:
    return f"/r/{purpose}/{app.press.links.token(LinkClaim(purpose, reader, NOW.date(), subject))}"


def chosen(app, reader, newsletter=WEEKLY):
    mine = {s.newsletter: s for s in app.press.store.readers.subscriptions(reader)}
    return mine[newsletter]


def test_a_page_from_a_database_elsewhere_is_the_same(app, client, ada):
    """It is made in another thread; of this server only the settings say so."""
    settings = app.settings.model_copy(update={"database": DatabaseSettings(url="postgresql://db.example/digest")})
    assert app.settings.database.is_file and not settings.database.is_file
    far = replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))
    with opened(far) as program:
        for link in (path(app, ada), path(app, SubscriberId(10_000))):
            near, there = client.get(link), program.get(link)
            assert (near.status_code, near.text) == (there.status_code, there.text)


def link_in(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    return re.search(r"/r/\S+", body.get_content())[0]


def test_everything_is_chosen_on_one_page(client, app, ada):
    page = path(app, ada)
    form = {"categories": ["privacy", "robotics"], "cadence": "weekly", "day": "5", "hour": "19",
            "cadence:privacy": "daily", "cadence:robotics": "", "cadence:security": "monthly"}  # fmt: skip
    answer = client.post(page, data=form)
    assert "Saved." in answer.text
    has = chosen(app, ada).preferences
    assert (sorted(has.categories), has.cadence, has.day, has.hour) == (["privacy", "robotics"], "weekly", 5, 19)
    assert has.cadences == (("privacy", Cadence.DAILY),)
    shown = client.get(page).text
    assert '<option value="5" selected>Friday' in shown and '<option value="19" selected>19:00' in shown


@pytest.mark.parametrize(
    "form",
    [{}, {"categories": "sponsored"}, {"categories": "privacy", "cadence": "hourly"},
     {"categories": "privacy", "day": "3"}, {"categories": "privacy", "hour": "24"}],
    ids=["no topic", "no such topic", "no such cadence", "a day it does not come", "no hour"],
)  # fmt: skip
def test_a_wrong_choice_is_said_beside_it_and_changes_nothing(client, app, ada, form):
    before = everything(app)
    answer = client.post(path(app, ada), data=form)
    assert (answer.status_code, answer.text.count('role="alert"')) == (400, 1)
    assert everything(app) == before


def test_a_pause_has_an_end_and_can_be_ended(client, app, ada):
    page = path(app, ada)
    assert "this day is past" in client.post(f"{page}/pause", data={"until": "2026-11-24"}).text.lower()
    client.post(f"{page}/pause", data={"until": "2027-01-08"})
    assert chosen(app, ada).preferences.paused_until == date(2027, 1, 8)
    assert "January 8, 2027" in client.get(page).text
    client.post(f"{page}/pause", data={})
    assert chosen(app, ada).preferences.paused_until is None


def test_the_page_then_speaks_the_language_that_was_chosen(client, app, ada):
    page = path(app, ada)
    client.post(
        f"{page}/person", data={"name": "Ada L.", "country": "FR", "language": "fr", "timezone": "Europe/Paris"}
    )
    reader = app.press.store.readers.get(ada)
    assert (reader.name, reader.country, reader.language, reader.timezone) == ("Ada L.", "FR", "fr", "Europe/Paris")
    assert "À propos de vous" in client.get(page).text


def test_an_address_moves_when_both_have_agreed(client, app, ada, mails):
    assert "on its way" in client.post(f"{path(app, ada)}/address", data={"address": "ada@new.example"}).text
    new, old = link_in(mails.bodies["ada@new.example"]), link_in(mails.bodies["ada@example.com"])
    assert "old one has agreed" in client.get(new).text
    client.post(new)
    assert app.press.store.readers.get(ada).email == "ada@example.com"
    assert "new address" in client.post(old).text
    assert app.press.store.readers.get(ada).email == "ada@new.example"


def test_a_change_of_address_can_be_refused(client, app, ada, mails):
    client.post(f"{path(app, ada)}/address", data={"address": "ada@new.example"})
    old, new = link_in(mails.bodies["ada@example.com"]), link_in(mails.bodies["ada@new.example"])
    client.post(old, data={"refuse": "yes"})
    assert "waits no longer" in client.post(new).text
    assert app.press.store.readers.get(ada).email == "ada@example.com"


@pytest.mark.parametrize("address", ["", "nobody", "ada@example.com", "x@evil.test\r\nBcc: y@evil.test"])
def test_an_address_that_is_none_or_the_same_is_said_beside_its_field(client, app, ada, mails, address):
    answer = client.post(f"{path(app, ada)}/address", data={"address": address})
    assert (answer.status_code, list(mails.bodies)) == (400, [])
    assert 'name="address" type="email" autocomplete="email" maxlength="254" aria-invalid' in answer.text


def test_what_is_wrong_is_said_in_the_readers_language(client, app, ada):
    german = "?lang=de"
    same = client.post(f"{path(app, ada)}/address{german}", data={"address": "ada@example.com"}).text
    assert "Das ist die Adresse, die Sie haben." in same
    named = client.post(f"{path(app, ada)}/person{german}", data={"name": "visit evil.example", "country": "FR"}).text
    assert "Ein Name kann keine Web- oder Mailadresse enthalten." in named


def test_my_data_are_a_file(client, app, ada):
    answer = client.get(f"{path(app, ada)}/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.json()["person"]["email"] == "ada@example.com"
    assert len(answer.json()["subscriptions"]) == 2


def test_no_page_makes_a_link_that_lasts_longer_than_the_one_that_opened_it(client, app, ada):
    """Up to its last day a link opens everything; whoever holds it cannot go on from page to page for ever."""
    link, last = path(app, ada), NOW + timedelta(days=180)
    app.clock.now = last
    page = client.get(link).text
    [other] = set(re.findall(r"/r/preferences/[\w.-]+", page)) - {link}
    leave = re.search(r"/r/unsubscribe/[\w.-]+", page)[0]
    back = re.search(r"/r/preferences/[\w.-]+", client.get(leave).text)[0]
    assert [client.get(found).status_code for found in (link, other, leave, back)] == [200] * 4
    assert client.post(f"{link}/pause", data={"until": ""}).status_code == 200, "the page itself works to its end"
    app.clock.now = last + timedelta(days=1)
    gone = [client.get(found).status_code for found in (link, other, leave, back)]
    assert 200 not in gone and set(gone) == {client.get(link).status_code}


def test_a_confirmation_opens_a_page_for_as_long_as_any_mail_does(client, app, mails):
    readers = app.press.store.readers
    reader = readers.sign_up(build.subscriber_draft(), WEEKLY, build.preferences("privacy"), build.consent())
    app.clock.now = NOW + timedelta(days=6)
    answer = client.post(path(app, reader.id, Purpose.CONFIRM), follow_redirects=False)
    app.clock.now = NOW + timedelta(days=186)
    assert client.get(answer.headers["location"]).status_code == 200


def test_whoever_holds_a_link_cannot_flood_its_reader_with_mails_to_erase(client, app, ada, mails):
    """Nor do these use up the mail of the day that somebody else asked for, or fail because a mail came back."""
    app.press.store.readers.suppress("ada@example.com", SuppressionReason.BOUNCE, NOW)
    before = sum(mails.accepted.values())
    assert {client.post(f"{path(app, ada)}/erase").status_code for _ in range(20)} == {200}
    assert sum(mails.accepted.values()) == before + 1
    app.clock.now = NOW + timedelta(days=1)
    client.post(f"{path(app, ada)}/erase")
    assert sum(mails.accepted.values()) == before + 2


def test_a_reader_is_erased_by_a_link_that_is_mailed_to_them(client, app, ada, mails):
    client.post(f"{path(app, ada)}/erase")
    link = link_in(mails.bodies["ada@example.com"])
    assert link.startswith("/r/erase/") and "for good" in client.get(link).text
    assert "Nothing of you is left" in client.post(link).text
    assert app.press.store.readers.get(ada) is None or app.press.store.readers.get(ada).state is SubscriberState.ERASED
    assert client.get(path(app, ada)).status_code == 400


def test_a_topic_is_dropped_by_one_press_and_the_last_one_leaves(client, app, ada):
    page = f"{path(app, ada)}/drop"
    assert client.get(page).text.count('name="topic"') == 2
    assert "no longer comes" in client.post(page, data={"topic": "security"}).text
    assert chosen(app, ada).preferences.categories == {"privacy"}
    assert "left the newsletter" in client.post(page, data={"topic": "privacy"}).text
    assert chosen(app, ada).left_at


def test_more_of_a_topic_is_one_press_too(client, app, ada):
    page = f"{path(app, ada)}/more"
    client.post(page, data={"topic": "robotics"})
    has = chosen(app, ada).preferences
    assert ("robotics" in has.categories, has.more) == (True, {"robotics"})
    assert client.post(page, data={"topic": "made-up"}).status_code == 404


def test_less_often_is_one_step_however_often_it_is_pressed(client, app, ada):
    page = f"{path(app, ada)}/less"
    shown = client.get(page).text
    assert "every week" in shown and "every month" in shown
    form = {"shown": re.search(r'name="shown" value="([^"]+)"', shown)[1]}
    for _ in range(3):
        client.post(page, data=form)
    assert chosen(app, ada).preferences.cadence is Cadence.MONTHLY
    assert client.get(page, follow_redirects=False).headers["location"].endswith("#pause")


def test_leaving_leaves_one_newsletter_and_offers_all(client, app, ada):
    page = path(app, ada, Purpose.UNSUBSCRIBE)
    assert "Leave it and the other one" in client.get(page).text
    client.post(page, data={"from": "page"})
    assert (bool(chosen(app, ada).left_at), chosen(app, ada, "daily").left_at) == (True, None)
    client.post(page, data={"from": "page", "all": "yes"})
    assert chosen(app, ada, "daily").left_at


def test_the_page_says_which_topics_the_next_days_bring(client, app, ada):
    form = {"categories": ["privacy", "security"], "cadence": "weekly", "day": "5", "cadence:privacy": "daily"}
    client.post(path(app, ada), data=form)
    part = client.get(path(app, ada)).text.partition('id="coming"')[2].partition("</section>")[0]
    rows = re.findall("<time[^>]*>([^<]+)</time> <small>([^<]+)</small>", part)
    assert rows == [
        ("Wednesday, November 25, 2026", "Privacy"), ("Thursday, November 26, 2026", "Privacy"),
        ("Friday, November 27, 2026", "Privacy · Security &amp; Safety"),
    ]  # fmt: skip
    client.post(f"{path(app, ada)}/pause", data={"until": "2026-12-25"})
    paused = client.get(path(app, ada)).text.partition('id="coming"')[2]
    assert "Friday, December 25, 2026" in paused and "November" not in paused


def test_the_page_leads_to_the_readers_other_newsletters_and_to_no_other(client, app, ada):
    nav = re.search('<nav class="tabs".*?</nav>', client.get(path(app, ada)).text, re.DOTALL)[0]
    [other] = re.findall(r'<a href="(/r/preferences/[^"]+)">', nav)
    assert "<h1>The Example Daily</h1>" in client.get(other).text
    client.post(path(app, ada, Purpose.UNSUBSCRIBE, "daily"))
    assert 'class="tabs"' not in client.get(path(app, ada)).text


def test_a_topic_has_a_place_that_mails_lead_to(client, app, ada):
    assert '<label class="choice" id="topic-robotics">' in client.get(path(app, ada)).text


def test_the_welcome_brings_the_latest_issue_in_the_readers_topics_where_the_newsletter_says_so(app, mails):
    weekly = app.settings.newsletters[0].model_copy(update={"welcome": WelcomePolicy.ISSUE})
    settings = app.settings.model_copy(update={"newsletters": (weekly,)})
    app = replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))
    press = app.press
    approve_issue(press, press.store.issues.all(WEEKLY)[0], "olga", NOW)
    for state in (IssueState.LOCKED, IssueState.SENDING, IssueState.SENT):
        press.store.issues.advance(press.store.issues.all(WEEKLY)[0].id, state, NOW)
    bob = press.store.readers.sign_up(
        build.subscriber_draft("bob@example.com"), WEEKLY, build.preferences("robotics"), build.consent()
    )
    mails.accepted.clear()
    with opened(app) as client:
        client.post(path(app, bob.id, Purpose.CONFIRM))
    issue = message_from_bytes(mails.bodies["bob@example.com"], policy=policy.default)
    told = issue.get_body(("plain",)).get_content()
    assert mails.accepted["bob@example.com"] == 2
    assert "The hand that sews" in told and "Regulator tells" not in told
    assert issue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_confirming_brings_one_welcome_mail(client, app, mails):
    bob = app.press.store.readers.sign_up(
        build.subscriber_draft("bob@example.com"), WEEKLY, build.preferences(), build.consent()
    )
    link = path(app, bob.id, Purpose.CONFIRM)
    assert "One press" in client.get(link).text and not mails.bodies
    client.post(link)
    welcome = message_from_bytes(mails.bodies.pop("bob@example.com"), policy=policy.default)
    assert welcome["Subject"] == "Welcome to The Example Weekly"
    assert welcome["Auto-Submitted"] == "auto-generated" and "List-Unsubscribe" not in welcome
    client.post(link)
    assert not mails.bodies


def test_a_link_can_be_had_by_mail_and_strangers_get_the_same_answer(client, app, ada, mails):
    answers = set()
    for address in ("ada@example.com", "nobody@example.com"):
        token = re.search(r'name="token" value="([^"]+)"', client.get("/preferences").text)[1]
        client.clock.now += timedelta(seconds=5)
        answers.add(client.post("/preferences", data={"email": address, "token": token}).text)
    assert len(answers) == 1
    assert list(mails.bodies) == ["ada@example.com"]


def test_nothing_that_is_only_looked_at_changes_anything(client, app, ada, mails):
    """Scanners press every link in a mail, and more than once."""
    base = path(app, ada)
    parts = ("", "/drop", "/more", "/less", "/export")
    others = [path(app, ada, purpose) for purpose in (Purpose.UNSUBSCRIBE, Purpose.ERASE, Purpose.CONFIRM)]
    paths = [*(base + part for part in parts), *others, "/preferences", "/sign-up/weekly"]
    before = everything(app)
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        for address in paths:
            client.request(method, address)
    assert (everything(app), dict(mails.bodies)) == (before, {})


def routes_that_change(app):
    """Every route of readers' pages with another method than GET, from the application itself."""
    with opened(app) as program:
        for included in program.app.routes:
            for route in getattr(getattr(included, "original_router", None), "routes", ()):
                if not route.path.startswith("/editor"):
                    yield from ((method, route.path) for method in route.methods - {"GET", "HEAD"})


def test_every_route_that_changes_something_refuses_a_foreign_token(client, app, ada, mails):
    """A token of another purpose, of another reader's making, or none at all."""
    foreign = app.press.links.token(LinkClaim(Purpose.VIEW, ada, NOW.date(), "weekly-2026-11-24"))
    forged = path(app, ada).rpartition("/")[2][:-1] + "A"
    form = {"email": "eve@example.org", "categories": "privacy", "topic": "privacy", "address": "eve@example.org",
            "until": "2027-01-01", "from": "page", "token": foreign, "name": "Eve"}  # fmt: skip
    before = everything(app)
    changing = list(routes_that_change(app))
    assert len(changing) > 12
    for method, pattern in changing:
        for token in (foreign, forged, "x"):
            address = pattern.replace("{token}", token).replace("{slug}", "weekly")
            answer = client.request(method, address, data=form)
            assert answer.status_code >= 400 or pattern.endswith("/sample"), (method, pattern)
    assert (everything(app), dict(mails.bodies)) == (before, {})
