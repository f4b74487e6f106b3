"""What the rules are made of: CSS, cascade, contrast, the tables of mail programs, spam reports, answers of servers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.errors import ConfigError
from digest.ports.outside import FetchRequest, FetchResult, FetchStatus, SpamReport, SpamRule
from digest.preflight.cascade import Rgb, Scheme, looks, rgb
from digest.preflight.contrast import contrast, mirrored
from digest.preflight.css import declarations, stylesheet
from digest.preflight.features import uses
from digest.preflight.mail import check_mail
from digest.preflight.proof import Page
from digest.preflight.reach import Address, addresses, judged, judged_together
from digest.preflight.spam import read_rspamd, read_spamassassin
from digest.preflight.spamminess import check_report
from digest.preflight.support import Client, answer, baseline, chosen, table
from digest.preflight.weight import check_weight, check_weights
from digest.render.mjml import to_html
from good_mail import GOOD, HEADERS, PUBLIC, mail, with_piece

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
WHITE, BLACK = Rgb(1, 1, 1), Rgb(0, 0, 0)
PLAIN = """<mjml lang="en" dir="ltr"><mj-head><mj-title>t</mj-title><mj-attributes><mj-all font-family="Arial"/>
</mj-attributes><mj-style>.a{color:#000}</mj-style></mj-head><mj-body width="640px" background-color="#ffffff">
<mj-section><mj-column><mj-text>a</mj-text></mj-column></mj-section>
<mj-section><mj-column><mj-button href="https://example.org">b</mj-button></mj-column></mj-section></mj-body></mjml>"""
REPORT = """Subject: hello

Content analysis details:   (99.0 points, 1.0 required)  <- this stands in the mail

Content analysis details:   (1.6 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 0.6 HTML_IMAGE_RATIO_02    BODY: HTML has a low ratio of text to image area
 1.0 URI_HEX                URI: contains hex
"""


def test_black_on_white_is_21_to_1_and_the_same_is_1() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(WHITE, WHITE) == 1
    assert contrast(rgb("#767676", WHITE, BLACK) or WHITE, WHITE) == pytest.approx(4.54, abs=0.01)


def test_mirroring_twice_gives_the_colour_again() -> None:
    red = Rgb(0.7, 0.1, 0.2)
    assert mirrored(mirrored(red)) == pytest.approx(red)
    assert mirrored(WHITE) == pytest.approx(BLACK)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("color:red", "red"),
        ("", "blue"),
        ("color:inherit", "green"),
        ("color:rgba(0,0,0,.5)", "#808080"),
        ("color:nonsense", "#0000ed"),
        ("color:color(display-p3 1 0 0)", "#0000ed"),
    ],
)
def test_the_style_attribute_wins_over_rules_and_rules_over_what_is_inherited(style: str, expected: str) -> None:
    sheet = "<style>.a{color:blue}</style>" if not style else ""
    page = Page([("b", f'{sheet}<div style="color:green"><a class="a" href="/" style="{style}">x</a></div>')])
    link = next(page.elements("a"))
    assert looks(page, Scheme.LIGHT)[link].color == pytest.approx(rgb(expected, WHITE, BLACK), abs=0.01)


def test_important_rules_of_the_dark_beat_the_style_attribute_in_the_dark_only() -> None:
    css = "@media (prefers-color-scheme: dark){.a{color:#fff!important}}"
    page = Page([("b", f'<style>{css}</style><p class="a" style="color:#000">x</p>')])
    text = next(page.elements("p"))
    assert [looks(page, scheme)[text].color for scheme in Scheme] == [BLACK, WHITE]


def test_colours_that_a_mail_leaves_open_turn_dark_only_when_it_says_that_it_can() -> None:
    html = '<p style="background-color:#fff">x</p>'
    for head, color in (("", BLACK), ('<meta name="color-scheme" content="light dark">', WHITE)):
        page = Page([("b", head + html)])
        assert looks(page, Scheme.DARK)[next(page.elements("p"))].color == color


def test_a_broken_selector_selects_nothing_and_the_others_hold() -> None:
    page = Page([("b", "<style>p:::{color:red} p{color:#fff}</style><p>x</p>")])
    assert looks(page, Scheme.LIGHT)[next(page.elements("p"))].color == WHITE


def test_css_is_read_with_its_at_rules_and_commas_in_brackets() -> None:
    (rule,) = stylesheet("@media screen{a:is(b,c),d{color:red!important;x}}")
    assert (rule.selectors, rule.within) == (("a:is(b,c)", "d"), ("@media screen",))
    assert declarations("COLOR: Red ! important;;")[0].name == "color"


def test_what_mjml_writes_around_any_content_is_the_baseline() -> None:
    assert {use.feature for use in uses(Page([("a", to_html(PLAIN))]))} == baseline()


@pytest.mark.parametrize(
    ("html", "feature"),
    [
        ('<div style="display:grid">', "css-display-grid"),
        ('<div style="width:calc(1px + 2px)">', "css-unit-calc"),
        ('<p style="margin:2vw">', "css-unit-vw"),
        ('<p style="--a:1">', "css-variables"),
        ("<style>a:hover{color:red}</style>", "css-pseudo-class-hover"),
        ("<style>@font-face{font-family:x}</style>", "css-at-font-face"),
        ("<style>@media (prefers-color-scheme:dark){p{color:red}}</style>", "css-at-media-prefers-color-scheme"),
        ('<input type="checkbox">', "html-input-checkbox"),
        ("<nav>x</nav>", "html-semantics"),
        ('<img srcset="a.avif 2x">', "image-avif"),
        ('<p style="background-image:url(a.svg)">', "image-svg"),
        ('<img src="data:image/png;base64,x">', "image-base64"),
    ],
)
def test_features_are_found_by_their_titles_in_the_tables(html: str, feature: str) -> None:
    assert feature in {use.feature for use in uses(Page([("b", html)]))}


def test_a_version_is_answered_for_as_it_was_then() -> None:
    flex = table().features["css-display-flex"]
    assert answer(flex, Client("gmail.ios", "2019-06")) == "y"
    assert answer(flex, Client("gmail.ios")) == "a"
    assert answer(flex, Client("outlook.windows", "2019")) == "n"


def test_an_unknown_mail_program_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"outlook\.windows"):
        chosen(("outlook.amiga",))


def test_every_element_knows_its_block_even_after_broken_html() -> None:
    page = Page([("head", "<html><body><div>"), ("one", "<p>1</p><!-- x"), ("two", " --><p><b>2"), ("three", "<i>3")])
    assert page.block_of(next(page.elements("p"))) == "one"
    assert page.block_of(next(page.elements("i"))) in {"two", "three"}


def test_an_encoded_word_that_ends_in_padding_is_whole() -> None:
    to = "=?utf-8?b?2LnYqNivINin2YTYsdit2YXZhiDYqNmGINmK2YjYs9mBINin2YTYrti32Yo=?=\n =?utf-8?b?2Kg=?= <a@example.com>"
    assert list(check_mail(mail(HEADERS | {"To": to}), PUBLIC)) == []


def test_the_last_report_of_spamassassin_counts_not_one_that_the_mail_holds() -> None:
    report = read_spamassassin(REPORT)
    assert (report.points, report.limit, len(report.rules)) == (1.6, 5.0, 3)
    assert [f.id for f in check_report(report, "x")] == ["spam-html-image-ratio-02", "spam-uri-hex"]


def test_the_report_of_rspamd_is_read() -> None:
    report = read_rspamd('{"score": 7.1, "required_score": 6, "symbols": {"R_X": {"score": 7.1, "description": "x"}}}')
    assert report == SpamReport("rspamd", 7.1, 6.0, (SpamRule("R_X", 7.1, "x"),))
    assert [f.id for f in check_report(report, "x")] == ["spam-r-x", "spam-score"]


def test_addresses_of_this_installation_are_not_asked_for_and_others_once() -> None:
    proof = with_piece(f'<a href="{PUBLIC}/r/unsubscribe/t">x</a><a href="https://n.example/a#b">y</a>'
                       '<a href="https://n.example/a">z</a><img src="https://n.example/a">')  # fmt: skip
    urls = [(address.url, address.is_picture) for address in addresses([proof], PUBLIC)]
    assert urls == [
        ("https://news.example.com/one", False),
        ("https://n.example/a", False),
        ("https://n.example/a", True),
    ]
    assert addresses([GOOD], "https://news.example.com")[0].url == f"{PUBLIC}/media/a.jpg"


@pytest.mark.parametrize(
    ("status", "reason", "rule"),
    [
        (FetchStatus.FAILED, "the server said 404 Not Found", "link-dead"),
        (FetchStatus.GONE, "", "link-dead"),
        (FetchStatus.FAILED, "the server said 403 Forbidden", "link-unsure"),
        (FetchStatus.FAILED, "no complete answer within 20 seconds", "link-unsure"),
    ],
)
def test_a_page_that_is_gone_is_dead_and_one_that_turns_us_away_is_not(
    status: FetchStatus, reason: str, rule: str
) -> None:
    where = Address("https://n.example/a", "teaser:1", False)
    (finding,) = judged(where, FetchResult(FetchRequest(where.url), status, where.url, reason=reason))
    assert (finding.id, finding.block) == (rule, "teaser:1")


def test_heavy_pictures_are_found_alone_and_together() -> None:
    where = Address("https://n.example/a.png", "lead", True)
    heavy = FetchResult(FetchRequest(where.url), FetchStatus.OK, where.url, body=b"x" * 300_001)
    assert [f.id for f in judged(where, heavy)] == ["picture-weight"]
    assert [f.id for f in judged_together([(where, heavy)] * 7)] == ["picture-weight"]
    gone = FetchResult(FetchRequest(where.url), FetchStatus.GONE, where.url)
    assert [f.id for f in judged(where, gone)] == ["picture-dead"]


def test_pictures_that_are_hosted_here_are_weighed_without_asking() -> None:
    urls = [f"https://press.example.com/media/{n}.jpg" for n in range(8)]
    page = Page([("teaser:1", "".join(f'<img src="{url}" alt="" width="1">' for url in urls))])
    assert [f.place for f in check_weights(page, {urls[0]: 300_001, urls[1]: 300_000})] == [urls[0]]
    assert [f.message for f in check_weight(page, "few", dict.fromkeys(urls, 250_001))] == ["2,000,008 bytes together"]
    assert not list(check_weight(page, "few", dict.fromkeys(urls, 250_000)))
