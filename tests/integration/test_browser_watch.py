"""Watching an issue go in a real browser, while it is really sent: it moves by itself, is paused, resumed and done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from axe import faults
from build import WEEKLY, consent, preferences, subscriber_draft
from databases import ADDRESS_KEY
from digest.app import App
from digest.model.delivery import DeliveryState
from digest.model.issue import IssueState
from digest.model.people import ConsentKind
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.sharing import lend, link_of
from digest.store.store import open_store
from digest.web.access.actor import LOCAL
from mail_servers import MailServer, mail_server, usual
from serving import running
from visits import small_app

pytestmark = pytest.mark.browser

ID = "weekly-2026-11-24"
ISSUE = f"/editor/issues/{ID}"
READERS = 240


class Gate:
    """Lets as many mails through as it is told to, then all."""

    def __init__(self) -> None:
        self.allowed = threading.Semaphore(0)
        self.is_open = threading.Event()
        self.is_asked = threading.Event()

    def answer(self, said: str) -> str | None:
        if said.startswith("BODY") and not self.is_open.is_set():
            self.is_asked.set()
            self.allowed.acquire(timeout=30)
        return "550 5.1.1 no such user" if said.startswith("RCPT TO:<r5@") else usual(said, ())

    def open(self) -> None:
        self.is_open.set()
        self.allowed.release(READERS)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def mails(gate: Gate) -> Iterator[MailServer]:
    """A mail server behind the gate, that refuses one reader."""
    with mail_server() as server:
        server.answer = gate.answer
        yield server
        gate.open()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, mails: MailServer) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("watch")
    open_store("sqlite:///template.sqlite3", folder, ADDRESS_KEY).close()
    with small_app(folder, folder / "template.sqlite3", mails.port) as standing:
        built = replace(standing, clock=lambda: datetime.now(UTC))
        rows = [(subscriber_draft(f"r{n}@p{n % 3}.example"), WEEKLY, preferences("privacy")) for n in range(READERS)]
        built.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
        yield built


@pytest.fixture(scope="module")
def desk(app: App) -> Iterator[str]:
    with running(app) as url:
        yield url


@contextmanager
def page_of(browser: Browser, **options: object) -> Iterator[Page]:
    """A page on which nothing may go wrong."""
    context = browser.new_context(**({"viewport": {"width": 1100, "height": 800}} | options))
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
        assert [said for said in complaints if "ERR_NAME_NOT_RESOLVED" not in said] == []  # made-up pictures
    finally:
        context.close()


def send(app: App) -> None:
    """What the sender beside the pages does, until the issue is no longer being sent."""
    issue = app.press.issue(ID)
    if issue.state in {IssueState.APPROVED, IssueState.LOCKED, IssueState.SENDING}:
        deliver_issue(app.press, issue, app.transport(), app.clock)


def test_an_editor_watches_it_go_pauses_it_and_lets_it_go_on_by_keyboard(
    app: App, desk: str, browser: Browser, gate: Gate
):
    approve_issue(app.press, app.press.issue(ID), "ed", app.clock())
    with page_of(browser) as page:
        page.clock.install()
        page.goto(f"{desk}{ISSUE}/watch")
        expect(page.get_by_text("It has not gone")).to_be_visible()
        sender = threading.Thread(target=send, args=(app,))
        sender.start()
        assert gate.is_asked.wait(30)
        page.clock.fast_forward(10_000)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()  # the page looks again by itself
        gate.allowed.release(20)
        expect(page.locator(".states .sent dd")).not_to_have_text("0")
        gate.allowed.release(20)
        first = page.locator(".states .sent dd").inner_text()
        expect(page.locator(".states .sent dd")).not_to_have_text(first)
        page.get_by_role("button", name="Pause").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
        gate.open()
        sender.join()
        sent = app.press.store.ledger.counts(ID)[DeliveryState.SENT]
        assert 0 < sent < READERS
        page.reload()
        expect(page.locator(".states .sent dd")).to_have_text(f"{sent}")
        expect(page.get_by_text("Paused by you.")).to_be_visible()
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        sender = threading.Thread(target=send, args=(app,))
        sender.start()
        expect(page.get_by_role("heading", name="What came of it")).to_be_visible(timeout=60_000)
        sender.join()
        expect(page.locator(".states .sent dd")).to_have_text(f"{READERS - 1}")
        expect(page.get_by_text("550 5.1.1 no such user")).to_be_visible()


@pytest.fixture(scope="module")
def gone(app: App, gate: Gate) -> None:
    """The issue has been sent, by the test above or here."""
    gate.open()
    if app.press.issue(ID).state is IssueState.DRAFT:
        approve_issue(app.press, app.press.issue(ID), "ed", app.clock())
    send(app)


def test_without_scripts_the_page_says_the_same_when_it_is_loaded_anew(
    app: App, desk: str, browser: Browser, gone: None
):
    with page_of(browser, java_script_enabled=False) as page:
        page.goto(f"{desk}{ISSUE}/watch")
        expect(page.get_by_text("nobody is waiting any more")).to_be_visible()
        page.get_by_text("The same as a table").first.click()
        expect(page.get_by_role("cell", name=f"{READERS - 1}").first).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 1100),
        pytest.param("dark", 1100, marks=pytest.mark.soak),
        pytest.param("light", 375, marks=pytest.mark.soak),
        ("dark", 375),
    ],
)
def test_axe_finds_nothing_on_these_pages(app: App, desk: str, browser: Browser, scheme: str, width: int):
    share = lend(app.press, app.press.issue(ID), app.personas(), "all", 1, LOCAL, app.clock())
    lent = link_of(app.press, share).removeprefix(app.settings.web.public_url)
    paths = [f"{ISSUE}/{place}" for place in ("watch", "test", "share", "watch/cancel")] + [lent]
    with page_of(browser, color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True) as page:
        for path in paths:
            page.goto(desk + path)
            assert faults(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
