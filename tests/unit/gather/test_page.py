from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import NOW, article, at
from digest.gather.page import Page, is_stub, read_page, with_page
from digest.model.feeds import Picture

URL = "https://news.example.com/2026/rules?utm_source=rss"
SENTENCE = "The regulator told operators on Monday to keep records of every decision that a system makes about people. "
HTML = f"""<!doctype html><html lang="en-gb"><head><title>Rules | News</title>
<meta property="og:title" content="Regulator sets rules"><meta name="description" content="New &amp; strict rules.">
<meta name="author" content="Ann Writer"><meta property="article:published_time" content="2026-11-20T08:00:00Z">
<meta property="og:image" content="https://news.example.com/i.jpg">
<link rel="canonical" href="https://news.example.com/2026/rules"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Regulator sets rules</h1><p>{SENTENCE * 3}</p><p>Second: {SENTENCE * 3}</p>
<script>alert(1)</script></article>
<footer><a href="/privacy">Privacy</a> Sign up for our newsletter</footer></body></html>"""


def test_a_page_gives_text_without_its_menus_and_what_it_says_of_itself() -> None:
    page = read_page(HTML.encode(), URL)
    paragraphs = page.text.split("\n\n")
    assert [paragraph for paragraph in paragraphs if paragraph.startswith("Second: ")]
    assert "Sport" not in page.text and "newsletter" not in page.text and "alert" not in page.text
    assert (page.title, page.description, page.author) == ("Regulator sets rules", "New & strict rules.", "Ann Writer")
    assert (page.published_at, page.language) == (datetime(2026, 11, 20, tzinfo=UTC), "en-GB")
    assert (page.canonical_url, page.image_url) == (
        "https://news.example.com/2026/rules",
        "https://news.example.com/i.jpg",
    )


def test_text_is_as_good_as_bytes() -> None:
    assert read_page(HTML, URL) == read_page(HTML.encode(), URL)


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("https://m.news.example.com/rules#a", "https://news.example.com/rules"),
        ("/rules?id=1&utm_source=x", "https://news.example.com/rules?id=1"),
        ("https://evil.example/rules", ""),
        ("https://news.example.com/", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_page_is_believed_about_its_address_within_its_site(said: str, believed: str) -> None:
    page = read_page(HTML.replace('https://news.example.com/2026/rules"', f'{said}"'), URL)
    assert page.canonical_url == believed


@pytest.mark.parametrize(
    "html", [b"", b"   ", b"\0", b"plain words", b"<html></html>", b"\xff\xfe<", b"<p>x" * 100_000]
)
def test_a_page_that_says_nothing_is_empty(html: bytes) -> None:
    assert read_page(html, URL).text in ("", "plain words")


@given(st.binary(max_size=300) | st.text(alphabet="<>/aphtmldiv =\"'&;", max_size=300).map(str.encode))
def test_no_bytes_break_the_reading(html: bytes) -> None:
    assert isinstance(read_page(html, URL), Page)


def test_a_page_fills_what_the_feed_left_empty_and_keeps_the_id() -> None:
    stub = article(text="", description="", author="", language="", picture=None, published_at=NOW, gathered_at=NOW)
    page = Page(
        "Text.", "T", "D", "Ann", at(-24), "de", "https://news.example.com/new", "https://news.example.com/i.jpg"
    )
    full = with_page(stub, page)
    assert full.id == stub.id and full.title == stub.title
    assert (full.url, full.text, full.description) == ("https://news.example.com/new", "Text.", "D")
    assert (full.author, full.language, full.published_at) == ("Ann", "de", at(-24))
    assert full.picture == Picture("https://news.example.com/i.jpg")


def test_a_page_does_not_replace_what_the_feed_said() -> None:
    told = article(text="A long text.", description="D", author="A", language="en", picture=Picture("https://a.example/i"),
                   published_at=at(-5), gathered_at=NOW)  # fmt: skip
    assert with_page(told, Page("Short.", "T", "x", "x", at(-24), "de", "", "https://b.example/i")) == told


def test_a_pages_date_is_not_believed_into_the_future() -> None:
    stub = article(published_at=NOW, gathered_at=NOW)
    assert with_page(stub, Page(published_at=at(48))).published_at == NOW


def test_an_article_with_little_text_is_a_stub() -> None:
    assert is_stub(article(text="Short."))
    assert not is_stub(article(text="Long. " * 200))
