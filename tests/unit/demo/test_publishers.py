"""The example outlets over real HTTP: what they serve is valid, complete and as awkward as promised."""

from __future__ import annotations

import json
import re
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path

import feedparser
import frontmatter
import pytest

from digest.config.settings import Settings
from digest.config.shipped import shipped
from digest.demo.outlets import read_newsstand
from digest.demo.publishers import CONFIGURED_ORIGIN, Publishers
from digest.errors import DigestError

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
VERSIONS = {"rss20", "rss10", "atom10", "json11"}


@pytest.fixture(scope="module")
def publishers() -> Iterator[Publishers]:
    with Publishers(shipped("examples"), NOW) as running:
        yield running


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def feed_entries(publishers: Publishers) -> dict[str, list[tuple[str, str, str]]]:
    """(id, link, title) of every entry, by the feed's name."""
    entries = {}
    for url in publishers.feed_urls:
        body = get(url)[2]
        if url.endswith(".json"):
            found = [(item["id"], item["url"], item["title"]) for item in json.loads(body)["items"]]
        else:
            parsed = feedparser.parse(body, sanitize_html=False)
            found = [(entry.get("id", entry.link), entry.link, entry.title) for entry in parsed.entries]
        entries[Path(url).stem] = found
    return entries


def test_there_are_ten_feeds_and_a_folder_in_five_formats(publishers: Publishers) -> None:
    formats = [outlet.format for outlet in publishers.press.newsstand.outlets if outlet.format != "none"]
    assert len(formats) == 11
    assert {name: formats.count(name) for name in VERSIONS} == {"rss20": 4, "rss10": 1, "atom10": 3, "json11": 2}
    assert formats.count("markdown") == 1


def test_xml_feeds_are_well_formed_and_say_what_they_are(publishers: Publishers) -> None:
    for outlet in publishers.press.newsstand.outlets:
        if outlet.feed_path.endswith(".xml"):
            status, headers, body = get(publishers.url + outlet.feed_path)
            parsed = feedparser.parse(body)
            assert (status, parsed.version, bool(parsed.bozo)) == (200, outlet.format, False), outlet.slug
            assert "xml" in headers["Content-Type"]
            assert parsed.feed.title == outlet.name
            assert parsed.feed.language == outlet.language
            for entry in parsed.entries:
                assert entry.title and entry.link
                assert {"published_parsed", "updated_parsed"} & set(entry)


def test_json_feeds_have_what_version_1_1_asks_for(publishers: Publishers) -> None:
    for name in ("lattice", "fieldnotes"):
        feed = json.loads(get(f"{publishers.url}/feeds/{name}.json")[2])
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        for item in feed["items"]:
            assert item["id"] and item["url"] and item["title"]
            assert "content_html" in item or "content_text" in item
            assert datetime.fromisoformat(item["date_published"]).tzinfo


def test_every_entry_leads_to_a_page_that_names_itself_and_has_its_picture(publishers: Publishers) -> None:
    links = {link for entries in feed_entries(publishers).values() for _, link, _ in entries}
    for link in links:
        status, headers, body = get(link)
        page = body.decode()
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert f'<link rel="canonical" href="{link.partition("?")[0]}">' in page
        for picture in re.findall(r'property="og:image" content="([^"]+)"', page):
            assert get(picture)[1]["Content-Type"] == "image/jpeg"


def test_every_path_is_served_and_others_are_not(publishers: Publishers) -> None:
    press = publishers.press
    assert all(press.print(path) for path in press.paths())
    for path in (
        "/nothing",
        "/pictures/",
        "/pictures/../outlets.toml",
        "/templates/page.html",
        "/pictures/%2e%2e/README.md",
    ):
        assert get(publishers.url + path)[0] == 404


def test_links_within_a_page_are_alive(publishers: Publishers) -> None:
    press = publishers.press
    printed = [press.print(path) for path in press.paths() if path.endswith((".html", "/"))]
    links = {link for page in printed if page for link in re.findall(r'(?:href|src)="(/[^"]*)"', page.body.decode())}
    assert len(links) > 60
    assert [link for link in links if not press.print(link)] == []


