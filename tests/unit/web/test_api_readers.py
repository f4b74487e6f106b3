"""Readers by the API: added in the normal way, changed, erased; nobody is brought back, and no address is in a URL."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest

import build
import press as small
from api import program, scopes_but
from build import NOW, WEEKLY, at
from digest.config.publication import SenderSettings
from digest.config.timing import CadenceDays
from digest.model.api import Scope
from digest.model.issue import Cadence
from digest.model.people import ConsentKind, Origin, SuppressionReason
from digest.pipeline.erasing import erase
from visits import opened

ADA = "ada@example.com"
DAILY = SenderSettings(name="Daily", address="daily@press.example.com")
AGREED = {"at": "2026-11-01T10:00:00+01:00", "source": "checkout of the shop", "wording": "2026-03"}


@pytest.fixture
def app(app):
    """Two newsletters; the first comes weekly or daily, at the reader's own hour."""
    weekly = small.newsletter(also={Cadence.DAILY: CadenceDays()}, reader_time=True)
    daily = small.newsletter(slug="daily", name="The Example Daily", sender=DAILY)
    settings = app.settings.model_copy(update={"newsletters": (weekly, daily)})
    return replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))


@pytest.fixture
def ada(app) -> int:
    """A confirmed reader of the weekly."""
    readers = app.press.store.readers
    reader = readers.sign_up(build.subscriber_draft(), WEEKLY, build.preferences("privacy"), build.consent())
    readers.confirm(reader.id, WEEKLY, build.consent(ConsentKind.CONFIRMED))
    return reader.id


def wanted(email=ADA, newsletter="weekly", **more):
    return {"email": email, "name": "Ada", "subscription": {"newsletter": newsletter, "categories": ["privacy"]}} | more


def mailable(app, newsletter=WEEKLY) -> list[str]:
    return [one.subscriber.email for one in app.press.store.readers.recipients(newsletter, NOW)]


def confirm_link(raw: bytes) -> str:
    text = message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()
    return re.search(r"/r/confirm/\S+", text)[0]


def test_somebody_added_is_asked_by_mail_and_mailed_once_they_have_said_yes(app, shop, mails):
    answer = shop.post("subscribers", json=wanted())
    assert (answer.status_code, answer.json()) == (201, {"outcome": "asked", "subscriber": 1})
    assert answer.headers["location"] == "/api/v1/subscribers/1"
    assert mailable(app) == []
    assert shop.get("subscribers/1").json()["state"] == "unconfirmed"
    with opened(app) as reader:
        reader.post(confirm_link(mails.bodies[ADA]))
    assert mailable(app) == [ADA]
    one = shop.get("subscribers/1").json()
    assert (one["state"], one["email"], one["name"]) == ("confirmed", ADA, "Ada")
    log = shop.get("subscribers/1/consent").json()["items"]
    assert [(entry["kind"], entry["source"]) for entry in log] == [("signed-up", "api cms"), ("confirmed", "web")]


def test_whoever_has_not_answered_is_asked_once_a_day_and_takes_the_new_wishes(app, shop, mails):
    shop.post("subscribers", json=wanted())
    mails.bodies.clear()
    again = shop.post("subscribers", json=wanted(name="Ada L."))
    assert (again.status_code, again.json()["outcome"], dict(mails.bodies)) == (201, "asked", {})
    assert shop.get("subscribers/1").json()["name"] == "Ada L."


def test_whoever_has_the_newsletter_stays_as_they_are(app, shop, ada, mails):
    before = app.press.store.readers.events(ada)
    answer = shop.post("subscribers", json=wanted(email="ADA@Example.com", name="Eve"))
    assert (answer.status_code, answer.json()) == (200, {"outcome": "known", "subscriber": ada})
    assert (shop.get(f"subscribers/{ada}").json()["name"], dict(mails.bodies)) == ("Ada", {})
    assert app.press.store.readers.events(ada) == before


