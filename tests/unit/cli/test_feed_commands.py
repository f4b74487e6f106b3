"""`digest feed list|add|resume|import|export` against feeds on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

CONFIG = """
[gather]
allow_networks = ["127.0.0.0/8"]
pause_after = 1
[[categories]]
slug = "privacy"
name = "Privacy"
[[feeds]]
url = "{origin}/configured.xml"
title = "Configured"
"""
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Wire</title>
<item><link>https://wire.example/1</link><title>One</title><description>First.</description></item>
<item><link>https://wire.example/2</link><title>Two \x1b[2J</title></item></channel></rss>"""
OPML = """<opml version="1.0"><body><outline text="Privacy">
<outline text="A & B" xmlUrl="https://a.example/feed"/></outline>
<outline text="C" xmlUrl="{origin}/configured.xml"/></body>"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without talking of it."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def origin(folder: Path) -> Iterator[str]:
    """The address of a server of the folder `www`."""
    (folder / "www").mkdir()
    (folder / "www" / "wire.xml").write_text(RSS.replace("\x1b", ""))
    (folder / "www" / "page.html").write_text("<html><body>Hello</body></html>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder / "www"))
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def digest(run, folder: Path, origin: str):
    """Runs a command; gives what it printed, as JSON if it is that."""
    (folder / "config.toml").write_text(CONFIG.format(origin=origin))

    def digest(*arguments: str, status: int = 0):
        result = run(*arguments)
        assert result.exit_code == status, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.output

    return digest


def feeds(digest) -> dict[str, dict]:
    return {feed["url"].rpartition("/")[2]: feed for feed in digest("feed", "list", "--json")["feeds"]}


def test_configured_feeds_are_listed_before_anything_was_gathered(digest, origin: str):
    listed = digest("feed", "list", "--json")
    assert listed["schema"] == 1
    (only,) = listed["feeds"]
    assert {"url", "title", "health", "next_at", "failing_since", "paused_at", "error", "articles"} <= only.keys()
    assert (only["title"], only["health"], only["articles"]) == ("Configured", "new", 0)
    assert f"Configured\t{origin}/configured.xml\tnew\tat once\t0\t\n" in digest("feed", "list")


def test_a_feed_is_tried_before_it_is_added(digest, origin: str):
    said = digest("feed", "add", f"{origin}/wire.xml", "--category", "privacy", "--json")
    assert (said["new"], said["feed"]["title"], said["feed"]["categories"]) == (True, "The Wire", ["privacy"])
    assert (said["found"]["format"], said["found"]["entries"], said["found"]["titles"][0]) == ("rss20", 2, "One")
    again = digest("feed", "add", f"{origin}/wire.xml", "--title", "Other")
    assert again.splitlines()[:2] == [f"The Wire <{origin}/wire.xml> was there already", "rss20, 2 entries"]
    digest("gather", "--json", status=1)
    assert feeds(digest)["wire.xml"]["articles"] == 2


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("{origin}/absent.xml", 4, "the server said 404 Not Found; --no-check adds it all the same"),
        ("{origin}/page.html", 1, "look for the feed's own address on the site"),
        ("http://10.0.0.1/feed", 4, "gather.allow_networks"),
        ("ftp://example.org/feed", 2, "is no http or https address"),
        ("absent-folder", 2, "is neither a URL nor a folder"),
        ("", 2, "is no http or https address"),
    ],
)
def test_what_cannot_be_read_is_not_added(digest, origin: str, address: str, status: int, told: str):
    assert told in digest("feed", "add", address.format(origin=origin), status=status)
    assert list(feeds(digest)) == ["configured.xml"]


def test_a_feed_that_is_not_there_yet_is_added_when_told_so(digest, origin: str):
    digest("feed", "add", f"{origin}/later.xml", "--no-check", "--title", "Later", "--weight", "2")
    assert (feeds(digest)["later.xml"]["title"], feeds(digest)["later.xml"]["weight"]) == ("Later", 2)


def test_a_folder_of_markdown_is_a_feed_too(digest, folder: Path):
    (folder / "notes").mkdir()
    (folder / "notes" / "one.md").write_text("---\ntitle: One\nurl: https://notes.example/1\n---\nText.\n")
    said = digest("feed", "add", "notes", "--json")
    assert (said["feed"]["url"], said["found"]["entries"]) == (str(folder / "notes"), 1)


def test_an_unknown_category_is_refused_with_the_nearest(digest, origin: str):
    assert "did you mean privacy?" in digest("feed", "add", f"{origin}/wire.xml", "--category", "privcy", status=2)


def test_a_paused_feed_is_shown_and_resumed(digest, origin: str):
    digest("gather", status=4)
    paused = feeds(digest)["configured.xml"]
    assert (paused["health"], paused["failures"]) == ("paused", 1)
    assert paused["paused_at"] == paused["failing_since"]
    assert "404" in paused["error"]
    assert "\tpaused since " in digest("feed", "list")
    assert digest("feed", "resume", f"{origin}/configured.xml", "--json")["feed"]["health"] == "ok"
    assert feeds(digest)["configured.xml"]["next_at"] is None
    assert "did you mean" in digest("feed", "resume", f"{origin}/configured.xm", status=2)
    assert "digest feed list" in digest("feed", "resume", "zzz", status=2)


def test_opml_goes_in_and_out(digest, folder: Path, origin: str):
    (folder / "in.opml").write_text(OPML.format(origin=origin))
    said = digest("feed", "import", "in.opml", "--json")
    assert (said["new"], said["known"]) == (["https://a.example/feed"], [f"{origin}/configured.xml"])
    assert digest("feed", "import", "in.opml") == "in.opml: 0 new, 2 known\n"
    (folder / "out.opml").write_text(digest("feed", "export"))
    (folder / "config.toml").write_text('[database]\nurl = "sqlite:///other.sqlite3"\n' + CONFIG.format(origin=origin))
    assert digest("feed", "import", "out.opml", "--json")["new"] == ["https://a.example/feed"]
    assert feeds(digest)["feed"]["title"] == "A & B"
    assert feeds(digest)["feed"]["categories"] == ["privacy"]


def test_a_file_that_is_no_opml_is_named(digest, folder: Path):
    (folder / "x.opml").write_text("nothing")
    assert "Error: x.opml: holds no outline of feeds" in digest("feed", "import", "x.opml", status=1)
    assert "absent.opml: No such file" in digest("feed", "import", "absent.opml", status=4)
