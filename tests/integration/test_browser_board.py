"""The board in a real browser: by mouse, by keys alone, without scripts, and with two editors at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from axe import faults
from digest.model.access import Actor, Role
from digest.model.editing import Pin
from digest.model.issue import Issue
from digest.pipeline.editing import edit_issue, start_over
from playing import PHONE, Show, Visitor, visitor

pytestmark = pytest.mark.browser

BEA = Actor("bea", Role.EDITOR)
PREFLIGHT = 60_000
"""Milliseconds until every block has been looked at, on a busy machine."""


@pytest.fixture(autouse=True)
def _as_it_was(played: Show) -> Iterator[None]:
    yield
    start_over(played.app.press, played.draft, BEA, played.app.clock())


@pytest.fixture
def editor(played: Show, browser: Browser) -> Iterator[Visitor]:
    """Somebody at the board of the draft."""
    with visitor(played, browser, viewport={"width": 1600, "height": 950}) as guest:
        guest.goes_to(f"/editor/issues/{played.draft}")
        yield guest


def issue(played: Show) -> Issue:
    return played.app.press.issue(played.draft)


def titles(page: Page, category: str) -> list[str]:
    return page.locator(f'ol[data-category="{category}"] .title').all_inner_texts()


def card(page: Page, title: str) -> Locator:
    """The first of that title: a story may stand in several categories."""
    return page.locator(".stories .card", has_text=title).first


def first_two(played: Show) -> tuple[str, list[str]]:
    """A category with at least two stories, and their titles."""
    content = issue(played).content
    section = next(s for s in content.sections if len(s.stories) > 1)
    known = {item.story: item.title for item in content.stories}
    return section.category, [known[story] for story in section.stories]


def test_a_story_is_dragged_to_another_place(played: Show, editor: Visitor):
    page, (category, before) = editor.page, first_two(played)
    card(page, before[0]).locator(".teaser").drag_to(card(page, before[1]).locator(".meta"))
    expect(page.locator(".history summary")).to_have_text("1 edit")
    assert titles(page, category) == [before[1], before[0], *before[2:]]


def test_an_article_is_dragged_from_the_pool(played: Show, editor: Visitor):
    page = editor.page
    category, there = first_two(played)
    candidate = page.locator(".candidate").first
    title = candidate.locator(".title").inner_text()
    candidate.locator(".meta").drag_to(card(page, there[0]).locator(".teaser"))
    expect(page.locator(f'ol[data-category="{category}"]')).to_contain_text(title)
    expect(page.locator("#found")).not_to_contain_text(title)
    expect(card(page, title)).to_contain_text("brought in")


def test_everything_by_keys_alone(played: Show, editor: Visitor):
    page, (category, before) = editor.page, first_two(played)
    keys = page.keyboard
    while page.evaluate("document.activeElement.closest('.card')?.querySelector('.title').innerText") != before[0]:
        keys.press("j")
    keys.press("Alt+ArrowDown")
    expect(page.locator(f'ol[data-category="{category}"] .title').first).to_have_text(before[1])
    expect(card(page, before[0])).to_be_focused()
    keys.press("p")
    expect(card(page, before[0])).to_contain_text("pinned")
    expect(card(page, before[0])).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_label("Title")).to_be_visible()
    page.get_by_label("Teaser", exact=True).fill("Words that an editor wrote.")
    keys.press("Control+Enter")
    expect(card(page, before[0])).to_contain_text("Words that an editor wrote.")
    expect(card(page, before[0])).to_be_focused()
    keys.press("x")
    expect(page.locator(".stories .card", has_text=before[0])).to_have_count(0)
    keys.press("Control+z")
    expect(card(page, before[0])).to_be_visible()
    keys.press("/")
    expect(page.get_by_label("Search the pool")).to_be_focused()
    keys.press("Escape")
    keys.press("Enter")
    expect(page.locator(".stories .tag", has_text="brought in")).to_have_count(1)
    keys.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    keys.press("Escape")


def test_the_palette_finds_stories_and_deeds_by_name(played: Show, editor: Visitor):
    page, (_, before) = editor.page, first_two(played)
    page.keyboard.press("Control+k")
    page.keyboard.type(before[1][:12])
    page.keyboard.press("Enter")
    expect(card(page, before[1])).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".stories .card", has_text=before[1])).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("undo")
    page.keyboard.press("Enter")
    expect(card(page, before[1])).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    expect(page.get_by_text("Nothing has that in its name")).to_be_visible()
    page.keyboard.press("Escape")


def test_doubts_are_told_while_typing_and_a_restore_brings_the_old_words_back(played: Show, editor: Visitor):
    page, (_, before) = editor.page, first_two(played)
    card(page, before[0]).get_by_role("link", name=before[0]).click()
    teaser = page.get_by_label("Teaser", exact=True)
    old = teaser.input_value()
    expect(page.locator(".source mark").first).to_be_visible()
    teaser.fill("Miriam Castellanos paid 77 million dollars.")
    expect(page.locator("#doubts")).to_contain_text("77 million")
    expect(page.locator("#teaser-count output")).to_have_text("43")
    page.get_by_role("button", name="Save").click()
    expect(card(page, before[0])).to_contain_text("rewritten")
    card(page, before[0]).get_by_role("link", name=before[0]).click()
    page.get_by_role("button", name="Restore").first.click()
    expect(teaser).to_have_value(old)
    page.get_by_role("button", name="Save").click()
    expect(card(page, before[0])).not_to_contain_text("rewritten")


def test_the_subject_is_written_in_place(played: Show, editor: Visitor):
    page, (_, before) = editor.page, first_two(played)
    page.get_by_role("link", name="Write the subject").click()
    page.get_by_label("What an inbox shows first").fill("{count} things to know")
    page.get_by_role("checkbox", name=before[0]).check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".lines")).to_contain_text("{count} things to know")
    assert issue(played).content.subject.text == "{count} things to know"


def test_what_another_editor_does_shows_by_itself_and_is_said(played: Show, editor: Visitor):
    page, (_, before) = editor.page, first_two(played)
    story = next(item.story for item in issue(played).content.stories if item.title == before[1])
    edit_issue(played.app.press, played.draft, Pin(story), BEA, played.app.clock())
    expect(card(page, before[1])).to_contain_text("pinned", timeout=10_000)
    expect(page.locator("#say")).to_contain_text("bea pinned")


def test_the_board_works_without_scripts(played: Show, browser: Browser):
    category, before = first_two(played)
    with visitor(played, browser, java_script_enabled=False) as guest:
        page = guest.goes_to(f"/editor/issues/{played.draft}")
        page.get_by_role("button", name=f"Down: {before[0]}").click()
        assert titles(page, category)[:2] == [before[1], before[0]]
        page.get_by_role("link", name=before[0]).click()
        page.get_by_label("Title").fill("Without scripts")
        page.get_by_role("button", name="Save").click()
        expect(card(page, "Without scripts")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(card(page, before[0])).to_be_visible()


def test_the_board_fits_a_phone(played: Show, browser: Browser):
    with visitor(played, browser, **PHONE) as guest:
        page = guest.goes_to(f"/editor/issues/{played.draft}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        box = page.locator(".stories .tools button").first.bounding_box()
        assert box["height"] >= 44


ROOMS = ("", "/feeds", "/readers", "/schedule", "/settings")


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 1600),
        pytest.param("dark", 1100, marks=pytest.mark.soak),
        pytest.param("light", 390, marks=pytest.mark.soak),
        ("dark", 320),
    ],
)
def test_axe_finds_nothing_on_the_board_its_sheets_and_the_rooms(
    played: Show, browser: Browser, scheme: str, width: int
):
    board, (_, before) = f"/editor/issues/{played.draft}", first_two(played)
    with visitor(played, browser, color_scheme=scheme, viewport={"width": width, "height": 800}) as guest:
        page = guest.page

        def look(place: str = "html") -> None:
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
            assert faults(page, place) == [], page.url

        for path in (*(f"/editor{room}" for room in ROOMS), f"{board}/pool", f"{board}/lines/intro", board):
            guest.goes_to(path)
            look()
        card(page, before[0]).get_by_role("link", name=before[0]).click()
        expect(page.get_by_label("Teaser", exact=True)).to_be_visible()
        look("#sheet-box")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        expect(page.locator("#commands li").first).to_be_visible()
        look("#palette")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        look("#keys")


def test_what_preflight_finds_stands_beside_the_board_and_leads_to_the_card(played: Show, editor: Visitor):
    page, (_, before) = editor.page, first_two(played)
    pane = page.frame_locator("#pane iframe")
    expect(pane.get_by_text("Preflight:")).not_to_contain_text("looking", timeout=PREFLIGHT)
    card(page, before[0]).get_by_role("link", name=before[0]).click()
    page.get_by_label("Teaser", exact=True).fill("Hello %%FIRST_NAME%%, trains were rebooked.")
    page.get_by_role("button", name="Save").click()
    finding = pane.locator(".findings li", has_text="text-placeholder")
    expect(finding).not_to_have_count(0, timeout=PREFLIGHT)
    pane.locator(".checks summary").first.click()
    finding.locator("a.jump").first.press("Enter")
    expect(card(page, before[0])).to_be_focused()
    expect(pane.locator("#mail")).to_have_attribute("src", re.compile("#block-"))
