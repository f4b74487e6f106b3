from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.gather.json_feed import parse_json_feed
from digest.model.feeds import Entry

URL = "https://news.example.com/feed.json"


def feed(*items: object, **fields: object) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **fields}).encode()


def test_an_item_of_1_1_gives_all_its_fields() -> None:
    parsed = parse_json_feed(
        feed(
            {
                "id": "7", "url": "/a", "title": "A & B", "content_html": "<p>Long</p>", "summary": "Short",
                "date_published": "2026-11-24T10:00:00+02:00", "authors": [{"name": "Ann"}, {"name": "Bob"}],
                "tags": ["AI", "AI", 5], "image": "/i.png", "language": "de",
            },
            title="T", home_page_url="https://news.example.com/", language="en",
        ),
        URL,
    )  # fmt: skip
    assert (parsed.format, parsed.title, parsed.url, parsed.language) == (
        "json11",
        "T",
        "https://news.example.com/",
        "en",
    )
    assert parsed.entries == (
        Entry(
            guid="7", url="https://news.example.com/a", title="A & B",
            published_at=datetime(2026, 11, 24, 8, tzinfo=UTC), author="Ann, Bob", summary="Short",
            content="<p>Long</p>", tags=("AI",), image_url="https://news.example.com/i.png", language="de",
        ),
    )  # fmt: skip


def test_an_item_of_1_0_may_have_a_number_for_its_id_and_one_author() -> None:
    item = {"id": 7, "external_url": "https://a.example/", "content_text": "Text", "author": {"name": "Ann"}}
    parsed = parse_json_feed(feed(item, version="https://jsonfeed.org/version/1"), URL)
    (entry,) = parsed.entries
    assert parsed.format == "json10"
    assert (entry.guid, entry.url, entry.content, entry.author) == ("7", "https://a.example/", "Text", "Ann")


def test_the_feeds_author_stands_in_and_an_attachment_may_be_the_picture() -> None:
    item = {"id": "1", "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg"},
                                       {"url": "/a.png", "mime_type": "image/png"}]}  # fmt: skip
    (entry,) = parse_json_feed(feed(item, author={"name": "Ann"}), URL).entries
    assert (entry.author, entry.image_url) == ("Ann", "https://news.example.com/a.png")


def test_what_has_the_wrong_type_is_left_out() -> None:
    item = {"id": None, "url": 5, "title": ["x"], "tags": "x", "authors": "Ann", "attachments": [7, {"url": 1}],
            "date_published": "soon"}  # fmt: skip
    assert parse_json_feed(feed(item, "no item", None, 5), URL).entries == (Entry("", "", ""),)


_NAMES = ["id", "url", "title", "tags", "authors", "author", "name", "items", "attachments", "date_published", "image"]


def _objects(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(_NAMES), values, max_size=4)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v, max_size=3) | _objects(v)
)


@given(_objects(_VALUES), _VALUES)
def test_no_json_raises_anything_but_feed_error(item: dict[str, object], other: object) -> None:
    for document in (feed(item, other), json.dumps(other).encode(), json.dumps(item).encode()):
        try:
            parse_json_feed(document, URL)
        except FeedError as error:
            assert error.place == URL