def test_who_has_it_already_is_told_so(publishers: Publishers) -> None:
    url = publishers.feed_urls[0]
    _, headers, body = get(url)
    assert body
    status, _, again = get(url, If_None_Match=headers["ETag"])
    assert (status, again) == (304, b"")
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert get(url, If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT")[0] == 200
    assert get(url, If_Modified_Since="yesterday, more or less")[0] == 200


def test_the_articles_are_always_of_the_last_week(publishers: Publishers) -> None:
    gathered = [page for page in publishers.press.newsstand.pages if page.outlet not in ("sponsors", "events")]
    assert len(gathered) >= 64
    assert all(timedelta(0) < NOW - page.published_at < timedelta(days=7) for page in gathered)
    assert sum(NOW - page.published_at <= timedelta(hours=24) for page in gathered) >= 8


def test_texts_name_the_weekday_they_were_written_on(publishers: Publishers) -> None:
    pages = publishers.press.newsstand
    assert not [page.slug for page in pages.pages if "{day" in page.body]
    assert "published on Monday by the county" in pages.page("meridian/ravensmoor-face-search-pause").body
    assert "signé, samedi, un accord" in pages.page("releve/doublage-voix-clonees").body


def test_labels_cover_every_article_and_every_category_three_times() -> None:
    labels = tomllib.loads((shipped("examples") / "labels.toml").read_text(encoding="utf-8"))
    settings = Settings.model_validate(tomllib.loads(shipped("config.toml").read_text(encoding="utf-8")))
    newsstand = read_newsstand(shipped("examples"), NOW)
    names = {f"{p.outlet}/{p.slug}" for p in newsstand.pages if p.outlet not in ("sponsors", "events")}
    assert list(labels["categories"]) == [category.slug for category in settings.categories]
    assert set().union(*labels["categories"].values()) == names
    for slug, articles in labels["categories"].items():
        assert len(articles) >= (2 if slug == "sponsored-content" else 3)
    assert len(labels["stories"]) >= 8
    for articles in labels["stories"].values():
        assert set(articles) <= names
        assert len({name.split("/")[0] for name in articles}) == len(articles) >= 2


def test_two_articles_are_cross_posted_and_one_comes_again_under_a_new_guid(publishers: Publishers) -> None:
    entries = feed_entries(publishers)
    everything = [(feed, *entry) for feed, found in entries.items() for entry in found]
    tracked = [(feed, link) for feed, _, link, _ in everything if "utm_source" in link]
    assert [feed for feed, _ in tracked] == ["northgate", "civic"]
    assert all("/pages/meridian/" in link for _, link in tracked)
    lanternfly = [guid for guid, link, _ in entries["cipherline"] if "lanternfly" in link]
    assert len(lanternfly) == len(set(lanternfly)) == 2


def test_awkward_titles_reach_the_feed_as_they_are(publishers: Publishers) -> None:
    entries = feed_entries(publishers)
    titles = {
        link.rsplit("/", 1)[1].removesuffix(".html"): title for found in entries.values() for _, link, title in found
    }
    assert "=?utf-8?q?=0ABcc:_x@evil.test?=" in titles["header-injection-headline"]
    assert '<script>alert("hello from the headline")</script>' in titles["headlines-with-scripts"]
    assert "👻" in titles["ghost-jobs"]
    assert "“It’s not a hand" in titles["gripper-promises"] and "🍑" in titles["gripper-promises"]


def test_a_page_shows_markup_in_a_title_as_text(publishers: Publishers) -> None:
    body = get(f"{publishers.url}/pages/cipherline/headlines-with-scripts.html")[2]
    assert b"<script" not in body


def test_every_address_that_the_configuration_has_is_served(publishers: Publishers) -> None:
    text = shipped("config.toml").read_text(encoding="utf-8")
    for url in re.findall(rf'"{CONFIGURED_ORIGIN}(/[^"]+)"', text):
        assert publishers.press.print(url), url


def test_notes_are_written_as_dated_files_with_links(publishers: Publishers, tmp_path: Path) -> None:
    count = publishers.write_notes(tmp_path / "notes")
    files = sorted((tmp_path / "notes").glob("*.md"))
    assert count == len(files) >= 4
    for file in files:
        note = frontmatter.load(str(file))
        assert datetime.fromisoformat(note["date"]) < NOW
        assert get(note["url"])[0] == 200
        assert note["title"] and note.content.count("\n\n") >= 3


def test_the_same_moment_prints_the_same_bytes(publishers: Publishers) -> None:
    with Publishers(shipped("examples"), NOW) as other:
        for path in ("/feeds/parallax.xml", "/feeds/lattice.json", "/pages/civic/ravensmoor-audit.html"):
            theirs = get(other.url + path)[2].replace(other.url.encode(), publishers.url.encode())
            assert theirs == get(publishers.url + path)[2]


def test_an_article_without_age_is_reported_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "articles" / "gazette").mkdir(parents=True)
    (tmp_path / "outlets.toml").write_text("[outlets]\n[words]\n", encoding="utf-8")
    (tmp_path / "articles" / "gazette" / "undated.md").write_text("---\ntitle: Undated\n---\nText", encoding="utf-8")
    with pytest.raises(DigestError, match=r"(?s)undated\.md.*age_hours"):
        read_newsstand(tmp_path, NOW)


def test_pictures_are_light_enough_for_mail() -> None:
    pictures = sorted((shipped("examples") / "pictures").glob("*.jpg"))
    assert 30 <= len(pictures) <= 48
    assert max(path.stat().st_size for path in pictures) < 60_000
    assert sum(path.stat().st_size for path in pictures) < 2_500_000
