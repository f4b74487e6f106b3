from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import feed_source, slugs
from digest.errors import FeedError
from digest.gather.opml import parse_opml, write_opml
from digest.model.feeds import FeedSource


def test_sources_come_back_as_they_were_written() -> None:
    sources = (
        feed_source("https://a.example/feed?x=1&y=2", title='A & "B" <c>', categories=slugs("privacy", "security")),
        feed_source("https://b.example/feed", title="Б", categories=(), language="ru"),
    )
    assert parse_opml(write_opml(sources), slugs("privacy", "security")) == sources


def test_a_folder_on_this_machine_is_not_exported() -> None:
    assert b"outline" not in write_opml([FeedSource("notes/")])


@pytest.mark.parametrize(
    "body",
    [
        b'<opml><body><outline text="Law & Order" xmlUrl="https://a.example/f?a=1&b=2"/></body></opml>',
        b'<opml><body><outline text="x" xmlUrl="https://a.example/f?a=1&b=2"',
        b'\xef\xbb\xbf<?xml version="1.0"?><OPML><BODY><OUTLINE TEXT="x" XMLURL="https://a.example/f?a=1&amp;b=2"/>',
        b'\n\n<?xml version="1.0" encoding="utf-8"?><outline x="\xff" xmlUrl=" https://a.example/f?a=1&amp;b=2 "/>',
        b'<outline xmlUrl="https://a.example/f?a=1&amp;b=2"/>',
        b'<opml><outline text="The "Quoted" News" xmlUrl="https://a.example/f?a=1&amp;b=2"/></opml>',
    ],
)
def test_lists_that_are_not_well_formed_are_read(body: bytes) -> None:
    assert [source.url for source in parse_opml(body)] == ["https://a.example/f?a=1&b=2"]


def test_the_folder_or_the_category_attribute_becomes_a_known_category() -> None:
    body = (
        b'<opml><body><outline text="Data Protection"><outline text="A" xmlUrl="https://a.example/"/></outline>'
        b'<outline text="B" category="/Security,/Data Protection,Other" xmlUrl="https://b.example/"/>'
        b'<outline text="Again" xmlUrl="https://a.example/"/>'
        b'<outline text="No" xmlUrl="javascript:alert(1)"/></body></opml>'
    )
    first, second = parse_opml(body, slugs("data-protection", "security"))
    assert (first.title, first.categories) == ("A", slugs("data-protection"))
    assert (second.title, second.categories) == ("B", slugs("security", "data-protection"))


@pytest.mark.parametrize("body", [b"", b"  ", b"no list", b"<rss/>", b"\0"])
def test_what_holds_no_outline_is_told(body: bytes) -> None:
    with pytest.raises(FeedError, match="outline"):
        parse_opml(body)


def test_no_entity_opens_a_file() -> None:
    entity = b'<!DOCTYPE o [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    body = entity + b'<opml><outline text="&f;" xmlUrl="https://a.example/"/></opml>'
    assert [source.title for source in parse_opml(body)] == [""]


@given(st.binary() | st.text().map(lambda text: f"<opml><outline xmlUrl='https://a.b/' text='{text}'".encode()))
def test_no_bytes_raise_anything_but_feed_error(body: bytes) -> None:
    try:
        parse_opml(body)
    except FeedError as error:
        assert error.remedy
