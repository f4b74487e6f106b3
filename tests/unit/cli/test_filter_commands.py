"""The filters as people call them: feed parse, teaser, stories, categorise."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><item><guid>1</guid>
<link>https://example.org/1</link><title>One</title><pubDate>Tue, 24 Nov 2026 09:00:00 +0100</pubDate>
<description>First.</description><category>Privacy</category></item></channel></rss>"""
TEXT = (
    "The council of Bristol voted on Tuesday to ban face recognition in all buildings that it owns or rents.\n\n"
    "The ban follows two years of protest by residents."
)
CATEGORIES = """
[[categories]]
name = "Ethics & Society"
description = "Rules for machines."
keywords = ["bias"]
[[categories]]
name = "Surveillance"
description = "Watching people."
keywords = ["CCTV", "face recognition"]
"""


def lines(result):
    """The answers."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def stdin(*records) -> str:
    """JSON Lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


def test_feed_parse_answers_each_file_in_order_and_never_with_a_traceback(run, folder):
    (folder / "a.xml").write_text(RSS)
    (folder / "b.xml").write_bytes(b"\x00\xff nothing")
    result = run("feed", "parse", "a.xml", "b.xml", "absent.xml", folder, "a.xml", "--jsonl")
    good, bad, absent, directory, again = lines(result)
    assert result.exit_code == 1
    assert good.keys() == {"file", "format", "title", "entries", "error"}
    assert (good["file"], good["format"], good["title"], good["error"]) == ("a.xml", "rss20", "Wire", None)
    assert good["entries"][0].keys() == {
        "id", "url", "title", "published", "author", "summary", "categories", "image"
    }  # fmt: skip
    assert good["entries"][0]["published"] == "2026-11-24T08:00:00Z"
    assert bad["error"]
    assert absent["error"] == "cannot be read: No such file or directory"
    assert directory["error"] == "cannot be read: Is a directory"
    assert again == good


def test_feed_parse_shows_people_a_table(run, folder):
    (folder / "a.xml").write_text(RSS)
    result = run("feed", "parse", "a.xml")
    assert (result.exit_code, result.stdout.splitlines()[1]) == (0, "a.xml\trss20\tWire\t1\t")


def test_a_parser_that_breaks_is_an_answer_too(run, folder, monkeypatch):
    def broken(*_: object):
        raise RecursionError("too deep")

    monkeypatch.setattr("digest.gather.parse.parse_feed", broken)
    (folder / "a.xml").write_text(RSS)
    result = run("feed", "parse", "a.xml", "--jsonl")
    assert (result.exit_code, lines(result)[0]["error"]) == (1, "cannot be parsed: RecursionError: too deep")


class Model(BaseHTTPRequestHandler):
    """A chat-completions endpoint that always says the same."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        said = {"choices": [{"message": {"content": "Bristol's council voted on Tuesday to ban face recognition."}}]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint():
    """Where it is."""
    server = HTTPServer(("127.0.0.1", 0), Model)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_teaser_asks_the_configured_model(run, endpoint):
    model = ("--set", "summarise.backend=openai", "--set", f"summarise.endpoint={endpoint}")
    given = stdin({"id": "a", "title": "No more cameras", "text": TEXT})
    (answer,) = lines(run(*model, "teaser", "--jsonl", stdin=given))
    assert answer["source"] == "model"
    assert answer["teaser"] == "Bristol's council voted on Tuesday to ban face recognition."


def test_teaser_uses_the_text_and_keeps_the_order(run):
    given = stdin({"id": "a", "title": "Bristol bans cameras", "text": TEXT}, {"id": 2}, {"id": 3, "text": 4})
    result = run("teaser", "--jsonl", stdin=given)
    good, missing, wrong = lines(result)
    assert result.exit_code == 1
    assert good.keys() == {"id", "teaser", "source", "reasons"}
    assert (good["id"], good["source"]) == ("a", "extract")
    assert good["teaser"] in TEXT
    assert missing == {"line": 2, "error": "text is missing"}
    assert wrong == {"line": 3, "error": "text is no text"}


def test_teaser_reads_html_where_there_is_no_text(run):
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT.split("\n\n"))
    given = {"id": 1, "title": "Bristol", "html": f"<html><body><article>{paragraphs}</article></body></html>"}
    assert lines(run("teaser", "--jsonl", stdin=stdin(given)))[0]["teaser"] in TEXT


def test_teaser_keeps_the_length_of_the_configuration(run, folder):
    (folder / "config.toml").write_text("[summarise]\nmax_chars = 600\n")
    assert run("teaser", stdin=stdin({"id": 1, "title": "x", "text": TEXT})).exit_code == 0
    (folder / "config.toml").write_text("[summarise]\nmax_chars = 6\n")
    assert run("teaser", stdin=stdin({"id": 1, "title": "x", "text": TEXT})).exit_code == 3


def test_stories_have_the_id_of_their_first_article(run):
    title = "Council of Bristol bans face recognition in its buildings"
    given = stdin(
        {"id": 1, "title": title, "summary": "", "url": "https://a.example/1", "published": "2026-11-24T07:00:00Z"},
        {"id": "b", "title": "Robots learn to cook pancakes", "published": "2026-11-24T07:00:00Z"},
        {"id": "c", "title": f"{title} today", "url": "http://[", "published": "2026-11-24T08:00:00Z"},
        {"id": "1", "title": "Taken"},
        {"id": "d"},
    )
    result = run("stories", "--jsonl", stdin=given)
    assert result.exit_code == 1
    assert lines(result) == [
        {"id": 1, "story": 1},
        {"id": "b", "story": "b"},
        {"id": "c", "story": 1},
        {"line": 4, "error": "id 1 was on an earlier line"},
        {"line": 5, "error": "title is missing"},
    ]


def test_stories_of_nothing_are_nothing(run):
    result = run("stories", stdin="")
    assert (result.exit_code, result.stdout) == (0, "")


def test_categorise_takes_a_file_of_names_descriptions_and_keywords(run, folder):
    (folder / "c.toml").write_text(CATEGORIES)
    given = stdin({"id": 1, "title": "Face recognition banned", "summary": "No more CCTV."}, {"id": 2, "title": "Tea"})
    result = run("categorise", "--categories", "c.toml", "--jsonl", stdin=given)
    first, second = lines(result)
    assert result.exit_code == 0
    assert first.keys() == {"id", "categories", "abstained"}
    assert first["categories"][0][0] == "surveillance"
    assert 0 < first["categories"][0][1] <= 1
    assert second == {"id": 2, "categories": [], "abstained": True}


@pytest.mark.parametrize("text", ["", "x = ", "[[categories]]\nname = 3\nslug = '!'\n", None])
def test_categories_that_cannot_be_used_are_refused_by_file(run, folder, text):
    if text is not None:
        (folder / "c.toml").write_text(text)
    result = run("categorise", "--categories", "c.toml", stdin=stdin({"id": 1, "title": "x"}))
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Error: c.toml: ")


def test_an_input_file_that_is_not_there_is_a_wrong_call(run):
    assert run("teaser", "absent.jsonl").exit_code == 2
