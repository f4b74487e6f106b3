"""A morning at the desk in a browser: a draft waits, is shaped, looked at, tried, approved, and watched as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from build import consent, preferences, subscriber_draft
from digest.model.ids import IssueId, NewsletterSlug
from digest.model.issue import Cadence, IssueState
from digest.model.people import ConsentKind
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.slots import next_slot_of
from playing import Show, Visitor, visitor

pytestmark = pytest.mark.browser

DAILY = NewsletterSlug("daily")
PREFLIGHT = 60_000
"""Milliseconds until every block has been looked at, on a busy machine."""


@pytest.fixture
def morning(played: Show) -> Show:
    """The demonstration with the draft of a later day: what happens to it cannot be taken back."""
    press, now = played.app.press, played.app.clock()
    approved, draft = press.issue(played.approved), press.issue(played.draft)
    slot = next_slot_of(press.newsletter(DAILY), approved.send_at)
    unedited = press.store.edits.log(draft.id).base  # other walks of this process have edited the draft itself
    waits = replace(draft, id=IssueId(f"daily-{slot.on}"), slot=slot.on, send_at=slot.at, version=1, content=unedited)
    assert press.store.issues.create(waits, now)
    return replace(played, draft=waits.id)


@pytest.fixture
def article() -> Iterator[str]:
    """The address of a page that no feed has."""
    told = "The council has bought two kites and hired a teacher for them, who begins in the spring. " * 12
    html = f"<html><head><title>Kites of the morning</title></head><body><article><p>{told}</p></article></body></html>"

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/kites"
        server.shutdown()


def places(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Issue").get_by_role("link", name=name, exact=True).click()


def shape(page: Page, address: str) -> None:
    """Drops one, moves one, rewrites a teaser (with a slip), and adds an article by its address."""
    titles = page.locator(".stories .title")
    first, second = titles.nth(0).inner_text(), titles.nth(1).inner_text()
    page.get_by_role("button", name=f"Down: {first}").first.click()
    expect(titles.nth(0)).to_have_text(second)
    page.get_by_role("button", name=f"Drop: {second}").first.click()
    expect(titles.filter(has_text=second)).to_have_count(0)
    page.get_by_role("link", name=first).first.click()
    page.get_by_label("Teaser", exact=True).fill("Hello %%FIRST_NAME%%, trains were rebooked.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".stories")).to_contain_text(["%%FIRST_NAME%%"])
    page.get_by_role("link", name="Add by address").click()
    page.get_by_label("Address of its page").fill(address)
    page.get_by_label("Under").select_option(index=1)
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".card", has_text="Kites of the morning")).to_contain_text("brought in")


def look_as_three_readers(page: Page) -> None:
    """On a phone, in the dark."""
    places(page, "Preview")
    for reader in ("few", "no-name", "right-to-left"):
        page.get_by_label("Reader", exact=True).select_option(reader)
        page.get_by_role("group", name="Eyes").get_by_role("link", name="Dark", exact=True).click()
        page.get_by_role("group", name="Width").get_by_role("link", name="Phone", exact=True).click()
        expect(page.frame_locator("#mail").locator("body")).to_be_visible()
        assert page.locator("#mail").bounding_box()["width"] < 400


def mend_what_preflight_finds(page: Page) -> None:
    places(page, "Approve")
    finding = page.locator("#findings, section").filter(has_text="text-placeholder").first
    expect(finding).to_be_visible(timeout=PREFLIGHT)
    places(page, "Board")
    page.locator(".card", has_text="%%FIRST_NAME%%").first.get_by_role("link").first.click()
    page.get_by_role("button", name="Restore").first.click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Save").click()
    expect(page.locator(".stories").filter(has_text="%%FIRST_NAME%%")).to_have_count(0)


def test_from_a_waiting_draft_to_an_issue_that_has_gone(morning: Show, browser: Browser, article: str):
    with visitor(morning, browser, viewport={"width": 1600, "height": 950}) as editor:
        page = editor.goes_to("/editor")
        page.get_by_role("link", name=morning.draft).click()
        shape(page, article)
        look_as_three_readers(page)
        mend_what_preflight_finds(page)
        send_a_test(morning, page)
        approve(morning, page)
        watch_it_go(morning, editor)


def send_a_test(morning: Show, page: Page) -> None:
    places(page, "Test")
    page.get_by_label("Other addresses").fill("ed@example.com")
    page.get_by_role("button", name="Send the test").click()
    expect(page.get_by_role("status")).to_contain_text("ed@example.com")
    [mail] = morning.mails("ed@example.com")
    assert mail["Subject"].startswith("[Test] ")
    assert "List-Unsubscribe" not in mail


def approve(morning: Show, page: Page) -> None:
    places(page, "Approve")
    expect(page.locator("#findings")).to_contain_text("No errors", timeout=PREFLIGHT)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status").first).to_contain_text("Approved by you", timeout=PREFLIGHT)
    found = morning.app.press.issue(morning.draft)
    assert found.state is IssueState.APPROVED
    expect(page.locator("#hash")).to_have_text(found.approval_hash)


def watch_it_go(morning: Show, editor: Visitor) -> None:
    app = morning.app
    rows = [(subscriber_draft(f"morning{n}@example.com"), DAILY, preferences(cadence=Cadence.DAILY)) for n in range(5)]
    app.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    before = len(morning.on.mailroom.files())
    places(editor.page, "Watch")
    found = app.press.issue(morning.draft)
    with ThreadPoolExecutor(1) as aside:  # the browser's event loop runs in this thread
        due = found.send_at + timedelta(hours=16)  # by then it is half past six wherever its readers are
        sent = aside.submit(deliver_issue, app.press, found, app.transport(), lambda: due).result()
    assert sent.finished
    editor.page.reload()
    expect(editor.page.locator("body")).to_contain_text("nobody is waiting any more")
    told = morning.on.mailroom.files()[before:]
    assert len(told) == sent.counts["sent"] > 0
    approved = app.press.issue(morning.draft).approval_hash
    assert all(approved.encode() in file.read_bytes() for file in told)
