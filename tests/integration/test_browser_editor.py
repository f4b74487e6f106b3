"""The editor's preview in a real browser: it shows any reader's mail, follows what is saved, and runs nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from axe import faults
from digest.config.shipped import shipped
from digest.model.access import Actor, Role
from digest.model.editing import Drop, Retitle
from digest.pipeline.editing import edit_issue, start_over
from playing import PHONE, Show, Visitor, visitor, with_first_story

pytestmark = pytest.mark.browser

BEA = Actor("bea", Role.EDITOR)
SAVED = 10_000
"""Milliseconds until a saved file must show; it takes about half a second."""


def save(path: Path, text: str) -> None:
    """Saves as most editors do: a new file in the place of the old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".new").write_text(text, encoding="utf-8")
    path.with_suffix(".new").replace(path)


@pytest.fixture
def editor(played: Show, browser: Browser) -> Iterator[Visitor]:
    """Somebody at the draft."""
    with visitor(played, browser) as guest:
        guest.goes_to(f"/editor/issues/{played.draft}/preview")
        yield guest


def mail(page: Page):
    """The body of the mail that is shown."""
    return page.frame_locator("#mail").locator("body")


def choose(page: Page, group: str, name: str) -> None:
    link = page.get_by_role("group", name=group).get_by_role("link", name=name, exact=True)
    link.click()
    expect(link).to_have_attribute("aria-current", "true")


