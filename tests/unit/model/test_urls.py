from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.ids import article_id
from digest.model.urls import absolute_url, canonical_url, host_of, same_site, split_url

SAME = {
    "upper case and default port": ("HTTPS://Www.Example.COM:443/Path", "https://www.example.com/Path"),
    "no path": ("https://example.com", "https://example.com/"),
    "another port stays": ("http://localhost:8000/a", "http://localhost:8000/a"),
    "a dot after the host": ("https://example.com./a", "https://example.com/a"),
    "white space around": (" \n https://example.com/a\t", "https://example.com/a"),
    "fragment": ("https://example.com/a#comments", "https://example.com/a"),
    "a fragment that names the page": ("https://example.com/#!/a", "https://example.com/#!/a"),
    "campaign": ("https://example.com/a?utm_source=x&utm_medium=y&id=7", "https://example.com/a?id=7"),
    "clicks": ("https://example.com/a?fbclid=1&gclid=2&msclkid=3&igshid=4", "https://example.com/a"),
    "mailings": ("https://example.com/a?mc_cid=1&mc_eid=2&mkt_tok=3&_hsenc=4", "https://example.com/a"),
    "feed marks": ("https://example.com/a?ref=rss&source=feed&p=1", "https://example.com/a?p=1"),
    "ref that is no feed mark": ("https://example.com/a?ref=main", "https://example.com/a?ref=main"),
    "order and blanks of what stays": ("https://example.com/a?b=2&a=1&c", "https://example.com/a?b=2&a=1&c"),
    "escapes in upper case": ("https://example.com/%c3%bc%2f", "https://example.com/%C3%BC%2F"),
    "letters beyond ASCII": ("https://example.com/ü?q=ä", "https://example.com/%C3%BC?q=%C3%A4"),
    "a stray percent": ("https://example.com/100%", "https://example.com/100%25"),
    "quotes and angles": ("https://example.com/\"><b>'", "https://example.com/%22%3E%3Cb%3E%27"),
    "a line break inside": ("https://example.com/a\r\nBcc: x", "https://example.com/aBcc:%20x"),
    "international host": ("https://Bücher.example/a", "https://xn--bcher-kva.example/a"),
    "mobile host": ("https://m.example.com/a", "https://www.example.com/a"),
    "mobile host in the middle": ("https://en.m.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/A"),
    "mobile host of two-part ends": ("https://m.bbc.co.uk/news", "https://www.bbc.co.uk/news"),
    "AMP host": ("https://amp.example.com/a", "https://www.example.com/a"),
    "AMP path": ("https://example.com/a/amp/", "https://example.com/a"),
    "AMP ending": ("https://example.com/a.amp.html", "https://example.com/a.html"),
    "AMP query": ("https://example.com/a?amp=1&output=amp", "https://example.com/a"),
    "Google's AMP": ("https://www.google.com/amp/s/amp.example.com/a", "https://www.example.com/a"),
    "AMP cache": ("https://x.cdn.ampproject.org/c/s/www.example.com/a", "https://www.example.com/a"),
    "amp as a site's own name": ("https://amp.dev/about", "https://amp.dev/about"),
    "amp as the whole path": ("https://example.com/amp", "https://example.com/amp"),
    "an address": ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
    "an IPv6 address": ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
}


@pytest.mark.parametrize("name", SAME)
def test_one_page_has_one_canonical_url(name: str) -> None:
    found, clean = SAME[name]
    assert canonical_url(found) == clean
    assert canonical_url(clean) == clean


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com/a", "/a", "//example.com/a", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
        "ftp://example.com/a", "file:///etc/passwd", "mailto:a@example.com", "http://", "https:///a", "http://[::1",
        "https://user:secret@example.com/", "https://example.com@evil.example/", "https://example.com:99999/",
        "https://example.com:x/", "https://good.example\\@evil.example/", "https:\\\\example.com/", "https://exa mple/",
        "https://ex%41mple.com/", "https://<b>/", "https://a..b/", "java\nscript:alert(1)", "https://" + "a" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_public_web_address_has_no_canonical_url(url: str) -> None:
    assert canonical_url(url) == ""


@given(st.text() | st.from_regex(r"https?://[a-z.]{1,20}(/[^\n]{0,30})?", fullmatch=True))
def test_canonical_urls_are_stable_and_fit_for_html_and_headers(url: str) -> None:
    clean = canonical_url(url)
    assert canonical_url(clean) == clean
    assert clean == "" or clean.startswith(("http://", "https://"))
    assert clean.isascii() and clean.isprintable() and not set(clean) & set("\"'<>\\ ")


def test_absolute_url_joins_and_removes_nothing() -> None:
    assert (
        absolute_url("../i.jpg?utm_source=x#a", "https://example.com/a/b") == "https://example.com/i.jpg?utm_source=x#a"
    )
    assert absolute_url("//cdn.example.com/i.jpg", "https://example.com/") == "https://cdn.example.com/i.jpg"
    assert absolute_url("i.jpg", "/feeds/folder") == ""
    assert absolute_url("javascript:alert(1)", "https://example.com/") == ""
    assert absolute_url("http://[x", "https://example.com/") == ""


def test_same_site_looks_at_the_registered_domain() -> None:
    assert same_site("https://news.example.com/a", "https://www.example.com/")
    assert same_site("https://news.bbc.co.uk/", "https://bbc.co.uk/")
    assert not same_site("https://one.co.uk/", "https://two.co.uk/")
    assert not same_site("", "")
    assert host_of("https://www.Example.com:8000/a") == "example.com"
    assert host_of("http://[") == ""
    assert split_url("http://[::1").geturl() == ""


def test_scheme_www_and_last_slash_do_not_make_another_article() -> None:
    one = article_id("https://www.example.com/a/")
    assert one == article_id("http://example.com/a") == article_id("https://example.com/a/")
    assert one != article_id("https://example.com/b")
    assert len(one) == 16
