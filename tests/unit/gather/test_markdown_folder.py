from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.errors import FeedError, OutsideError
from digest.gather.folder import folder_path, read_folder
from digest.gather.markdown import parse_markdown

NOTE = b"""---
title: "A *plain* title"
date: 2026-11-24 10:00:00+02:00
url: https://notes.example.com/a
categories: [AI, Law]
tags: law, privacy
image: https://notes.example.com/a.jpg
author: [Ann, Bob]
description: Short.
---
First **paragraph**.

Second.
"""


def test_front_matter_gives_the_entrys_fields() -> None:
    entry = parse_markdown(NOTE, "a.md")
    assert (entry.title, entry.url, entry.guid) == ("A *plain* title", *["https://notes.example.com/a"] * 2)
    assert entry.published_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert entry.tags == ("AI", "Law", "law", "privacy")
    assert (entry.author, entry.summary, entry.image_url) == ("Ann, Bob", "Short.", "https://notes.example.com/a.jpg")
    assert entry.content == "<p>First <strong>paragraph</strong>.</p>\n<p>Second.</p>\n"


@pytest.mark.parametrize(
    ("line", "day"),
    [("date: 2026-11-24", 24), ("date: '2026-11-23T00:00:00Z'", 23), ("published: 2026-11-22", 22),
     ("date: soon", None), ("date: 5", None)],
)  # fmt: skip
def test_dates_may_be_days_times_or_text(line: str, day: int | None) -> None:
    at = parse_markdown(f"---\n{line}\n---\n".encode(), "a.md").published_at
    assert at == (datetime(2026, 11, day, tzinfo=UTC) if day else None)


def test_a_first_heading_is_the_title_of_a_file_without() -> None:
    entry = parse_markdown(b"# The title #\n\nText.", "a.md")
    assert (entry.title, entry.content, entry.guid) == ("The title", "<p>Text.</p>\n", "a.md")


@pytest.mark.parametrize("front", ["a: [", "a: b: c", "!!python/object/apply:os.system ['true']", "\t- x"])
def test_front_matter_that_is_no_plain_yaml_is_an_error_with_the_file(front: str) -> None:
    with pytest.raises(FeedError) as told:
        parse_markdown(f"---\n{front}\n---\n".encode(), "a.md")
    assert told.value.place == "a.md"


LISTS = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)), "tags: *a39"]
MERGED = ["a0: &a0 {k: v}", *(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 9))]


@pytest.mark.parametrize("lines", [LISTS, MERGED, ["a: &a b"], ["a: {<<: {b: c}}"], ["a: *b"]])
def test_yaml_in_which_parts_stand_for_others_is_refused_before_it_multiplies_itself(lines: list[str]) -> None:
    """485 bytes of merge keys took all memory."""
    with pytest.raises(FeedError, match="not read here"):
        parse_markdown("\n".join(["---", *lines, "title: x", "---", "hello"]).encode(), "a.md")


@pytest.mark.parametrize("front", ["a: " + "x" * 70_000, "a: 1" + ":1" * 30_000 + ".5", "a: " + "9" * 60_000])
def test_front_matter_of_great_length_is_an_error(front: str) -> None:
    with pytest.raises(FeedError, match="front matter"):
        parse_markdown(f"---\n{front}\n---\n".encode(), "a.md")


@pytest.mark.parametrize("text", ["[", "![](", "![", "**a_", "[a](", "* a\n", "[x][", "> ", "`a``"])
def test_markdown_is_rendered_as_far_as_it_goes_in_a_moment(text: str) -> None:
    content = parse_markdown((text * 2_000_000)[:2_000_000].encode(), "a.md").content
    assert content.count(text[0]) <= 50_000


def test_only_front_matter_at_the_top_is_front_matter() -> None:
    """Lines between paragraphs are lines, and braces are no front matter in JSON."""
    assert parse_markdown(b"One\n\n---\n\nTwo\n\n---\n\nThree", "a.md").content.count("<hr />") == 2
    assert parse_markdown(b"{a}", "a.md").content == "<p>{a}</p>\n"


def test_a_folder_is_a_feed_and_a_broken_file_only_a_problem(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_bytes(NOTE)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.markdown").write_bytes(b"# Two")
    (tmp_path / "broken.md").write_bytes(b"---\na: [\n---\n")
    (tmp_path / "large.md").write_bytes(b"x" * 2000)
    (tmp_path / ".draft.md").write_bytes(NOTE)
    (tmp_path / "readme.txt").write_bytes(NOTE)
    folder = read_folder(tmp_path, max_bytes=1000)
    assert [entry.title for entry in folder.parsed.entries] == ["A *plain* title", "Two"]
    assert (folder.parsed.format, folder.parsed.title) == ("markdown", tmp_path.name)
    assert ["broken.md" in folder.problems[0], "large.md" in folder.problems[1]] == [True, True]


def test_a_missing_folder_is_an_error_with_the_key(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="feeds"):
        read_folder(tmp_path / "none", 1000)


def test_paths_and_file_urls_mean_folders_and_nothing_else_does() -> None:
    assert folder_path("notes/a b") == Path("notes/a b")
    assert folder_path("file:///srv/notes%20a") == Path("/srv/notes a")
    assert folder_path("https://example.com/feed") is None
    assert folder_path("ftp://example.com/feed") is None
