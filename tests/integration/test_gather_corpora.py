"""Real and odd documents from the corpora folder, where it is there."""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

import feedparser
import pytest

from build import NOW, entry, feed
from digest.errors import FeedError
from digest.gather.normalise import normalise
from digest.gather.opml import parse_opml, write_opml
from digest.gather.parse import parse_feed
from digest.gather.xml_feed import parse_xml
from digest.model.feeds import Article, ParsedFeed
from digest.model.urls import absolute_url

CORPORA = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).parents[2] / "../shared/corpora"))
pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason=f"no corpora at {CORPORA}; set DIGEST_CORPORA")


def files(archive: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(CORPORA / archive) as tar:
        for member in tar:
            if opened := tar.extractfile(member):
                yield member.name, opened.read()


def test_of_the_feedparser_corpus_nearly_every_format_is_known_and_nothing_raises() -> None:
    formats = Counter()
    for name, body in files("feedparser-tests.tar.gz"):
        try:
            formats[parse_feed(body, "", f"https://feeds.example.com/{name}").format] += 1
        except FeedError:
            formats[""] += 1
    assert formats.total() >= 2_100
    assert formats[""] / formats.total() <= 0.01


def test_of_the_feedparser_corpus_everything_is_read_as_feedparser_itself_reads_it() -> None:
    """We drive its parsers ourselves, with bounds; whatever its own entrance makes of a document is the oracle."""
    wrong, url = [], "https://feeds.example.com/feed.xml"
    for name, body in files("feedparser-tests.tar.gz"):
        for kind in ("", "application/xml", "text/xml; charset=utf-8"):
            headers = {"content-location": url} | ({"content-type": kind} if kind else {})
            told = feedparser.parse(
                io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
            )
            found = parse_xml(body, kind, url) if body else None
            if found and (found.version, list(map(facts, found.entries))) != (
                told.get("version"), list(map(facts, told.entries)),
            ):  # fmt: skip
                wrong.append((name, kind))
    assert wrong == []


def facts(entry: Mapping[str, object]) -> list[object]:
    """What we read of an entry; of an author, feedparser also guesses a name, which we do not use."""
    keys = ("id", "title", "link", "author", "summary", "content", "links", "tags", "published_parsed",
            "updated_parsed", "media_content", "media_thumbnail", "image", "feedburner_origlink")  # fmt: skip
    return [entry[key] for key in keys if key in entry]


def test_every_feed_of_every_real_opml_list_is_found_and_survives_an_export() -> None:
    lists = list(files("opml.tar.gz"))
    assert len(lists) == 59
    for name, body in lists:
        sources = parse_opml(body)
        named = re.findall(r'xmlurl\s*=\s*"([^"]+)"', body.decode("utf-8", "replace"), re.IGNORECASE)
        assert {source.url for source in sources} == {absolute_url(unescape(url)) for url in named}, name
        assert [source.url for source in parse_opml(write_opml(sources))] == [source.url for source in sources]


def test_hostile_html_through_every_field_leaves_no_markup_and_no_foreign_scheme() -> None:
    hostile = json.loads((CORPORA / "hostile-strings.json").read_text(encoding="utf-8"))
    active = re.compile(r"<(?:script|img|svg|iframe|a|body)[\s>/]", re.IGNORECASE)
    parsed = ParsedFeed("rss20", "", (), "https://a.example/")
    # What an entity spells stays text that looks like a tag: whoever writes it into HTML escapes it.
    for text in (one for group in hostile.values() for one in group if not re.search("&(?:lt|#)", one)):
        odd = entry(title=f"T {text}", summary=text, content=text, author=text, tags=(text,), image_url=text, url=text)
        article = normalise(odd, feed(), parsed, NOW)
        if isinstance(article, Article):
            told = "\n".join((article.title, article.description, article.text, article.author, *article.tags))
            assert not active.search(told), text
            assert article.url.startswith(("http://", "https://"))
            assert article.picture is None or article.picture.url.startswith(("http://", "https://"))
