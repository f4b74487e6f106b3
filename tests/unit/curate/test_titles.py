"""Which titles are forms of one title."""

from __future__ import annotations

import pytest

from digest.curate.titles import bare_title, same_title, title_form

TITLE = "Regulator fines three banks over chatbot that gave mortgage advice"


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("outlet behind a dash", f"{TITLE} - Reuters"),
        ("outlet behind a bar", f"{TITLE} | The Evening Ledger"),
        ("wire mark", f"UPDATE 2-{TITLE}"),
        ("exclusive", f"Exclusive: {TITLE}"),
        ("mark behind a dash", f"BREAKING - {TITLE}"),
        ("other punctuation", "Regulator fines three banks, over ‘chatbot’ that gave mortgage advice!"),
        ("a word dropped", "Regulator fines three banks over chatbot that gave advice"),
        ("two words swapped", "Regulator fines banks three over that chatbot gave mortgage advice"),
        ("cut off inside a word", "Regulator fines three banks over chatbot th…"),
        ("cut off at the half", "Regulator fines three banks over chat..."),
        ("plural and case", "Regulators fine three banks over chatbots that gave mortgage advice"),
        ("accents", "Régulator fines three banks over chatbot that gave mortgage advice"),
    ],
)
def test_forms_of_one_title_are_the_same(what: str, form: str) -> None:
    assert same_title(title_form(form), title_form(TITLE)), what
    assert same_title(title_form(TITLE), title_form(form)), what


@pytest.mark.parametrize(
    ("what", "one", "other"),
    [
        ("another number", "Apple unveils iPhone 12 with new camera", "Apple unveils iPhone 13 with new camera"),
        ("another issue", "These weeks in Firefox: Issue 85", "These weeks in Firefox: Issue 86"),
        ("one series", "The Palace: More reviews from visitors", "The Palace: The beauty of the festival"),
        ("one subject", "Robots learn to fold laundry", "Robots learn to walk on sand"),
        ("a short beginning", "Donald Trump", "Donald Trump advises Boeing to rebrand its 737 Max"),
        ("nothing", "", ""),
    ],
)
def test_other_titles_are_not(what: str, one: str, other: str) -> None:
    assert not same_title(title_form(one), title_form(other)), what


@pytest.mark.parametrize(
    ("title", "outlet", "bare"),
    [
        ("Rain stops play - The Guardian", "", "Rain stops play"),
        ("Rain stops play all day | tennis", "", "Rain stops play all day | tennis"),
        ("Rain stops play all day | tennis", "Tennis", "Rain stops play all day"),
        ("Apple - Wikipedia the free encyclopedia", "", "Apple - Wikipedia the free encyclopedia"),
        ("Watch: rover lands on Mars", "", "rover lands on Mars"),
        ("Live wires and how to cut them", "", "Live wires and how to cut them"),
        ("Exclusive:", "", "Exclusive:"),
    ],
)
def test_what_is_left_without_marks_and_outlet(title: str, outlet: str, bare: str) -> None:
    assert bare_title(title, outlet) == bare


def test_titles_without_spaces_are_compared_too() -> None:
    assert same_title(title_form("人工知能が囲碁の名人に勝利した"), title_form("人工知能が囲碁の名人に勝利"))
    assert not same_title(title_form("人工知能が囲碁の名人に勝利した"), title_form("東京で大雨による被害が広がる"))
