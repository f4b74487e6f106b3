"""Each rule fires on the smallest bad mail, names the block, and is silent on the good one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from digest.model.findings import Severity, errors_in
from digest.preflight.check import Policy, check
from digest.preflight.rules import reference, rules
from good_mail import GOOD, HEAD, HEADERS, POLICY, PUBLIC, TEXT, found_in, mail, with_headers, with_piece

LINK = '<a href="{}" class="ink" style="color:#16181d">Read of the vote</a>'
IMG = '<img src="{}" width="560" alt="A vote">'
DOCS = Path(__file__).resolve().parents[3] / "docs" / "reference" / "preflight.md"
IN_BLOCKS = {
    "link-empty": LINK.format("#"),
    "link-syntax": LINK.format("javascript:alert(1)"),
    "link-placeholder": LINK.format("https://x.invalid/00001"),
    "link-local": LINK.format("http://192.168.1.7/story"),
    "link-http": LINK.format("http://news.example.com/one"),
    "link-anchor": LINK.format("#robotics"),
    "link-text": '<a href="https://news.example.com/"><img src="https://n.example/a.png" width="9" alt=""></a>',
    "link-vague": '<a href="https://news.example.com/" class="ink" style="color:#16181d">Read more</a>',
    "picture-alt": '<img src="https://n.example/a.png" width="560">',
    "picture-width": '<img src="https://n.example/a.png" width="100%" alt="A vote">',
    "picture-source": IMG.format("data:image/png;base64,AAAA"),
    "picture-http": IMG.format("http://n.example/a.png"),
    "heading-one": "<h1 class='ink'>Another</h1>",
    "heading-skip": "<h4 class='ink'>Too deep</h4>",
    "heading-empty": "<h2> </h2>",
    "table-role": "<table><tr><td>Laid out</td></tr></table>",
    "contrast-light": '<p class="ink" style="color:#999999">Pale words</p>',
    "contrast-dark": '<p style="color:#16181d!important">Words that stay dark</p>',
    "contrast-inverted": '<p class="ink" style="color:#0000c8;background-color:#d0b0b0">Blue on red</p>',
    "text-small": '<p class="ink" style="font-size:13px">Small print</p>',
    "tap-target": '<p style="line-height:18px"><a href="https://n.example/" class="ink" style="color:#000">Low</a></p>',
    "css-nested": "<style>@media screen{@media (min-width:480px){p{color:red}}}</style>",
    "css-remote": "<style>@import url(https://fonts.example/a.css);</style>",
    "size-css": f"<style>{'p{margin:0}' * 1600}</style>",
    "client-outlook-windows-css-display-flex": '<div class="ink" style="display:flex">Side by side</div>',
    "client-outlook-windows-image-webp": IMG.format("https://n.example/a.webp"),
    "client-gmail-ios-html-form": "<form><p class='ink'>Vote</p></form>",
}
IN_HEADERS = {
    "header-missing": {"Message_ID": ""},
    "header-encoded-word": {"Subject": f"=?utf-8?q?{'a' * 80}?="},
    "header-list-unsubscribe": {"List_Unsubscribe": "<http://press.example.com/r/unsubscribe/token>"},
    "header-list-unsubscribe-post": {"List_Unsubscribe_Post": "list-unsubscribe=one-click"},
    "header-list-id": {"List_Id": "The Weekly"},
    "header-list-url": {"List_Owner": "editors@press.example.com"},
    "header-feedback-id": {"Feedback_ID": "weekly:abc"},
    "header-ascii": {"Subject": "Führung"},
    "line-long": {"Subject": "a" * 1000},
}
WHOLE = {
    "size-clip": with_piece("<!-- " + "x" * 103_000 + " -->"),
    "size-budget": with_piece("<!-- " + "x" * 99_000 + " -->"),
    "lang-missing": with_piece(HEAD.replace(' lang="en"', "", 1), "head"),
    "dir-missing": with_piece(HEAD.replace(' dir="ltr"', ""), "head"),
    "title-missing": with_piece(HEAD.replace("The Weekly", ""), "head"),
    "text-placeholder": replace(GOOD, text=TEXT + "Dear %%NAME%%"),
    "text-missing": replace(GOOD, text=" \n"),
    "text-stub": replace(GOOD, text="See it online.\n"),
    "text-line": replace(GOOD, text=TEXT + "word " * 20),
    "structure-parts": replace(GOOD, mail=mail(kinds=("html", "plain"))),
    "header-twice": replace(GOOD, mail=b"Subject: another\r\n" + GOOD.mail),
    "line-ending": replace(GOOD, mail=GOOD.mail.replace(b"words", b"wo\nrds")),
}  # fmt: skip


def test_the_good_mail_has_nothing_to_do() -> None:
    assert {f.severity for f in check([GOOD], POLICY)} == {Severity.INFO}


@pytest.mark.parametrize("rule", IN_BLOCKS)
def test_a_fault_in_a_block_is_found_and_its_block_named(rule: str) -> None:
    finding = found_in(with_piece(IN_BLOCKS[rule]))[rule]
    whole = {"heading-one": "edition", "css-nested": "head", "css-remote": "head"}
    assert finding.block == whole.get(rule, "teaser:2:privacy")
    assert finding.remedy


@pytest.mark.parametrize("rule", IN_HEADERS)
def test_a_fault_in_a_header_is_found(rule: str) -> None:
    assert found_in(with_headers(**IN_HEADERS[rule]))[rule].block == "message"


@pytest.mark.parametrize("rule", WHOLE)
def test_a_fault_of_the_whole_is_found(rule: str) -> None:
    assert rule in found_in(WHOLE[rule])


def test_every_rule_is_in_the_reference_and_the_page_is_what_the_rules_say() -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert all(f"\n## {rule}\n" in page for rule in rules())
    assert page == reference(), "run: python -m digest.preflight.rules > docs/reference/preflight.md"


def test_every_rule_of_the_page_is_tested_here_or_beside() -> None:
    elsewhere = {"site-local", "link-dead", "link-unsure", "picture-weight", "picture-dead", "spam-score", "spam-RULE",
                 "client-CLIENT-FEATURE"}  # fmt: skip
    assert set(rules()) == {r for r in {*IN_BLOCKS, *IN_HEADERS, *WHOLE} if not r.startswith("client-")} | elsewhere


def test_a_trial_on_this_machine_may_link_to_itself_and_is_told_so_once() -> None:
    trial = Policy("http://127.0.0.1:8000", POLICY.max_bytes)
    proof = replace(with_headers(List_Unsubscribe="<http://127.0.0.1:8000/r/unsubscribe/t>"),
                    pieces=with_piece(LINK.format("http://127.0.0.1:8000/r/view/t")).pieces)  # fmt: skip
    assert list(found_in(proof, trial)) == ["site-local"]


def test_what_repeats_in_blocks_of_one_kind_is_reported_once_and_counted() -> None:
    small = IN_BLOCKS["text-small"]
    proof = replace(GOOD, pieces=with_piece(small + small.replace("Small", "Smaller")).pieces)
    findings = [f for f in check([proof], POLICY) if f.id == "text-small"]
    assert [f.message for f in findings] == ["13 px of text (and 1 more like it)"]


def test_errors_come_first() -> None:
    findings = check([with_piece(IN_BLOCKS["picture-alt"] + IN_BLOCKS["text-small"])], POLICY)
    assert [f.severity for f in findings if f.severity is not Severity.INFO] == [Severity.ERROR, Severity.WARNING]
    assert [f.id for f in errors_in(findings)] == ["picture-alt"]


def test_a_placeholder_left_in_the_words_is_found() -> None:
    assert "text-placeholder" in found_in(with_piece("<p class='ink'>Dear {{ name }}</p>"))
    assert "text-placeholder" in found_in(replace(GOOD, text=TEXT + "Dear *|FNAME|*\n"))


def test_http_in_list_unsubscribe_is_good_enough_only_for_a_trial() -> None:
    assert "header-list-unsubscribe" not in found_in(
        with_headers(List_Unsubscribe="<http://localhost/r/u/t>"), Policy("http://localhost", 98_304)
    )
    assert HEADERS["List-Unsubscribe"].startswith(f"<{PUBLIC}")
