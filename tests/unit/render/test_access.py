"""What the Email Markup Consortium asks of a mail: lang, dir, role, alt, title, headings, link text, readable sizes."""

from __future__ import annotations

import re
from functools import cache

import pytest
from lxml.html import HtmlElement, document_fromstring

import press
from digest.words import LANGUAGES

EVERY = [(theme, language) for theme in press.THEMES for language in LANGUAGES]
VAGUE = {"here", "click here", "read more", "more", "link", "this"}


@cache
def mail(theme: str, language: str) -> HtmlElement:
    """An edition with every block, its first story leading, without comments."""
    whole = press.compiled(theme=theme, language=language)
    leads = [key for key in whole.fragments if key.startswith("lead:")]
    html, _ = press.read(whole, [key for key in whole.fragments if key not in {*leads[1:], "view-all"}])
    return document_fromstring(re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))


@pytest.mark.parametrize(("theme", "language"), EVERY)
def test_language_and_direction_stand_on_the_document_and_on_its_wrapper(theme: str, language: str):
    page = mail(theme, language)
    (wrapper,) = page.xpath("//body/div[@role='article']")
    for element in (page, wrapper):
        assert element.get("lang") == language
        assert element.get("dir") == ("rtl" if language == "ar" else "ltr")
    assert wrapper.get("aria-label") == page.findtext(".//title")
    assert wrapper.get("aria-label").startswith("The Example Weekly, ")


@pytest.mark.parametrize(("theme", "language"), EVERY)
def test_tables_of_the_layout_are_presentation(theme: str, language: str):
    assert {table.get("role") for table in mail(theme, language).iter("table")} == {"presentation"}


@pytest.mark.parametrize(("theme", "language"), EVERY)
def test_headings_begin_at_one_and_skip_no_level(theme: str, language: str):
    levels = [int(h.tag[1]) for h in mail(theme, language).iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))


@pytest.mark.parametrize(("theme", "language"), EVERY)
def test_every_link_says_where_it_leads_and_every_picture_what_it_shows(theme: str, language: str):
    page = mail(theme, language)
    assert all(image.get("alt") for image in page.iter("img"))
    for link in page.iter("a"):
        said = " ".join([link.text_content(), *(image.get("alt") for image in link.iter("img"))]).strip()
        assert said
        assert said.lower() not in VAGUE


@pytest.mark.parametrize(("theme", "language"), EVERY)
def test_no_text_is_smaller_than_14_pixels_or_justified(theme: str, language: str):
    styles = " ".join(element.get("style", "") for element in mail(theme, language).iter() if element.get("style"))
    sizes = {float(size) for size in re.findall(r"font-size:\s*([\d.]+)px", styles)} - {0.0}
    assert min(sizes) >= 14
    assert "justify" not in styles


@pytest.mark.parametrize("language", LANGUAGES)
def test_right_to_left_reaches_every_section_and_no_other(language: str):
    directions = {
        found
        for element in mail("editorial", language).iter()
        for found in re.findall(r"direction:\s*(\w+)", element.get("style", ""))
    }
    assert directions == {"rtl" if language == "ar" else "ltr"}
