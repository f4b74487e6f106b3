"""`digest why` on a demonstration that was sent: it agrees with the issue and with the mails."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.xdist_group("demo")


def test_why_agrees_with_the_issue_and_with_every_mail_it_is_asked_about(played):
    listed = json.loads(played.digest("article", "list", "--json", "--limit", "200"))["articles"]
    assert len(listed) == played.summary["articles"]
    assert all(article["issue"] == played.summary["issue"] and article["reasons"] for article in listed)
    leads = {story["article"] for story in played.issue()["content"]["stories"]}
    told = next(article for article in listed if article["id"] in leads and article["categories"] == ["security"])
    out = next(article for article in listed if article["in"] is False)
    for article, included in ((told, True), (out, False)):
        said = json.loads(played.digest("why", f"{article['url']}?utm_medium=email", "--json"))
        assert (said["article"], said["issue"], said["in"]) == (article["id"], played.summary["issue"], included)
        assert said["reasons"]
    chosen, other = _readers(played)
    assert json.loads(played.digest("why", told["id"], "--for", chosen, "--json"))["reasons"][0]["rule"] == "chosen"
    refused = json.loads(played.digest("why", told["id"], "--for", other, "--json"))
    assert (refused["in"], refused["reasons"][0]["rule"]) == (False, "not-chosen")
    mails = played.messages()
    assert told["url"] in _text(mails[chosen])
    assert told["url"] not in _text(mails[other])


def _readers(played) -> tuple[str, str]:
    """One who chose security, among few things, and one who did not."""
    readers = json.loads(played.digest("subscribers", "list", "--json"))["subscribers"]
    chose = {
        one["subscriber"]["email"]: one["subscriptions"][0]["preferences"]["categories"]
        for one in readers
        if one["subscriptions"][0]["newsletter"] == "weekly"
    }
    few = sorted(chose, key=lambda address: len(chose[address]))
    mine = next(address for address in few if "security" in chose[address])
    return mine, next(address for address in few if "security" not in chose[address])


def _text(mail) -> str:
    return mail.get_body(("plain",)).get_content()
