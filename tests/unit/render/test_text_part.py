"""The text part: somebody's only version."""

from __future__ import annotations

import re

import pytest

import build
import press
from digest.config.publication import CategorySettings
from digest.model.stories import TeaserSource
from digest.model.wire import decode, fill
from digest.render.compile import compile_issue


@pytest.fixture(scope="module")
def text() -> str:
    """The text of all fragments."""
    return press.read(press.compiled())[1]


def test_no_line_but_a_link_is_longer_than_72_columns(text: str):
    long = [line for line in text.split("\n") if len(line) > 72]
    assert all("https://" in line for line in long)


def test_long_titles_teasers_and_introductions_are_wrapped():
    item = build.story_item(1, title="A title of many words " * 8, teaser=build.teaser("Words of a teaser " * 20))
    _, text = press.read(press.compiled(press.issue(item)))
    assert max(len(line) for line in text.split("\n") if "https://" not in line) <= 72


def test_it_begins_with_the_newsletters_name_in_capitals(text: str):
    assert text.startswith("THE EXAMPLE WEEKLY\nTuesday, November 24, 2026\n")


def test_sections_are_underlined_with_dashes(text: str):
    assert "\nSecurity & Safety\n-----------------\n" in text


def test_nothing_is_escaped_as_html(text: str):
    assert 'Regulator <stops> "it"; the hand that sews & mends' in text
    assert "&amp;" not in text


def test_a_story_has_the_same_number_as_lead_and_as_teaser():
    whole = press.compiled()
    told = [key.partition(":")[2] for key in whole.fragments if key.startswith("lead:")]
    assert len(told) == 5  # any story may lead, under each of its categories
    for of in told:
        lead, teaser = (press.text_of(whole, f"{kind}:{of}") for kind in ("lead", "teaser"))
        assert re.findall(r"\[\d+\]", lead) == re.findall(r"\[\d+\]", teaser) != []


def test_numbers_follow_the_issue_and_each_names_one_link(text: str):
    named = dict(re.findall(r"^ *\[(\d+)\] (\S+)$", text, re.MULTILINE))
    assert list(map(int, named)) == list(range(1, len(named) + 1))
    assert len(set(named.values())) == len(named)


def test_there_is_no_preheader_in_the_text():
    assert press.compiled().fragments["preheader"].text == ()


def test_the_reader_can_leave_from_the_text(text: str):
    assert f"Leave this newsletter:\n{press.PERSONAL['unsubscribe_url']}\n" in text


def test_no_more_than_two_empty_lines_follow_one_another(text: str):
    assert "\n\n\n\n" not in text


def test_the_lead_stands_under_a_heading_of_its_own():
    lead = press.text_of(press.compiled(), f"lead:{press.stories()[0].story}:privacy")
    assert lead.startswith("\n\nTop story\n---------\n\n  PRIVACY\n  Regulator tells")


def test_a_teaser_does_not_repeat_the_heading_that_it_stands_under(text: str):
    assert "Robotics\n--------\n\n  The hand that sews [" in text


def test_a_teaser_that_is_only_the_title_is_not_told_twice():
    item = build.story_item(1, title="All there is", teaser=build.teaser("All there is", source=TeaserSource.TITLE))
    whole = press.compiled(press.issue(item))
    for kind in ("lead", "teaser"):
        key = f"{kind}:{item.story}:privacy"
        assert press.text_of(whole, key).count("All there is") == 1
        assert 'class="text"' not in press.html_of(whole, key)


def test_a_category_may_be_called_like_an_unclosed_tag():
    odd = CategorySettings(slug="odd", name="A <b")
    issue = press.issue(build.story_item(1, categories=build.slugs("odd")))
    whole = compile_issue(issue, press.newsletter(), [odd], press.SITE, press.TEMPLATES)
    assert "  A <b (" in decode(b"".join(fill(whole.fragments["contents:odd"].text, {"count:odd": "1"})))
