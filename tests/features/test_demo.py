"""One command shows the whole product: real HTTP, real SMTP, 25 readers, each with their own mail."""

from __future__ import annotations

import csv
import html
import re
from email.message import EmailMessage

import pytest

from digest.config.shipped import shipped

pytestmark = pytest.mark.xdist_group("demo")


def readers() -> dict[str, set[str]]:
    """Address -> categories, of the weekly's sample subscribers."""
    with shipped("subscribers/example.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["newsletter"] == "weekly"]
    return {row["email"]: set(row["categories"].split(";")) for row in rows}


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content()


def plain(text: str) -> str:
    """Text as a reader sees it, white space folded."""
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", text)).replace("\u00a0", " ").split())


def test_all_25_readers_have_one_mail(played):
    assert sorted(played.messages()) == sorted(readers())
    assert played.summary["messages"] == len(played.files()) == 25


def test_the_sample_is_as_large_as_promised(played):
    assert played.summary["feeds"] >= 8
    assert played.summary["articles"] >= 60
    assert played.summary["editions"] > 10


def test_every_mail_has_both_parts_and_no_defect(played):
    for mail in played.messages().values():
        assert not mail.defects
        assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]
        assert all(not p.defects for p in mail.iter_parts())
        assert part(mail, "html").startswith("<!doctype html>")
        assert len(part(mail, "plain")) > 500


def test_every_mail_has_the_headers_that_providers_ask_for(played):
    ids = set()
    for mail in played.messages().values():
        for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Id", "List-Unsubscribe",
                     "List-Unsubscribe-Post", "Feedback-ID"):  # fmt: skip
            assert len(mail.get_all(name) or []) == 1, name
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert re.fullmatch(r"<http://127\.0\.0\.1:\d+/r/unsubscribe/[\w.-]+>", mail["List-Unsubscribe"])
        assert not (mail.get_all("Bcc") or mail.get_all("Cc"))
        ids.add(mail["Message-ID"])
    assert len(ids) == 25


def test_every_reader_gets_their_own_categories_only(played):
    content = played.issue()["content"]
    categories: dict[str, set[str]] = {}
    for section in content["sections"]:
        for story in section["stories"]:
            categories.setdefault(story, set()).add(section["category"])
    titles = {item["story"]: plain(item["title"]) for item in content["stories"]}
    chosen = readers()
    for address, mail in played.messages().items():
        body = plain(part(mail, "html"))
        shown = {story for story, title in titles.items() if title in body}
        assert shown
        for story in shown:
            assert categories[story] & (chosen[address] | {"sponsored-content"}), (address, titles[story])


def test_sponsor_and_event_go_to_everyone(played):
    content = played.issue()["content"]
    promotions = [plain(p["title"]) for p in (*content["sponsors"], *content["events"])]
    assert len(promotions) == 2
    for mail in played.messages().values():
        body = plain(part(mail, "html"))
        assert all(title in body for title in promotions)
        assert "Sponsored by" in body


def test_text_and_html_tell_the_same_stories(played):
    titles = [plain(item["title"]) for item in played.issue()["content"]["stories"]]
    for mail in played.messages().values():
        in_html = plain(part(mail, "html"))
        in_text = plain(part(mail, "plain"))
        assert [t for t in titles if t in in_html] == [t for t in titles if t.lower() in in_text.lower()]


def test_no_line_of_the_text_part_is_wider_than_72(played):
    for mail in played.messages().values():
        wide = [line for line in part(mail, "plain").splitlines() if len(line) > 72 and "http" not in line]
        assert not wide


def test_a_header_hidden_in_a_title_adds_none(played):
    """CVE-2024-6923: an entry of the examples is called =?utf-8?q?=0ABcc:_x@evil.test?=."""
    for file in played.files():
        head = file.read_bytes().partition(b"\r\n\r\n")[0].lower()
        assert b"\nbcc:" not in head
    for mail in played.messages().values():
        assert not mail.get_all("Bcc")


def test_sending_again_mails_nobody_twice(played):
    assert "sent" in played.digest("issue", "show", str(played.summary["issue"]))
    played.digest("send", str(played.summary["issue"]), status=1)
    assert len(played.files()) == 25