def test_consent_given_elsewhere_adds_at_once_and_stands_in_the_log(app, shop, mails):
    answer = shop.post("subscribers", json=wanted(consent=AGREED))
    assert (answer.status_code, answer.json()["outcome"]) == (201, "added")
    assert (mailable(app), dict(mails.bodies)) == ([ADA], {})
    [entry] = shop.get("subscribers/1/consent").json()["items"]
    assert (entry["kind"], entry["source"], entry["wording"], entry["newsletter"]) == (
        "imported", "api cms: checkout of the shop", "2026-03", "weekly",
    )  # fmt: skip
    assert entry["changes"] == "agreed at 2026-11-01T09:00:00Z"


def test_consent_needs_a_scope_of_its_own(app, mails):
    with program(app, *scopes_but(Scope.CONSENT_RECORD)) as plain:
        answer = plain.post("subscribers", json=wanted(consent=AGREED))
        assert (answer.status_code, answer.json()["detail"]) == (403, "this token lacks the scope consent:record")
        assert app.press.store.readers.count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at": "2030-01-01T00:00:00Z"}, "consent.at"),
        ({"at": "2026-11-01T10:00:00"}, "consent.at"),
        ({"source": "ada@example.com said so"}, "consent.source"),
        ({"source": "a\nb"}, "consent.source"),
        ({"wording": "ada@example.com"}, "consent.wording"),
    ],
)
def test_evidence_that_proves_nothing_or_names_somebody_is_refused(app, shop, change, field):
    answer = shop.post("subscribers", json=wanted(consent=AGREED | change))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert app.press.store.readers.count() == 0


def test_a_reader_is_asked_before_a_second_newsletter_comes_whatever_is_claimed(app, shop, ada, mails):
    answer = shop.post("subscribers", json=wanted(newsletter="daily", consent=AGREED))
    assert (answer.json(), mailable(app, "daily")) == ({"outcome": "asked", "subscriber": ada}, [])
    assert "/r/confirm/" in confirm_link(mails.bodies[ADA])


def test_a_further_newsletter_is_offered_by_number(app, shop, ada, mails):
    answer = shop.post(f"subscribers/{ada}/subscriptions", json={"newsletter": "daily", "cadence": "weekly"})
    assert (answer.status_code, answer.json()["outcome"]) == (201, "asked")
    with opened(app) as reader:
        reader.post(confirm_link(mails.bodies[ADA]))
    assert mailable(app, "daily") == [ADA]
    assert {one["newsletter"] for one in shop.get(f"subscribers/{ada}/subscriptions").json()["items"]} == {
        "weekly", "daily",
    }  # fmt: skip


def gone_in_every_way(app) -> dict[str, str]:
    """Readers who left, bounced, complained, were erased or stopped, by address, with the outcome that is told."""
    readers, found = app.press.store.readers, {}
    for name in ("left", "erased", *SuppressionReason):
        email = f"{name}.reader@b\u00fccher.example"
        draft = build.subscriber_draft(email)
        reader = readers.sign_up(draft, WEEKLY, build.preferences("privacy"), build.consent()).id
        readers.confirm(reader, WEEKLY, build.consent(ConsentKind.CONFIRMED))
        if name == "left":
            readers.leave(reader, WEEKLY, build.consent(ConsentKind.LEFT))
        elif name == "erased":
            erase(app.press, reader, Origin("operator"), NOW)
        else:
            readers.suppress(email, SuppressionReason(name), NOW)
        found[email] = "left" if name == "left" else "suppressed"
    return found


def test_nobody_who_is_gone_is_brought_back_or_even_asked_in_four_spellings(app, shop, mails):
    gone = gone_in_every_way(app)
    readers, before = app.press.store.readers, mailable(app)
    events = {reader.id: readers.events(reader.id) for reader, _ in readers.all()}
    for email, outcome in gone.items():
        local = email.partition("@")[0]
        for spelled in (email, email.upper(), f"{local}@xn--bcher-kva.example", f"{local.title()}@B\u00dcCHER.example"):
            for consent in (None, AGREED):
                answer = shop.post("subscribers", json=wanted(email=spelled, consent=consent))
                assert (answer.status_code, answer.json()["outcome"]) == (200, outcome)
    assert (mailable(app), dict(mails.bodies)) == (before, {}) == ([], {})
    assert {reader.id: readers.events(reader.id) for reader, _ in readers.all()} == events


