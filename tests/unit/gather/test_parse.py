from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.gather.parse import parse_feed
from digest.model.feeds import Entry

URL = "https://news.example.com/feed.xml"
RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>News &amp;amp; Views</title><link>/home</link><language>en-gb</language>
<item>{}</item></channel></rss>"""
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>T</title><entry>{}</entry></feed>'
EVERY_FORMAT = {
    "rss20": RSS.format("<title>x</title>"),
    "rss10": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="u"><title>T</title></channel><item rdf:about="v"><title>x</title></item></rdf:RDF>',
    "rss090": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel></rdf:RDF>',
    "rss092": '<rss version="0.92"><channel><title>T</title><item><title>x</title></item></channel></rss>',
    "atom10": ATOM.format("<title>x</title>"),
    "atom03": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry/></feed>',
    "cdf": "<?xml version='1.0'?><!-- old --><CHANNEL><ITEM><TITLE>x</TITLE></ITEM></CHANNEL>",
    "json10": '{"version": "https://jsonfeed.org/version/1", "items": []}',
    "json11": '\ufeff{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    "markdown": "---\ntitle: x\n---\nText",
}


def rss(item: str) -> Entry:
    (entry,) = parse_feed(RSS.format(item).encode(), "application/rss+xml", URL).entries
    return entry


def atom(entry: str) -> Entry:
    return parse_feed(ATOM.format(entry).encode(), "application/atom+xml", URL).entries[0]


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_every_format_is_known_by_its_name(name: str) -> None:
    assert parse_feed(EVERY_FORMAT[name].encode(), "", URL).format == name


def test_an_rss_item_gives_all_its_fields() -> None:
    entry = rss(
        "<title>Q&amp;amp;A &lt;b&gt;today&lt;/b&gt;</title><link>/a?b=1&amp;c=2</link>"
        "<guid isPermaLink='false'>g1</guid>"
        "<pubDate>Tue, 24 Nov 2026 10:00:00 +0200</pubDate><dc:creator>Ann</dc:creator>"
        "<description>&lt;p&gt;Short&lt;/p&gt;</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>"
        "<category>AI</category><category>AI</category><category>Law</category>"
        "<media:content url='/m.jpg' medium='image'/>"
    )
    assert entry == Entry(
        guid="g1", url="https://news.example.com/a?b=1&c=2", title="Q&A today",
        published_at=datetime(2026, 11, 24, 8, tzinfo=UTC), author="Ann", summary="<p>Short</p>",
        content="<p>Long</p>", tags=("AI", "Law"), image_url="https://news.example.com/m.jpg",
    )  # fmt: skip


def test_an_atom_entry_gives_all_its_fields() -> None:
    entry = atom(
        "<title type='text'>5 &lt; 6</title><link rel='alternate' href='/a'/><id>urn:1</id>"
        "<updated>2026-11-24T10:00:00+02:00</updated><author><name>Ann</name></author>"
        "<summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>S</p></div></summary>"
        "<content type='html' xml:lang='fr'>&lt;p>C</content><category term='ai' label='AI'/>"
        "<link rel='enclosure' type='image/png' href='/e.png'/>"
    )
    assert entry == Entry(
        guid="urn:1", url="https://news.example.com/a", title="5 < 6",
        published_at=datetime(2026, 11, 24, 8, tzinfo=UTC), author="Ann", summary="<p>S</p>", content="<p>C",
        tags=("AI",), image_url="https://news.example.com/e.png", language="fr",
    )  # fmt: skip


def test_the_feed_speaks_for_itself() -> None:
    feed = parse_feed(RSS.format("").encode(), "", URL)
    assert (feed.title, feed.url, feed.language) == ("News & Views", "https://news.example.com/home", "en-gb")


@pytest.mark.parametrize(
    ("item", "picture"),
    [
        ("<enclosure url='/e.jpg' type='image/jpeg'/>", "https://news.example.com/e.jpg"),
        ("<enclosure url='/e.mp3' type='audio/mpeg'/>", ""),
        ("<media:thumbnail url='/t.jpg'/>", "https://news.example.com/t.jpg"),
        ("<media:content url='/v.mp4' type='video/mp4'/><media:thumbnail url='/t.jpg'/>", "https://news.example.com/t.jpg"),
        ("<description>&lt;img alt=x src='/i.jpg?a=1&amp;amp;b=2'&gt;</description>", "https://news.example.com/i.jpg?a=1&b=2"),
        ("<description>&lt;img width=1 height=1 src=/p.gif&gt;&lt;img src=/i.jpg&gt;</description>",
         "https://news.example.com/i.jpg"),
        ("<description>&lt;img src='data:image/png;base64,AAAA'&gt;</description>", ""),
    ],
)  # fmt: skip
def test_the_picture_is_the_best_that_the_entry_offers(item: str, picture: str) -> None:
    assert rss(item).image_url == picture


def test_an_entry_without_link_is_found_by_an_id_that_is_one() -> None:
    assert rss("<guid isPermaLink='false'>https://news.example.com/7</guid>").url == "https://news.example.com/7"
    assert rss("<link>http://[</link>").url == ""


def test_dates_fall_back_to_the_last_touch_and_odd_ones_to_none() -> None:
    assert atom("<updated>2026-01-02T00:00:00Z</updated>").published_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert rss("<pubDate>yesterday, I think</pubDate>").published_at is None


def test_the_character_set_of_the_answer_is_used() -> None:
    body = '<rss version="2.0"><channel><title>Žluťoučký</title></channel></rss>'.encode("iso-8859-2")
    assert parse_feed(body, "text/xml; charset=iso-8859-2").title == "Žluťoučký"


@pytest.mark.parametrize(
    ("body", "problem", "remedy"),
    [
        (b"", "is empty", "check"),
        (b" \0\r\n", "is empty", "check"),
        (b"hello", "no feed that we know", "check"),
        (b"<?xml version='1.0'?><other/>", "no feed that we know", "check"),
        (b"<!doctype html><title>x</title>", "is a web page", "look for"),
        (b"<html><head><link type='application/rss+xml' rel=alternate href='/feed'>", "is a web page",
         "https://news.example.com/feed"),
        (b"{}", "no JSON Feed", "check"),
        (b"{", "broken JSON", "publisher"),
        (b'{"items":' + b"[" * 200_000, "broken JSON", "publisher"),
        (b"---\na: [\n---\n", "front matter", "correct"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_told_with_the_next_step(body: bytes, problem: str, remedy: str) -> None:
    with pytest.raises(FeedError) as told:
        parse_feed(body, "", URL)
    assert told.value.place == URL
    assert problem in told.value.problem
    assert remedy in told.value.remedy


@given(st.binary() | st.binary().map(lambda data: b"<rss><channel><item>" + data) | st.text().map(str.encode))
def test_no_bytes_raise_anything_but_feed_error(body: bytes) -> None:
    try:
        parse_feed(body, "", URL)
    except FeedError as error:
        assert error.problem


@pytest.mark.parametrize("body", [b"<!---->" * 30_000, b"<!--" * 100_000, b"<?x?> " * 30_000, b"<img " * 20_000])
def test_hostile_prologs_are_told_apart_in_a_moment(body: bytes) -> None:
    with pytest.raises(FeedError):
        parse_feed(body, "", URL)
