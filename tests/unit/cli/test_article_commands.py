"""`digest why` and `digest article` as people and programs see them."""

from __future__ import annotations

import json

import pytest

CONFIG = """
[gather]
pictures = "none"
[curate]
embeddings = false
[[categories]]
slug = "robotics"
name = "Robotics"
keywords = ["robot"]
[[categories]]
slug = "privacy"
name = "Privacy"
[[newsletters]]
slug = "weekly"
name = "Weekly"
sender = { name = "Weekly", address = "w@example.org" }
[[feeds]]
url = "notes"
title = "Notes"
"""
NOTE = "---\ntitle: {title}\nurl: https://notes.example/{slug}\n---\n{text}\n"
NOTES = {
    "robot": ("Robot folds towels", "The robot folded forty towels on Monday, its maker has said in a note."),
    "cake": ("Pineapple cake", "Whisk the eggs and the sugar for ten minutes and fold in the flour."),
}


@pytest.fixture
def digest(run, folder):
    """Runs a command on a site with two articles; gives what it printed, as JSON if it is that."""
    (folder / "config.toml").write_text(CONFIG)
    (folder / "notes").mkdir()
    for slug, (title, text) in NOTES.items():
        (folder / "notes" / f"{slug}.md").write_text(NOTE.format(slug=slug, title=title, text=text))

    def digest(*arguments: str, status: int = 0):
        hour = "08" if arguments[0] == "gather" else "09"
        result = run("--now", f"2026-11-24T{hour}:00:00Z", *arguments)
        assert result.exit_code == status, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.output

    digest("gather")
    return digest


@pytest.fixture
def built(digest):
    """The same, with an issue."""
    digest("issue", "build", "weekly")
    return digest


def test_why_answers_programs_with_exactly_what_was_promised(built):
    said = built("why", "https://notes.example/robot?utm_source=mail", "--json")
    assert said.keys() == {"schema", "article", "story", "issue", "in", "reasons"}
    assert (said["schema"], said["in"], said["issue"], said["story"]) == (1, True, "weekly-2026-12-01", said["article"])
    assert said["reasons"][0] == {"rule": "in", "detail": "in robotics"}


def test_why_answers_people_in_a_sentence_and_a_table(built):
    said = built("why", "https://notes.example/cake").splitlines()
    assert said[0] == "Pineapple cake (Notes): not in weekly-2026-12-01"
    assert said[2] == "no-category\tnothing was sure enough; an editor must say"


def test_why_of_something_unknown_is_a_wrong_call(built):
    assert "article x: is not known" in built("why", "x", status=2)
    assert "issue none" in built("why", "https://notes.example/cake", "--issue", "none", status=2)


def test_articles_are_listed_with_what_was_decided(built):
    said = {one["title"]: one for one in built("article", "list", "--json")["articles"]}
    assert said["Robot folds towels"]["categories"] == ["robotics"]
    assert said["Robot folds towels"]["in"] is True
    assert said["Pineapple cake"]["abstained"] is True
    assert [one["title"] for one in built("article", "list", "--abstained", "--json")["articles"]] == ["Pineapple cake"]
    assert "Robot" not in built("article", "list", "--search", "pineapple")


def test_an_editor_corrects_an_article_and_is_kept_to(digest):
    assert digest("article", "categorise", "https://notes.example/cake", "privacy") == "Pineapple cake: privacy\n"
    listed = digest("article", "list", "--search", "cake", "--json")["articles"][0]
    assert (listed["categories"], listed["corrected"], listed["abstained"]) == (["privacy"], True, False)
    assert "privacy (editor)" in digest("article", "list", "--search", "cake")
    digest("issue", "build", "weekly")
    assert digest("why", "https://notes.example/cake", "--json")["in"] is True
    assert digest("article", "categorise", "https://notes.example/cake", "--none", "--json")["categories"] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["privcy"], "did you mean privacy?"),
        ([], "name at least one, or say --none"),
        (["nope"], "category nope: is not configured; there are: robotics, privacy"),
        (["privacy", "--none"], "privacy and --none contradict each other; leave one of them out"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(digest, arguments: list[str], told: str):
    assert told in digest("article", "categorise", "https://notes.example/cake", *arguments, status=2)
