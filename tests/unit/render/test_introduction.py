"""The editor's own introduction: a little Markdown, variables, and nothing that could act."""

from __future__ import annotations

import pytest

import press
from digest.model.issue import Headline, Issue
from digest.render.introduction import Piece, paragraphs

OWN = (
    "Hello, **{count} stories** of *{topics}* topics, and [a word](https://x.example/?a=1&b) of which there is more "
    "to say.\n\nLast."
)


def told(text: str) -> Issue:
    return press.issue(intro=Headline(text))


def test_emphasis_links_and_paragraphs():
    first, second = paragraphs("A **bold *both*** [word](https://x.example/?a=1&b).\n\nLast", "en")
    assert first == (
        Piece("A "), Piece("bold ", strong=True), Piece("both", strong=True, em=True), Piece(" "),
        Piece("word", url="https://x.example/?a=1&b"), Piece("."),
    )  # fmt: skip
    assert second == (Piece("Last"),)


def test_variables_are_slots_and_other_braces_are_text():
    assert paragraphs("{count} of **{topics}** {name}", "en")[0] == (
        Piece(variable="count"), Piece(" of "), Piece(variable="topics", strong=True), Piece(" {name}"),
    )  # fmt: skip


def test_the_mail_has_it_in_both_parts_with_the_editions_own_numbers():
    whole = press.compiled(told(OWN))
    html = press.html_of(whole, "intro:own")
    assert "<strong" in html
    assert ">4</strong>" in html
    assert 'href="https://x.example/?a=1&amp;b"' in html
    text = press.text_of(whole, "intro:own")
    assert "Hello, 4 stories of 3 topics, and a word [" in text
    assert "] https://x.example/?a=1&b\n" in text
    assert text.rstrip().endswith("Last.")
    assert max(map(len, text.splitlines())) <= 72


def test_without_one_there_is_no_such_block():
    assert "intro:own" not in press.compiled().fragments


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/p.gif)",
        '[x](https://x.example/"onclick="alert(1))',
        "&lt;script&gt;",
        "{count:unsubscribe_url} {{ newsletter }} {% if %}",
    ],
)
def test_everything_else_is_text(hostile: str):
    html = press.html_of(press.compiled(told(hostile)), "intro:own")
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert '"onclick=' not in html
