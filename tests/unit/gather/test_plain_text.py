from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.gather.text import lines_as_paragraphs, plain_line, plain_text

PLAIN = {
    "tags": ("<p>One <b>bold</b> word.</p>", "One bold word."),
    "paragraphs": ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
    "blocks without paragraphs": ("<div>One.<ul><li>a</li><li>b</li></ul></div>Two.", "One.\n\na\n\nb\n\nTwo."),
    "one break is a space, two are a paragraph": ("a<br>b<br> <br/>c", "a b\n\nc"),
    "plain text keeps its paragraphs": ("One\nline.\n \nTwo.", "One line.\n\nTwo."),
    "entities": ("Q&amp;A &nbsp;&lt;now&gt; &#8211; caf&eacute;", "Q&A <now> – café"),
    "less-than signs": ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
    "less-than signs in HTML": ("<b>5 < 6</b> & more", "5 < 6 & more"),
    "angles that are no HTML": ("A vector<int> in C++", "A vector<int> in C++"),
    "scripts and styles": ("a<script>alert(1)</script><style>p{}</style>b", "ab"),
    "drawings, forms and frames": ("a<svg><title>t</title></svg><form><input>f</form><iframe>i</iframe>b", "ab"),
    "captions": ("<figure><img src=x><figcaption>Photo: P</figcaption></figure>Text", "Text"),
    "comments": ("a<!-- hidden -->b", "ab"),
    "unclosed tags": ("<p>One<p>Two<b>", "One\n\nTwo"),
    "spaces of all kinds": ("a\u00a0\u2003\u3000b\t c", "a b c"),
    "controls": ("a\x00b\x08c\x7fd\x9fe", "abcde"),
    "direction overrides": ("a\u202eb\u2066c\u202c", "abc"),
    "hidden characters": ("di\u00adg\u200best\ufeff", "digest"),
    "private use and noncharacters": ("a\ue000\U000f0000\ufdd0\uffff\U0010fffe\U000e0041b", "ab"),
    "lone surrogates": ("a\ud800b", "ab"),
    "marks composed": ("cafe\u0301", "café"),
    "joiners that scripts need": ("می\u200cخواهم", "می\u200cخواهم"),
    "right-to-left marks": ("\u200fשלום", "\u200fשלום"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_html_becomes_plain_text(name: str) -> None:
    source, plain = PLAIN[name]
    assert plain_text(source) == plain


def test_a_line_folds_paragraphs_and_lines_can_be_paragraphs() -> None:
    assert plain_line("<p>One</p>\n<p>Two</p>") == "One Two"
    assert lines_as_paragraphs("One \n\n Two\u202e\n") == "One\n\nTwo"


@pytest.mark.parametrize(
    "source", ["<div>" * 200_000, "<p" * 300_000, "<br> " * 200_000, "<p>" + " " * 1_000_000, "&" * 1_000_000,
               "&#" * 300_000, "<!--" * 200_000, "<a <b " * 100_000, "\n \n" * 200_000,
               "a" + "\u0301\u0316" * 300_000, "a" + "\u0301\uff9e\u0316" * 200_000,
               "\u0f40" + "\u0f71\u0f72\u0f74" * 200_000],
)  # fmt: skip
def test_hostile_lengths_and_depths_are_read_in_a_moment(source: str) -> None:
    """Without a bound the HTML parser takes the square of the depth: 100,000 open elements, 16 seconds.

    So does sorting the marks on a letter: 80,000 of them, 7 seconds.
    """
    assert len(plain_text(source)) <= 500_000


def test_no_more_marks_stay_on_a_letter_than_any_language_has() -> None:
    for text in (
        "e\u0323\u0302\u0301",
        "\u05e9\u05c1\u05b8\u0591",
        "\u0e01\u0e33\u0e4a",
        "👩🏽\u200d🚒\ufe0f" * 9,
        "—…“”„‚‘’‹›" * 9,
    ):
        assert plain_line(text) == unicodedata.normalize("NFC", text)
    assert plain_line("a" + "\u0316" * 20 + "b") == "a" + "\u0316" * 8 + "b"


@given(st.text() | st.text(alphabet="<>/abp!-&;#x =\"'\n").map(lambda text: f"<p>{text}"))
def test_no_text_leaves_anything_unwanted(source: str) -> None:
    plain = plain_text(source)
    kinds = {unicodedata.category(c) for c in plain.replace("\n", "")}
    assert not kinds & {"Cc", "Cs", "Co"}
    assert not set(plain) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\ufeff")
    assert "  " not in plain and plain == plain.strip()