def test_choices_are_changed_one_by_one_and_null_takes_the_newsletters_own(shop, ada):
    at_weekly = f"subscribers/{ada}/subscriptions/weekly"
    said = {"categories": ["privacy", "security"], "cadence": "weekly", "cadences": {"security": "daily"}, "hour": 18,
            "more": ["privacy"], "paused_until": "2027-01-31"}  # fmt: skip
    answer = shop.patch(at_weekly, json=said)
    assert answer.json()["choices"] == said | {"day": None}
    kept = shop.patch(at_weekly, json={"hour": None, "paused_until": None, "cadences": {}}).json()["choices"]
    assert kept == said | {"day": None, "hour": None, "paused_until": None, "cadences": {}}
    last = shop.get(f"subscribers/{ada}/consent").json()["items"][-1]
    assert (last["kind"], last["source"]) == ("preferences", "api cms")
    assert last["changes"].startswith("hour: 18 -> none")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"categories": ["nothing"]}, "categories"),
        ({"categories": []}, "categories"),
        ({"cadence": "monthly"}, "cadence"),
        ({"cadence": "hourly"}, "cadence"),
        ({"hour": 24}, "hour"),
        ({"day": 7}, "day"),
        ({"more": ["robotics"]}, "more"),
        ({"email": "eve@example.com"}, "email"),
        ({"newsletter": "daily"}, "newsletter"),
    ],
)
def test_a_choice_that_cannot_be_kept_is_named(shop, ada, change, field):
    answer = shop.patch(f"subscribers/{ada}/subscriptions/weekly", json=change)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["field"] == field


def test_leaving_by_the_api_is_leaving_and_cannot_be_undone_by_it(app, shop, ada, mails):
    at_weekly = f"subscribers/{ada}/subscriptions/weekly"
    assert [shop.delete(at_weekly).status_code for _ in range(2)] == [204, 204]
    assert (mailable(app), shop.get(at_weekly).json()["left_at"] is not None) == ([], True)
    refused = shop.patch(at_weekly, json={"cadence": "weekly"})
    assert (refused.status_code, "come back by themselves" in refused.json()["detail"]) == (409, True)
    offered = shop.post(f"subscribers/{ada}/subscriptions", json={"newsletter": "weekly"})
    assert (offered.status_code, offered.json()["outcome"], dict(mails.bodies)) == (200, "left", {})


def test_a_person_is_described_and_keeps_the_address(shop, ada):
    answer = shop.patch(f"subscribers/{ada}", json={"name": "Ada L.", "timezone": "Europe/Berlin"})
    assert (answer.json()["name"], answer.json()["timezone"], answer.json()["country"]) == (
        "Ada L.",
        "Europe/Berlin",
        "GB",
    )
    for change, field in (({"timezone": "Mars"}, "timezone"), ({"country": "Britain"}, "country"),
                          ({"email": "eve@example.com"}, "email")):  # fmt: skip
        refused = shop.patch(f"subscribers/{ada}", json=change)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_who_is_erased_is_nowhere_any_more(app, shop, ada):
    key = {"Idempotency-Key": "find-ada@example.com"}
    assert shop.post("subscribers/search", json={"email": ADA}, headers=key).json()["items"][0]["id"] == ada
    assert shop.delete(f"subscribers/{ada}").status_code == 204
    for path in ("", "/consent", "/subscriptions", "/subscriptions/weekly"):
        assert shop.get(f"subscribers/{ada}{path}").status_code == 404
    assert shop.post("subscribers/search", json={"email": ADA}).json() == {"items": []}
    assert shop.delete(f"subscribers/{ada}").status_code == 404
    app.press.store.tidying.forget_log()
    for file in app.loaded.root.glob("site.sqlite3*"):
        assert b"ada@example" not in file.read_bytes()


