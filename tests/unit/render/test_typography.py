"""Typography: quotes, dashes, widows and links."""

from __future__ import annotations

from datetime import date

import pytest

from digest.render import typography


@pytest.mark.parametrize(
    ("plain", "language", "printed"),
    [
        ('He said "yes" and left', "en", "He said “yes” and left"),
        ("It isn't O'Brien's", "en", "It isn’t O’Brien’s"),
        ("the '90s were 'fine'", "en", "the ’90s were ‘fine’"),
        ('("quoted")', "en", "(“quoted”)"),
        ('Er sagte "ja"', "de", "Er sagte „ja“"),
        ("wait...", "en", "wait…"),
        ("this -- that - those", "en", "this – that – those"),
        ("state-of-the-art", "en", "state-of-the-art"),
        ("already “curly” and ’tis", "en", "already “curly” and ’tis"),
        ("  two \n\t spaces  ", "en", "two spaces"),
        ("", "en", ""),
    ],
)
def test_text_is_polished(plain: str, language: str, printed: str):
    assert typography.polish(plain, language) == printed


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("Parliament votes to label it", "Parliament votes to label\u00a0it"),
        ("Too short here", "Too short here"),
        ("A long last word internationalisation", "A long last word internationalisation"),
        ("One", "One"),
    ],
)
def test_the_last_short_word_of_a_title_is_not_left_alone(plain: str, printed: str):
    assert typography.title(plain) == printed


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("https://a.example/x?y=1&z=%20#f", "https://a.example/x?y=1&z=%20#f"),
        ("https://a.example/ä b", "https://a.example/%C3%A4b"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("JAVASCRIPT:alert(1)", "#"),
        ("vbscript:x", "#"),
        ("/relative", "#"),
        ("http://[", "#"),
    ],
)
def test_only_web_and_mail_addresses_may_be_pressed(given: str, safe: str):
    assert typography.link(given) == safe


def test_lines_are_wrapped_with_indents_and_long_words_stay_whole():
    lines = typography.wrap("word " * 30 + "https://example.com/" + "x" * 80, "  ").split("\n")
    assert all(line.startswith("  ") for line in lines)
    assert lines[-1].strip() == "https://example.com/" + "x" * 80


def test_dates_follow_the_language():
    one, two = date(2027, 4, 13), date(2027, 4, 14)
    assert typography.event_dates(one, None, "en") == "April 13, 2027"
    assert typography.event_dates(one, two, "de") == "13.–14. Apr. 2027"
    assert typography.leaf_month(one, "fr") == "avr."
