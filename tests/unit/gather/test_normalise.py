from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import NOW, at, entry, feed, feed_source, slugs
from digest.gather.normalise import Unusable, language_tag, normalise
from digest.model.feeds import Article, Entry, ParsedFeed
from digest.model.ids import article_id

PARSED = ParsedFeed("rss20", "The Feed", (), "https://news.example.com/", "en-GB")


def made(**fields: object) -> Article:
    article = normalise(entry(**fields), feed(), PARSED, NOW)
    assert isinstance(article, Article)
    return article


def test_an_article_has_the_canonical_url_and_the_id_that_follows() -> None:
    article = made(url="/a?utm_source=rss#top")
    assert article.url == "https://news.example.com/a"
    assert article.id == article_id(article.url)
    assert article.gathered_at == NOW


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "urn:uuid:1", "https://user:pass@example.com/"])
def test_an_entry_without_web_address_is_unusable_and_says_so(url: str) -> None:
    parsed = ParsedFeed("rss20", "", (), "")
    result = normalise(entry(url=url), feed(source=feed_source("notes")), parsed, NOW)
    assert result == Unusable("Title 1: has no http address")


def test_of_a_folder_the_file_without_address_is_named_with_what_to_write_into_it() -> None:
    parsed = ParsedFeed("markdown", "", (), "")
    result = normalise(entry(guid="deep/a.md", url=""), feed(source=feed_source("notes")), parsed, NOW)
    assert result == Unusable("deep/a.md: has no http address; write `url: https://...` between its --- lines")


def test_an_entry_without_title_is_unusable_and_says_so() -> None:
    assert normalise(entry(title=" <br> "), feed(), PARSED, NOW) == Unusable("https://news.example.com/1: has no title")


def test_dates_are_never_missing_and_never_in_the_future() -> None:
    assert made(published_at=at(-3)).published_at == at(-3)
    assert made(published_at=at(3)).published_at == NOW
    assert made(published_at=None).published_at == NOW


def test_text_fields_hold_no_markup() -> None:
    article = made(
        title="A <b>bold</b> claim &amp; more\u202e", author="<a href='mailto:x'>Ann</a>",
        summary="<p>One.</p><p>Two.</p>", content="<p>" + "Long. " * 10, tags=("<i>AI</i>", "AI", " "),
    )  # fmt: skip
    assert (article.title, article.author, article.description) == ("A bold claim & more", "Ann", "One.\n\nTwo.")
    assert article.text.startswith("Long. Long.")
    assert article.tags == ("AI",)


def test_a_summary_that_is_the_whole_article_is_its_text() -> None:
    long = "<p>" + "This sentence is one of many. " * 40
    assert (made(summary=long).description, made(summary=long, content=long).description) == ("", "")
    assert made(summary=long).text == made(summary=long, content=long).text != ""
    assert made(summary="Same.", content="Same.").text == ""


def test_the_outlet_is_the_configured_name_else_the_feeds_else_the_host() -> None:
    unnamed = feed(source=feed_source(title=""))
    ways = [(feed(), PARSED), (unnamed, PARSED), (unnamed, ParsedFeed("rss20", "", ()))]
    named = (normalise(entry(), one, parsed, NOW) for one, parsed in ways)
    assert [a.outlet for a in named if isinstance(a, Article)] == ["Example News", "The Feed", "news.example.com"]


def test_what_is_configured_for_the_feed_comes_along() -> None:
    source = feed_source(categories=slugs("privacy"), weight=2.0, language="fr")
    article = normalise(entry(), feed(7, source=source), ParsedFeed("rss20", "", ()), NOW)
    assert isinstance(article, Article)
    assert (article.feed, article.hints, article.weight, article.language) == (7, slugs("privacy"), 2.0, "fr")


def test_the_entrys_language_goes_before_the_feeds() -> None:
    assert made(language="de_at").language == "de-AT"
    assert made(language="<b>").language == "en-GB"
    assert [language_tag(tag) for tag in ("EN", "zh-Hant-tw", "x", "english language", "")] == [
        "en",
        "zh-Hant-TW",
        "",
        "",
        "",
    ]


def test_only_pictures_from_the_web_are_kept() -> None:
    picture = made(image_url="/i.jpg?w=1").picture
    assert picture and picture.url == "https://news.example.com/i.jpg?w=1"
    assert made(image_url="data:image/png;base64,AAAA").picture is None
    assert made(image_url="javascript:alert(1)").picture is None


_TEXT = st.text(max_size=60) | st.sampled_from(["<img src=x onerror=alert(1)>", "javascript:alert(1)", '"><script>'])


@given(st.builds(Entry, guid=_TEXT, url=_TEXT.map(lambda text: f"https://a.example/{text}"), title=_TEXT, author=_TEXT,
                 summary=_TEXT, content=_TEXT, tags=st.tuples(_TEXT), image_url=_TEXT, language=_TEXT))  # fmt: skip
def test_whatever_comes_in_an_article_is_clean(odd: Entry) -> None:
    article = normalise(odd, feed(), PARSED, NOW)
    if isinstance(article, Article):
        assert article.title
        assert article.url.startswith("https://a.example/")
        told = f"{article.title}{article.author}{article.description}{article.text}{article.tags}".lower()
        assert "<img src" not in told and "<script>" not in told