def test_a_reader_is_found_by_any_spelling_and_a_stranger_is_not(shop, ada):
    assert shop.post("subscribers/search", json={"email": " ADA@example.COM "}).json()["items"][0]["email"] == ADA
    assert shop.post("subscribers/search", json={"email": "eve@example.com"}).json() == {"items": []}
    wrong = shop.post("subscribers/search", json={"email": "ada@@example"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "email")
    assert "ada@@" not in wrong.text


def test_lists_come_page_by_page_and_say_where_the_next_one_is(app, shop):
    for number in range(5):
        shop.post("subscribers", json=wanted(email=f"reader{number}@example.com", consent=AGREED))
    for path, key in (("subscribers", "id"), ("subscriptions", "subscriber")):
        found, address = [], f"{path}?limit=2&newsletter=weekly"
        while address:
            answer = shop.get(address)
            found += [one[key] for one in answer.json()["items"]]
            assert "@" not in str(answer.headers)
            link = re.fullmatch(r'</api/v1/(\S+)>; rel="next"', answer.headers.get("link", ""))
            assert bool(link) == bool(answer.json()["next"])
            address = link and link[1]
        assert found == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "\u00fc", "eyJ4IjoxfQ", "A" * 501])
def test_a_cursor_that_was_not_given_is_refused(shop, cursor):
    answer = shop.get("subscribers", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


def test_a_cursor_of_another_list_is_refused(app, shop):
    for number in range(2):
        shop.post("subscribers", json=wanted(email=f"reader{number}@example.com", consent=AGREED))
    cursor = shop.get("subscribers?limit=1").json()["next"]
    assert shop.get("subscribers", params={"cursor": cursor}).status_code == 200
    assert shop.get("subscriptions", params={"cursor": cursor}).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ada@@example.com"}, "email"),
        ({"email": "=?utf-8?q?=0ABcc:_x@evil.test?=@example.com"}, "email"),
        ({"email": 7}, "email"),
        ({"name": "x" * 201}, "name"),
        ({"subscription": {"newsletter": "nothing"}}, "newsletter"),
        ({"subscription": {"newsletter": "Weekly!"}}, "subscription.newsletter"),
        ({"subscription": None}, "subscription"),
        ({"state": "confirmed"}, "state"),
        ({"name": "\ud800"}, "name"),
        ({"name": "WIN at evil.example"}, "name"),
    ],
)
def test_a_field_that_is_wrong_is_named_and_nobody_is_kept(app, shop, change, field):
    import json

    body = json.dumps(wanted() | change)
    answer = shop.post("subscribers", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert app.press.store.readers.count() == 0


def test_suppressions_are_added_and_found_and_never_lifted(app, shop, ada):
    added = shop.post("suppressions", json={"email": ADA.upper(), "newsletter": "weekly"})
    assert (added.status_code, mailable(app)) == (201, [])
    [one] = added.json()["items"]
    assert (one["reason"], one["newsletter"], one["email"]) == ("operator", "weekly", ADA)
    assert shop.post("suppressions/search", json={"email": ADA}).json() == added.json()
    shop.post("suppressions", json={"email": "eve@example.com"})
    pages = [shop.get("suppressions?limit=1").json()]
    pages.append(shop.get("suppressions", params={"limit": 1, "cursor": pages[0]["next"]}).json())
    assert sorted(str(page["items"][0]["email"]) for page in pages) == ["None", ADA]
    assert pages[1]["next"] is None
    refused = shop.post("suppressions", json={"email": ADA, "newsletter": "nothing"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "newsletter")
    for method in ("DELETE", "PATCH", "PUT"):
        assert shop.request(method, f"suppressions/{one['key']}").status_code == 404
    assert [deed.what for deed in app.press.store.access.deeds(who="api:cms")] == ["suppressed", "suppressed"]


def test_erasing_and_leaving_are_on_record_as_done_by_the_program(app, shop, ada):
    shop.delete(f"subscribers/{ada}/subscriptions/weekly")
    shop.delete(f"subscribers/{ada}")
    events = app.press.store.readers.events(ada)
    assert [(event.kind, event.source) for event in events[-2:]] == [
        (ConsentKind.LEFT, "api cms"), (ConsentKind.ERASED, "api cms"),
    ]  # fmt: skip
    assert at(0) == NOW
