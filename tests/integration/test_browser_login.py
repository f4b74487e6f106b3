"""The desk behind its login in a real browser: by keyboard, with codes, in every light, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from axe import faults
from databases import ADDRESS_KEY
from digest.access.passwords import hashed
from digest.app import App
from digest.model.access import Role, Session, User
from digest.store.store import open_store
from digest.web.server import Offer
from serving import running
from visits import small_app

pytestmark = pytest.mark.browser

PASSWORD = "four plain words here"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("desk")
    open_store("sqlite:///template.sqlite3", folder, ADDRESS_KEY).close()
    with small_app(folder, folder / "template.sqlite3", 1) as built:
        yield built


@pytest.fixture(scope="module")
def desk(app: App) -> Iterator[str]:
    with running(app, Offer(editor=True)) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 750})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def ada(app: App) -> Iterator[str]:
    app.press.store.access.add_user(User("ada", Role.ADMIN, hashed(PASSWORD), app.clock()))
    yield "ada"
    app.press.store.access.remove_user("ada")


def type_in(page: Page, *fields: str) -> None:
    """Types one after the other, as hands on a keyboard do, once the page has put the cursor there."""
    page.wait_for_function("document.activeElement.matches('input')")
    for number, text in enumerate(fields):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_the_way_in_and_out_by_keyboard_alone(page: Page, desk: str, ada: str):
    page.goto(f"{desk}/editor/issues/weekly-2026-11-24/preview?part=text")
    expect(page.get_by_label("Name")).to_be_focused()
    type_in(page, ada, "a wrong password")
    expect(page.get_by_role("alert")).to_contain_text("That is not right")
    expect(page.get_by_label("Name")).to_have_value(ada)
    expect(page.get_by_label("Password")).to_be_focused()
    type_in(page, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_contain_text("The Example Weekly")
    expect(page.frame_locator("#mail").locator("body")).to_contain_text("EXAMPLE WEEKLY", ignore_case=True)
    page.get_by_role("button", name="Log out").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in to the desk")
    page.goto(f"{desk}/editor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in to the desk")


def test_codes_are_set_up_and_asked_for(page: Page, desk: str, ada: str, app: App):
    page.goto(f"{desk}/editor")
    type_in(page, ada, PASSWORD)
    page.get_by_role("link", name=ada).click()
    expect(page.get_by_role("img", name="QR code of the key")).to_be_visible()
    phone = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Code of the app").fill("000000" if phone.at(app.clock()) != "000000" else "000001")
    page.get_by_role("button", name="Ask for codes").click()
    expect(page.get_by_role("alert")).to_contain_text("is not the one that the app shows now")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Code of the app").fill(phone.at(app.clock()))
    page.get_by_role("button", name="Ask for codes").click()
    expect(page.get_by_role("status")).to_contain_text("asks for a code")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Name")).to_be_focused()
    type_in(page, ada, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("the code is wrong")
    expect(page.get_by_label("Password")).to_be_focused()
    type_in(page, PASSWORD, phone.at(app.clock() + timedelta(seconds=30)))
    expect(page.get_by_role("heading", level=1)).to_have_text("Issues")


def test_another_site_can_send_no_form(page: Page, desk: str, ada: str, app: App):
    page.goto(f"{desk}/editor")
    type_in(page, ada, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Issues")
    elsewhere = Session("k", ada, app.clock(), app.clock())
    app.press.store.access.open_session(elsewhere)
    form = f'<form method="post" action="{desk}/editor/account/sessions"><button>Win</button></form>'
    page.route("http://evil.test/", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://evil.test/")
    with page.expect_request(f"{desk}/editor/account/sessions") as sent:
        page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Issues")
    assert "cookie" not in sent.value.all_headers(), "Lax: it goes along with links only"
    assert elsewhere in app.press.store.access.sessions(ada)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 320)])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(browser: Browser, desk: str, ada: str, scheme: str, width: int):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 640})  # type: ignore[arg-type]

    def look(page: Page, path: str) -> None:
        if path:
            page.goto(desk + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        assert faults(page) == [], page.url

    page = context.new_page()
    look(page, "/editor/login")
    type_in(page, ada, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "")
    page.get_by_label("Password").focus()
    type_in(page, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Issues")
    for path in (
        "/editor/account",
        "/editor/account?saved=password",
        "/editor/users",
        "/editor/users?ended=2",
        "/editor",
    ):
        look(page, path)
    context.close()


def test_a_desk_without_users_is_closed_and_passes_too(page: Page, desk: str):
    page.goto(f"{desk}/editor")
    expect(page.get_by_text("digest user add NAME --role admin")).to_be_visible()
    assert faults(page) == []
