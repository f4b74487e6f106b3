"""The editor's preview in a real browser: it shows any reader's mail, follows what is saved, and runs nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from digest.config.shipped import shipped
from playing import PHONE, Show, Visitor, visitor, with_first_story

pytestmark = pytest.mark.browser

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
        expect(page.get_by_role("table").first.get_by_role("row")).to_have_count(4)
        expect(page.get_by_role("table").last.get_by_text("The Meridian Wire")).to_be_visible()
        page.get_by_role("link", name=played.draft).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(played.draft)
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


def test_a_link_of_the_shown_mail_opens_a_tab_of_its_own(editor: Visitor):
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
    expect(editor.page.locator("#board")).to_contain_text("<script>alert(1)</script>")
    expect(mail(editor.page)).to_contain_text("alert(1)")
    frame = editor.page.frame_locator("#mail")
    expect(frame.locator("script, [onerror], [onload], a[href^=javascript]")).to_have_count(0)


def test_a_mail_with_a_script_of_its_own_cannot_run_it(played: Show, editor: Visitor):
    """The last line of defence, were all others to fail: the frame's sandbox and its policy."""
    editor.page.route("**/html?*", with_script)
    editor.page.reload()
    expect(mail(editor.page)).to_contain_text("The Daily Brief")
    assert editor.page.title() != "taken over"
    assert [said for said in editor.complaints if "Blocked script execution" in said]
    editor.complaints.clear()


def with_script(route) -> None:
    answer = route.fetch()
    code = "top.document.title = 'taken over'"
    script = f'<script>{code}</script><img src="data:image/png,x" onerror="{code}">'
    route.fulfill(response=answer, body=answer.text().replace("</body>", script + "</body>"))


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
    wanted = page.evaluate("""() => [...document.querySelectorAll("a[href], iframe, [tabindex='0']")]
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
