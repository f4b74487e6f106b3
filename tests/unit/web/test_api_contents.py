"""What is published, by the API: newsletters, categories, articles, issues; issues are paused, resumed, cancelled."""

from __future__ import annotations

import build
from build import NOW
from digest.model.issue import IssueState

ISSUE = "issues/weekly-2026-11-24"


def test_newsletters_and_categories_are_as_configured(shop):
    [weekly] = shop.get("newsletters").json()["items"]
    assert (weekly["slug"], weekly["cadence"], weekly["cadences"]) == ("weekly", "weekly", ["weekly"])
    assert weekly["categories"] == ["privacy", "security", "robotics"]
    assert weekly["sign_up_url"].endswith("/sign-up/weekly")
    assert shop.get("newsletters/weekly").json() == weekly
    names = [one["name"] for one in shop.get("categories").json()["items"]]
    assert names == ["Privacy", "Security & Safety", "Robotics"]
    assert shop.get("categories/privacy").json()["choosable"] is True


def test_articles_are_listed_without_and_fetched_with_their_text(app, shop):
    pushed = [{"url": f"https://a.example/{n}", "title": f"Title {n}", "text": f"Text {n}."} for n in range(3)]
    ids = shop.post("articles", json=pushed).json()["ids"]
    first = shop.get("articles?limit=2").json()
    rest = shop.get("articles", params={"limit": 2, "cursor": first["next"]}).json()
    assert sorted(one["id"] for one in [*first["items"], *rest["items"]]) == sorted(ids)
    assert "text" not in first["items"][0]
    one = shop.get(f"articles/{ids[1]}").json()
    assert (one["title"], one["text"], one["outlet"]) == ("Title 1", "Text 1.", "a.example")


def test_issues_are_listed_and_say_what_they_tell(app, shop):
    [line] = shop.get("issues?newsletter=weekly&state=draft").json()["items"]
    assert (line["id"], line["stories"]) == ("weekly-2026-11-24", 4)
    assert shop.get("issues?state=sent").json() == {"items": [], "next": None}
    whole = shop.get(ISSUE).json()
    assert [story["title"] for story in whole["stories"]][:2] == [
        "Regulator tells hospitals to stop", 'The "patch" that broke it',
    ]  # fmt: skip
    assert whole["stories"][2]["also"] == [{"outlet": "Other", "url": "https://other.example/3"}]
    assert whole["deliveries"] == {}


def test_an_issue_is_paused_resumed_and_cancelled_and_that_is_on_record(app, shop):
    assert shop.post(f"{ISSUE}/pause", json={}).status_code == 409
    issues = app.press.store.issues
    of = issues.all()[0].id
    issues.approve(of, "ada", "hash", build.compiled(of), 1, NOW)
    for state in (IssueState.LOCKED, IssueState.SENDING):
        issues.advance(of, state, NOW)
    paused = shop.post(f"{ISSUE}/pause", json={"why": "the lead is wrong"})
    assert (paused.json()["state"], paused.json()["note"]) == ("paused", "the lead is wrong")
    assert shop.post(f"{ISSUE}/resume", json={}).json()["state"] == "sending"
    assert shop.post(f"{ISSUE}/cancel", json={}).json()["note"] == "cancelled by api:cms"
    assert shop.post(f"{ISSUE}/resume", json={}).status_code == 409
    assert shop.post(f"{ISSUE}/pause", json={"why": "a\nb"}).status_code == 422
    deeds = app.press.store.access.deeds(about=of)
    assert [(deed.who, deed.what) for deed in reversed(deeds)] == [
        ("api:cms", "paused"), ("api:cms", "resumed"), ("api:cms", "cancelled"),
    ]  # fmt: skip
