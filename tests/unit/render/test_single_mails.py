"""Mails to one person: in the newsletter's language, and whatever a form brought stays text."""

from __future__ import annotations

import pytest

import press
from digest.words import LANGUAGES, words


def written(template: str, language: str = "en", **fields: object) -> str:
    values = {"name": "Ada", "newsletter": press.newsletter(language=language), "site": press.SITE}
    values |= {"link": "https://press.example.com/r/x", "subject": "A subject", "catalog": words(language)}
    return press.TEMPLATES.render(f"single/{template}", values | fields)


@pytest.mark.parametrize("name", ["confirm.html", "known.html", "new-address.html", "old-address.html", "erase.html"])
def test_a_name_from_a_form_is_no_markup(name: str):
    html = written(name, name="<img src=x onerror=alert(1)>")
    assert "<img" not in html
    assert "Hello &lt;img" in html


@pytest.mark.parametrize("name", ["confirm", "known", "new-address", "old-address", "erase"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_say_it_in_the_newsletters_language(name: str, language: str):
    catalog = words(language)
    greeting = catalog.gettext("Hello %(name)s,") % {"name": "Ada"}
    html, text = (written(f"{name}.{kind}", language) for kind in ("html", "txt"))
    assert greeting in html
    assert greeting in text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert all(len(line) <= 72 for line in text.split("\n")[1:])
