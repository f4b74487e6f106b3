"""Taking an issue along, approving it, adding to it and pulling a story from it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import press as small
from axe import faults
from databases import ADDRESS_KEY
from digest.app import App
from digest.compose.packing import pack, unpack
from digest.config.machine import GatherSettings
from digest.model.issue import IssueState
from digest.pipeline.delivering import deliver_issue
from digest.store.store import open_store
from fakes import FakeTransport
from send_ground import with_readers
from serving import running
from visits import small_app
from web_site import web_site

pytestmark = pytest.mark.browser

ID = "weekly-2026-11-24"
ISSUE = f"/editor/issues/{ID}"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A desk that may fetch from this machine."""
    open_store("sqlite:///template.sqlite3", tmp_path, ADDRESS_KEY).close()
    with small_app(tmp_path, tmp_path / "template.sqlite3", 1) as built:
        settings = built.settings.model_copy(update={"gather": GatherSettings(allow_networks=("127.0.0.0/8",))})
        loaded, press = replace(built.loaded, settings=settings), replace(built.press, settings=settings)
        yield replace(built, loaded=loaded, press=press)


@pytest.fixture
def desk(app: App) -> Iterator[str]:
    with running(app) as url:
        yield url + ISSUE


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 750})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def half_sent(app: App) -> None:
    with_readers(app.press.store, 30, "privacy", "security", "robotics")
    sent: list[object] = []
    issue = app.press.issue(ID)
    deliver_issue(app.press, issue, FakeTransport(), app.clock, on_outcome=sent.append, stopping=lambda: len(sent) > 4)


def test_from_a_review_to_an_approval_to_a_story_that_is_pulled(app: App, desk: str, page: Page, tmp_path: Path):
    page.goto(f"{desk}/files")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Download").click()
    files = unpack(saving.value.path().read_bytes(), "x.zip")
    one = next(name for name in files if name.startswith("stories/01"))
    changed = tmp_path / "reviewed.zip"
    changed.write_bytes(pack(files | {one: files[one].replace(b"Regulator", b"Court")}, ID))
    page.get_by_label("The .zip").set_input_files(changed)
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_role("table")).to_contain_text("title: Court tells hospitals to stop")
    page.get_by_label("The .zip").set_input_files(changed)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("The issue is a draft with these changes")).to_be_visible()

    with web_site() as outlet:
        page.goto(f"{desk}/add")
        expect(page.get_by_label("Address of its page")).to_be_focused()  # a moment after the page is there
        page.keyboard.type(f"{outlet.url}/1")
        expect(page.get_by_label("Address of its page")).to_have_value(f"{outlet.url}/1")
        page.keyboard.press("Tab")
        page.keyboard.type("Robotics")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(desk)
        expect(page.get_by_text("Council switches cameras off").first).to_be_visible()

    page.goto(f"{desk}/approve")
    expect(page.get_by_text("1 warning").or_(page.get_by_text("Nothing is wrong"))).to_be_visible()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Approve").press("Enter")
    expect(page.locator("#hash")).to_have_text(app.press.issue(ID).approval_hash)

    half_sent(app)
    page.goto(f"{desk}/pull")
    page.get_by_role("link", name="Pull: Court tells hospitals to stop").press("Enter")
    page.get_by_role("button", name="Pull it").press("Enter")
    expect(page.get_by_text("revision 1 became 2")).to_be_visible()
    page.get_by_role("button", name="Resume sending without it").press("Enter")
    page.wait_for_url("**/watch")
    assert (app.press.issue(ID).state, app.press.issue(ID).revision) == (IssueState.SENDING, 2)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 390)])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(app: App, desk: str, browser: Browser, scheme: str, width: int):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()

    def look(path: str) -> None:
        page.goto(f"{desk}/{path}")
        expect(page.get_by_text("Looking at every block")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert faults(page) == [], path

    for path in ("files", "approve", "add", "pull"):
        look(path)
    page.goto(f"{desk}/approve")
    page.get_by_role("button", name="Approve").click()
    page.locator("#hash").wait_for()
    look("approve")
    half_sent(app)
    for path in ("pull", f"pull/{small.stories()[0].story}"):
        look(path)
    page.get_by_role("button", name="Pull it").click()
    look("pull")
    context.close()