def test_an_editor_goes_from_the_list_to_any_readers_mail_in_any_form(played: Show, browser: Browser):
    with visitor(played, browser) as editor:
        page = editor.goes_to("/editor")
        page.get_by_role("link", name=played.draft).click()
        page.get_by_role("navigation", name="Issue").get_by_role("link", name="Preview").click()
        expect(mail(page)).to_contain_text("The Daily Brief")
        everything = page.locator("#inbox").inner_text()

        page.get_by_label("Reader", exact=True).select_option("few")
        expect(page.locator("#inbox")).to_contain_text("Jonas Lindgren")
        assert page.locator("#inbox").inner_text() != everything
        choose(page, "Width", "Phone")
        assert page.locator("#mail").bounding_box()["width"] == 390
        choose(page, "Part", "Text")
        expect(mail(page)).to_contain_text("THE DAILY BRIEF")
        choose(page, "Part", "Source")
        expect(mail(page)).to_contain_text("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
        choose(page, "Part", "HTML")
        expect(mail(page)).to_contain_text("<!doctype html>")
        choose(page, "Part", "Headers")
        expect(mail(page)).to_contain_text("one click is enough")
        choose(page, "Part", "Mail")
        choose(page, "Width", "Desktop")
        assert page.locator("#mail").bounding_box()["width"] > 600
        expect(page.locator("#inbox")).to_contain_text("Jonas Lindgren")


def test_a_wide_frame_is_drawn_smaller_and_says_so_and_a_free_one_takes_any_width(editor: Visitor):
    page = editor.page
    expect(page.locator("#scale")).to_contain_text("1024 pixels, shown at")
    choose(page, "Width", "Free")
    page.get_by_role("slider", name="Width").fill("500")
    expect(page.locator("#scale")).to_have_text("500 pixels")
    assert page.locator("#mail").bounding_box()["width"] == 500


def test_the_mails_own_design_for_the_dark_shows_on_a_light_desk(editor: Visitor):
    page = editor.page
    ground = "body => getComputedStyle(body.querySelector('.page') || body).backgroundColor"
    light = mail(page).evaluate(ground)
    choose(page, "Eyes", "Dark")
    expect(page.locator("#frame")).to_have_class(re.compile("dark"))
    assert mail(page).evaluate(ground) != light
    for eyes, words in (("Inverted", "approximation"), ("Gmail", "simulation"), ("Outlook", "simulation")):
        choose(page, "Eyes", eyes)
        expect(page.locator(".caveat")).to_contain_text(words)
        expect(mail(page)).to_contain_text("The Daily Brief")


def test_what_an_edit_does_not_touch_stays_and_the_mail_is_what_a_new_one_would_be(played: Show, editor: Visitor):
    page, press = editor.page, played.app.press
    expect(mail(page)).to_contain_text("The Daily Brief")
    shown = "document.getElementById('mail').contentDocument"
    page.evaluate(f"[...{shown}.links].at(-1).stays = true; {shown}.scrollingElement.scrollTop = 300")
    first, *_, last = press.issue(played.draft).content.stories
    try:
        for edit, words in (
            (Retitle(first.story, first.title, "Another title"), "Another title"),
            (Drop(last.story), ""),
        ):
            edit_issue(press, played.draft, edit, BEA, played.app.clock())
            expect(page.locator("#inbox")).to_have_attribute("data-version", str(press.issue(played.draft).version))
            expect(mail(page)).to_contain_text(words)
        assert page.evaluate(f"[...{shown}.links].at(-1).stays")
        assert page.evaluate(f"{shown}.scrollingElement.scrollTop") == 300
        changed = mail(page).inner_html()
        page.reload()
        expect(mail(page)).to_contain_text("Another title")
        assert changed == mail(page).inner_html()
    finally:
        start_over(press, played.draft, BEA, played.app.clock())


def test_an_edit_elsewhere_shows_by_itself_and_a_finding_leads_to_its_place(played: Show, editor: Visitor):
    page, press = editor.page, played.app.press
    page.get_by_text("worth knowing").click()
    page.locator(".findings a.jump").first.click()
    expect(page.locator("#mail")).to_have_attribute("src", re.compile("#block-"))
    before = press.issue(played.draft).content.stories[0]
    edit = Retitle(before.story, before.title, "Rewritten by somebody else")
    edit_issue(press, played.draft, edit, BEA, played.app.clock())
    try:
        expect(mail(page)).to_contain_text("Rewritten by somebody else", timeout=SAVED)
        expect(page.locator("#live")).to_contain_text("Updated")
    finally:
        start_over(press, played.draft, BEA, played.app.clock())


def test_the_pane_beside_the_board_shows_the_edited_story(played: Show, browser: Browser):
    with visitor(played, browser, viewport={"width": 1600, "height": 950}) as guest:
        page = guest.goes_to(f"/editor/issues/{played.draft}")
        pane = page.frame_locator(".pane iframe")
        expect(pane.frame_locator("#mail").locator("body")).to_contain_text("The Daily Brief")
        identity = played.app.press.issue(played.draft).content.sections[1].stories[-1]
        story = page.locator(f'.stories .card[data-story="{identity}"]').first
        story.focus()
        story.get_by_role("button", name="Pin").click()
        expect(pane.locator("#mail")).to_have_attribute("src", re.compile(f"#story-{identity}$"))
        start_over(played.app.press, played.draft, Actor("you", Role.ADMIN), played.app.clock())


def test_keys_change_the_way_to_look(editor: Visitor):
    page = editor.page
    for key, group, name in (
        ("1", "Width", "Phone"),
        ("d", "Eyes", "Dark"),
        ("t", "Part", "Text"),
        ("m", "Part", "Mail"),
    ):
        page.keyboard.press(key)
        link = page.get_by_role("group", name=group).get_by_role("link", name=name, exact=True)
        expect(link).to_have_attribute("aria-current", "true")
        page.wait_for_load_state()  # each is a page of its own, and hears keys when its scripts have run
    page.keyboard.press("]")
    expect(page.get_by_label("Reader", exact=True)).to_have_value("few")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Width Phone")


def test_a_subscriber_is_found_while_their_name_is_typed(played: Show, browser: Browser):
    reader = played.app.press.store.readers.all(limit=1)[0][0]
    with visitor(played, browser) as guest:
        page = guest.goes_to(f"/editor/issues/{played.sent}/preview")
        page.get_by_label("Subscriber by name or address").press_sequentially(reader.email[:6])
        option = page.locator(f'#people option[value="{reader.email}"]')
        expect(option).to_have_count(1)
        page.get_by_label("Subscriber by name or address").fill(reader.email)
        page.keyboard.press("Enter")
        expect(page.locator("#inbox")).to_contain_text("frozen for this reader")


@pytest.mark.parametrize(
    ("query", "scheme"),
    [
        ("", "dark"),
        pytest.param("", "light", marks=pytest.mark.soak),
        ("?pane=1", "light"),
        pytest.param("?pane=1", "dark", marks=pytest.mark.soak),
        ("?sight=outlook&width=free", "light"),
        pytest.param("?sight=outlook&width=free", "dark", marks=pytest.mark.soak),
        ("?part=headers", "dark"),
        pytest.param("?part=headers", "light", marks=pytest.mark.soak),
    ],
)
def test_axe_finds_nothing_on_the_preview(played: Show, browser: Browser, scheme: str, query: str):
    with visitor(played, browser, color_scheme=scheme) as guest:
        page = guest.goes_to(f"/editor/issues/{played.draft}/preview{query}")
        if "pane" not in query:
            page.locator("[data-load]").last.get_by_text("By source").wait_for()
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert faults(page) == []


def test_a_link_of_the_shown_mail_opens_a_tab_of_its_own(editor: Visitor):
    choose(editor.page, "Width", "Phone")  # Playwright finds no place in a frame that is drawn smaller
    with editor.page.context.expect_page() as opened:
        mail(editor.page).get_by_role("link", name="View online").click()
    assert "/r/view/" in opened.value.url
    expect(mail(editor.page)).to_contain_text("The Daily Brief")


def test_a_saved_template_shows_by_itself_and_a_broken_one_leaves_the_old_mail(played: Show, editor: Visitor):
    own = played.templates / "email" / "blocks" / "header.mjml"
    header = (shipped("templates") / "email" / "blocks" / "header.mjml").read_text(encoding="utf-8")
    page, live = editor.page, editor.page.locator("#live")
    try:
        for wordmark in ("Draft number one", "Draft number two"):
            save(own, header.replace("{{ newsletter.name }}", wordmark))
            expect(mail(page)).to_contain_text(wordmark, timeout=SAVED)
            expect(live).to_contain_text("Updated")
        save(own, header + "\n{% if %}")
        expect(live).to_contain_text(re.compile(r"header\.mjml:\d+"), timeout=SAVED)
        expect(live).to_have_class("refused")
        expect(mail(page)).to_contain_text("Draft number two")
    finally:
        own.unlink()
    expect(live).to_contain_text("Updated", timeout=SAVED)
    expect(mail(page)).to_contain_text("The Daily Brief")
    editor.complaints = [c for c in editor.complaints if "500" not in c]


def test_a_saved_configuration_shows_by_itself_and_a_wrong_one_says_why_and_leaves_the_old(
    played: Show, editor: Visitor
):
    good = played.config.read_text(encoding="utf-8")
    page, live = editor.page, editor.page.locator("#live")
    try:
        save(played.config, good.replace('"The Daily Brief"', '"The Daily Trial"'))
        expect(mail(page)).to_contain_text("The Daily Trial", timeout=SAVED)
        save(played.config, good.replace("[smtp]", "[smtp]\nprot = 25"))
        expect(live).to_contain_text("prot", timeout=SAVED)
        expect(live).to_contain_text("did you mean")
        expect(live).to_have_class("refused")
        expect(mail(page)).to_contain_text("The Daily Trial")
    finally:
        save(played.config, good)
    expect(mail(page)).to_contain_text("The Daily Brief", timeout=SAVED)
    expect(live).to_contain_text("Updated")


def test_a_configuration_saved_while_nobody_looked_shows_as_soon_as_somebody_does(played: Show, browser: Browser):
    good = played.config.read_text(encoding="utf-8")
    with visitor(played, browser) as editor:
        try:
            save(played.config, good.replace('"The Daily Brief"', '"The Daily Rest"'))
            page = editor.goes_to(f"/editor/issues/{played.draft}/preview")
            expect(mail(page)).to_contain_text("The Daily Rest", timeout=SAVED)
        finally:
            save(played.config, good)
        expect(mail(page)).to_contain_text("The Daily Brief", timeout=SAVED)


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_a_hostile_story_runs_nothing_in_the_preview(played: Show, editor: Visitor):
    with_first_story(played.app, played.draft, title=HOSTILE, outlet=HOSTILE, url="javascript:alert(3)")
    editor.page.reload()
    expect(editor.page.locator("#inbox")).to_contain_text("<script>alert(1)</script>")
    expect(mail(editor.page)).to_contain_text("alert(1)")
    frame = editor.page.frame_locator("#mail")
    expect(frame.locator("script, [onerror], [onload], a[href^=javascript]")).to_have_count(0)


def test_a_mail_with_a_script_of_its_own_cannot_run_it(played: Show, editor: Visitor):
    """The last line of defence, were all others to fail: the frame's sandbox and its policy."""
    editor.page.route("**/html?*", with_script)
    editor.page.reload()
    expect(mail(editor.page)).to_contain_text("The Daily Brief")
    mail(editor.page).evaluate("body => body.querySelector('#trap').click()")
    editor.page.wait_for_timeout(500)
    assert editor.page.title() != "taken over"
    assert [said for said in editor.complaints if "Blocked script execution" in said]
    editor.complaints.clear()


def with_script(route) -> None:
    answer = route.fetch()
    code = "top.document.title = 'taken over'"
    script = f'<script>{code}</script><img src="data:image/png,x" onerror="{code}">'
    beside = code.replace("top", "opener.top")
    link = f'<a id="trap" rel="opener" href="javascript:{beside}">To a window that is in no sandbox</a>'
    route.fulfill(response=answer, body=answer.text().replace("</body>", script + link + "</body>"))


def test_no_page_of_the_editor_scrolls_sideways_on_a_phone(played: Show, browser: Browser):
    with visitor(played, browser, viewport={"width": 320, "height": 640}) as editor:
        for address in (
            "/editor",
            *(f"/editor/issues/{played.draft}/preview?part={p}" for p in ("html", "text", "source")),
        ):
            page = editor.goes_to(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_everything_of_the_editor_is_reached_by_the_tab_key(editor: Visitor):
    page = editor.page
    page.locator("[data-load]").last.get_by_text("By source").wait_for()
    wanted = page.evaluate("""() => [...document.querySelectorAll("a[href], iframe, select, summary, [tabindex='0']")]
        .filter(element => element.checkVisibility())
        .map((element, number) => element.dataset.number = number).length""")
    inside = mail(page).get_by_role("link").count()
    reached = []
    for _ in range(wanted + inside):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset.number"))
    assert list(filter(None, dict.fromkeys(reached))) == [str(number) for number in range(wanted)]


def test_the_preview_says_that_its_server_has_stopped_and_is_good_again_by_itself(played: Show, browser: Browser):
    with visitor(played, browser, **PHONE) as editor:
        page = editor.page
        page.route("**/editor/changes*", lambda route: route.abort())
        editor.goes_to(f"/editor/issues/{played.draft}/preview")
        expect(page.locator("#live")).to_contain_text("does not answer")
        page.unroute("**/editor/changes*")
        expect(page.locator("#live")).to_be_empty()
        editor.complaints = [c for c in editor.complaints if "ERR_FAILED" not in c]
